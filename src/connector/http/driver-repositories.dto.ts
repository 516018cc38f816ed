import { validRange } from 'semver';
import { z } from 'zod';
import { PageQuery, pageOf } from '../../kernel/page.js';
import { Name } from '../../iam/index.js';
import { REPOSITORY_KINDS } from '../drivers/drivers.entities.js';

const Time = z.iso.datetime();
const Label = z.object({ en: z.string(), ko: z.string().optional() });
const Url = z.string().min(1).max(2000).meta({ description: 'Where it is; https, or http on this machine', example: 'https://drivers.example.com' });
const Token = z.string().min(1).max(4096).meta({ description: 'Sent as a bearer token; sealed, and never shown again' });
const kind = z.enum(REPOSITORY_KINDS).meta({ description: '`static`: an index.json made by `mcmp-driver repository`; `npm`: a registry that speaks as npm’s does' });
const insecure = z.boolean().meta({ description: 'Take plain http beyond this machine' });
const range = z.string().min(1).max(200).refine((text) => validRange(text) !== null, 'must be a range of semantic versions, e.g. ^1.2.0 or ~1.4 or 1.x').meta({ description: 'A range of semantic versions', example: '^1.2.0' });

export const DriverRepository = z.object({
  id: z.uuid(), name: z.string(), url: z.string(), kind, insecure: z.boolean(), hasToken: z.boolean(),
  state: z.enum(['ready', 'broken']).meta({ description: 'Whether it answered when it was last asked' }), lastError: z.string().nullable(), checkedAt: Time.nullable(), createdBy: z.uuid(), createdAt: Time,
});
export const DriverRepositoryList = pageOf(DriverRepository);
export const AddDriverRepository = z.strictObject({ name: Name, url: Url, kind: kind.default('static'), token: Token.optional(), insecure: insecure.default(false) })
  .meta({ example: { name: 'acme', url: 'https://drivers.example.com', kind: 'static' } });
export const ChangeDriverRepository = z.strictObject({ name: Name.optional(), url: Url.optional(), token: Token.nullable().optional(), insecure: insecure.optional() }).meta({ example: { url: 'https://mirror.example.com/drivers' } });

const failed = z.array(z.object({ repository: z.string(), why: z.string() })).meta({ description: 'Repositories that did not answer' });
export const SearchDrivers = PageQuery.extend({
  keyword: z.string().max(100).default('').meta({ description: 'Part of name, cloud, title, description or a keyword; absent finds all', example: 'storage' }),
  source: z.string().min(1).max(100).optional().meta({ description: '`local`, or a repository by name or id; absent takes all' }),
});
export const FoundDriverPage = pageOf(z.object({
  name: z.string(), source: z.string().meta({ description: '`local`, or the name of the repository' }), cloud: z.string().nullable(), title: Label.nullable(), description: Label.nullable(),
  versions: z.array(z.string()).meta({ description: 'Newest first' }), installed: z.string().nullable().meta({ description: 'The version that serves here now' }),
})).extend({ failed });
export const InstallDriver = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,30}(@.+)?$/, 'must be the name of a driver, or name@range').max(240).meta({ description: 'Name of the driver, or `name@range`', example: 'aws@^1.2.0' }),
  range: range.optional(),
  repository: z.string().min(1).max(100).optional().meta({ description: 'Name or id of the repository; absent takes all' }),
  activate: z.boolean().default(true).meta({ description: 'Whether it serves at once' }),
  allowUnsigned: z.boolean().default(false).meta({ description: 'Take it without a signature of a trusted key; written down with your name' }),
}).refine(({ name, range: given }) => !name.includes('@') || given === undefined, { path: ['range'], error: 'stands in the name already' })
  .refine(({ name }) => !name.includes('@') || validRange(name.slice(name.indexOf('@') + 1)) !== null, { path: ['name'], error: 'must have a range of semantic versions after the @, e.g. aws@^1.2.0' })
  .meta({ example: { name: 'aws@^1.2.0', repository: 'acme' } });
export const DriverUpdateList = pageOf(z.object({
  version: z.string(), repository: z.string(), withinPin: z.boolean(), keyId: z.string().nullable().meta({ description: 'The key that the repository says it is signed with' }), publishedAt: z.string().nullable(),
})).extend({ failed });
