import { DRIVER_ERROR_CODES } from '@mcmp/driver-sdk';
import { z } from 'zod';
import { PageQuery, pageOf } from '../../kernel/page.js';
import { Name } from '../../iam/index.js';
import { CATALOGUE_PARTS } from '../catalogue/catalogue.js';
import { CONNECTION_STATES } from '../connector.entities.js';

const Time = z.iso.datetime();
const Values = z.record(z.string().min(1).max(100), z.string().max(16_384));
const flag = (fallback: 'true' | 'false', description: string) => z.enum(['true', 'false']).default(fallback).meta({ description });
const Regions = z.array(z.string().min(1).max(100)).max(500);

/** What a cloud said when it refused. */
export const CloudError = z.object({
  code: z.enum(DRIVER_ERROR_CODES), message: z.string(), at: Time, providerCode: z.string().optional(), providerRequestId: z.string().optional(), httpStatus: z.int().optional(),
});

export const Connection = z.object({
  id: z.uuid(),
  workspaceId: z.uuid(),
  name: z.string(),
  driver: z.string(),
  cloud: z.string(),
  endpoint: z.string().nullable(),
  options: z.record(z.string(), z.string()),
  regions: z.array(z.string()).meta({ description: 'Regions that it may use; empty means all enabled ones' }),
  state: z.enum(CONNECTION_STATES).meta({ description: '`unverified`: never asked; `verified`: the cloud knew the credential; `broken`: it refused it' }),
  accountId: z.string().nullable(),
  principal: z.string().nullable(),
  verifiedAt: Time.nullable(),
  lastError: CloudError.nullable(),
  syncOperationId: z.uuid().nullable().meta({ description: 'The latest sync of its catalogue' }),
  syncedAt: Time.nullable(),
  createdAt: Time,
  updatedAt: Time,
});
export const ConnectionPage = pageOf(Connection);

export const CreateConnection = z.strictObject({
  workspaceId: z.uuid('must be an id (UUID)').optional().meta({ description: 'Absent takes your only workspace' }),
  name: Name,
  driver: z.string().min(1).max(100).meta({ description: 'GET /v1/drivers lists them' }),
  credential: Values.meta({ description: 'Values of the credential fields of the driver; sealed, and never shown again' }),
  endpoint: z.string().min(1).max(2000).optional().meta({ description: "Base URL instead of the provider's own" }),
  options: Values.optional().meta({ description: 'Values of the option fields of the driver' }),
  regions: Regions.optional().meta({ description: 'Regions that it may use; empty means all enabled ones' }),
  sync: z.boolean().default(true).meta({ description: 'Whether its catalogue is read at once' }),
}).meta({ example: { name: 'aws-main', driver: 'aws', credential: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'the secret access key' }, regions: ['us-east-1', 'ap-northeast-2'] } });
export const UpdateConnection = z.strictObject({
  name: Name.optional(),
  credential: Values.optional().meta({ description: 'All credential fields anew' }),
  endpoint: z.string().min(1).max(2000).nullable().optional().meta({ description: "null goes back to the provider's own" }),
  options: Values.optional().meta({ description: 'All option fields anew' }),
  regions: Regions.optional(),
}).meta({ example: { name: 'aws-production' } });
export const VerifyQuery = z.strictObject({ verify: flag('true', 'Ask the cloud who the credential is before anything is written') });
export const LiveQuery = z.strictObject({ live: flag('true', 'Ask the cloud now; `false` gives what the catalogue has') });
export const QuotaQuery = z.strictObject({ region: z.string().min(1).max(100).meta({ description: 'Region id', example: 'ap-northeast-2' }) });
export const SyncConnection = z.strictObject({
  regions: Regions.optional().meta({ description: 'Only these; absent means all that it may use' }),
  what: z.array(z.enum(CATALOGUE_PARTS)).min(1).max(3).optional().meta({ description: 'Absent means all' }),
}).meta({ example: { regions: ['ap-northeast-2'], what: ['spec', 'price'] } });
export const ConnectionQuery = PageQuery.extend({
  workspace: z.uuid('must be an id (UUID)').optional().meta({ description: 'Id of a workspace' }),
  driver: z.string().max(100).optional().meta({ description: 'Name of a driver' }),
  cloud: z.string().max(100).optional().meta({ description: 'The cloud', example: 'aws' }),
  state: z.enum(CONNECTION_STATES).optional().meta({ description: 'State' }),
  q: z.string().max(200).optional().meta({ description: 'Part of name, cloud, account or principal' }),
});

export const Quota = z.object({
  id: z.string(), name: z.string(), region: z.string(), measure: z.string(), specPrefixes: z.array(z.string()).optional(), limit: z.number(), used: z.number().optional(), source: z.enum(['account', 'default']),
});
export const QuotaList = pageOf(Quota);
