import { z } from 'zod';

const Calls = z.int().min(0);
const ByPurpose = z.object({ person: Calls, provisioning: Calls, reconcile: Calls, inventory: Calls });
const Used = z.object({
  calls: Calls.meta({ description: 'Calls that were sent, the refused ones included' }),
  throttled: Calls.meta({ description: 'Calls that the cloud refused because they were too many' }),
  byPurpose: ByPurpose,
  byWorkspace: z.array(z.object({
    workspaceId: z.string().nullable().meta({ description: 'null stands for all workspaces that you may not see' }),
    workspace: z.string().nullable().meta({ description: 'Its name' }),
    calls: Calls,
  })),
  byServer: z.array(z.object({ server: z.string(), calls: Calls })),
});

export const ApiBudgetBucket = z.object({
  region: z.string().nullable().meta({ description: 'null where the cloud counts over all regions' }),
  apiClass: z.string().meta({ description: 'Calls that share one limit', example: 'vm.get vm.list' }),
  methods: z.array(z.string()),
  counts: z.enum(['calls', 'items']).meta({ description: '`items`: each thing that a call names takes a token, and all figures count those; such a bucket holds beside that of the calls' }),
  source: z.enum(['manifest', 'learned', 'none']).meta({ description: '`manifest`: published, as the driver tells; `learned`: found out by refusals; `none`: neither published nor ever refused, so that the rate grows as it is needed' }),
  limit: z.object({ perSecond: z.number(), burst: z.number() }).nullable().meta({ description: 'The published limit; null where there is none' }),
  rate: z.number().nullable().meta({ description: 'Calls a second in force now; null where nothing was asked lately' }),
  share: z.number().nullable().meta({ description: 'Part of the published limit that is in force, 0 to 1; below 1 for a while after a refusal' }),
  tokens: z.number().nullable().meta({ description: 'Calls that may be sent now; below 0 where some are promised for later' }),
  keptForPersons: z.number().meta({ description: 'Of them, those that only persons may take' }),
  pausedUntil: z.iso.datetime().nullable().meta({ description: 'Nothing is sent before this time' }),
  waiting: ByPurpose.meta({ description: 'Calls that wait now, on all servers; some seconds old for the other servers' }),
  lastMinute: Used,
  lastHour: Used,
});

export const ApiBudgetAnswer = z.object({
  connectionId: z.uuid(),
  connection: z.string(),
  accountId: z.string().nullable().meta({ description: 'The cloud account whose budget it is: all connections to it share it' }),
  asOf: z.iso.datetime(),
  servers: z.array(z.string()).meta({ description: 'Servers that made limited calls lately' }),
  published: z.array(z.object({ methods: z.array(z.string()), scope: z.enum(['account', 'region']), perSecond: z.number(), burst: z.number(), cost: z.enum(['calls', 'items']).optional() })).meta({ description: 'Limits that the driver knows; the first that fits a method holds' }),
  buckets: z.array(ApiBudgetBucket).meta({ description: 'What was used within the last hour, by class and region' }),
});
