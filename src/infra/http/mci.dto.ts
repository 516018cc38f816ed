import { z } from 'zod';
import { Name } from '../../iam/index.js';
import { PageQuery, pageOf } from '../../kernel/page.js';
import { parseCidr } from '../cidr.js';

const LABEL_KEY = 'label keys are 1–31 lower-case letters, digits and hyphens, and begin with a letter';
const Labels = z
  .record(z.string().regex(/^[a-z]([a-z0-9-]{0,30})$/, LABEL_KEY), z.string().regex(/^[a-z0-9._-]{0,63}$/, 'label values are at most 63 of a-z, 0-9, dot, hyphen, underscore'), { error: (issue) => (issue.code === 'invalid_key' ? LABEL_KEY : undefined) })
  .refine((labels) => Object.keys(labels).length <= 20, 'at most 20 labels')
  .refine((labels) => Object.keys(labels).every((key) => !key.startsWith('mcmp')), 'keys that begin with "mcmp" are the platform’s own')
  .meta({ example: { team: 'shop' } });
const text = (max: number) => z.string().min(1).max(max);
const Cidr = z.string().max(18).refine((value) => parseCidr(value) !== undefined, 'must be an IPv4 range without host bits, e.g. 10.20.0.0/16').meta({ example: '10.20.0.0/16' });

/** An image by the cloud's id, or by what is on it: then the newest of the place is taken. */
export const ImageChoice = z.union([
  text(512),
  z.strictObject({ osFamily: text(40).meta({ example: 'ubuntu' }), osVersion: text(40).optional().meta({ example: '24.04' }) }),
]);
const Alternative = z.strictObject({ connection: text(80).optional(), region: text(80).optional(), zone: text(80).optional(), spec: text(200).optional(), image: ImageChoice.optional() });

const Group = z.strictObject({
  name: Name.max(30, 'must have at most 30 characters'),
  size: z.int().min(1, 'must be at least 1').max(1000, 'must be at most 1000 for one group'),
  connection: text(80).meta({ description: 'Name or id of a connection', example: 'aws-1' }),
  region: text(80).meta({ example: 'us-east-1' }),
  zone: text(80).optional(),
  spec: text(200).meta({ example: 't3.medium' }),
  image: ImageChoice,
  rootDiskGiB: z.int().min(1).max(16_384).optional(),
  userData: z.string().max(16_000, 'must have at most 16,000 characters').optional().meta({ description: 'cloud-init text' }),
  labels: Labels.default({}),
  alternatives: z.array(Alternative).max(10).default([]).meta({ description: 'Where the policy `replace` may go, in order; what is left out stays as in the group' }),
});

const Rule = z
  .strictObject({ protocol: z.enum(['tcp', 'udp', 'icmp', 'all']), fromPort: z.int().min(1).max(65_535).optional(), toPort: z.int().min(1).max(65_535).optional(), cidr: Cidr.default('0.0.0.0/0') })
  .refine((rule) => (rule.protocol === 'tcp' || rule.protocol === 'udp') === (rule.fromPort !== undefined), { path: ['fromPort'], error: 'tcp and udp need fromPort, icmp and all take none' })
  .refine((rule) => rule.toPort === undefined || (rule.fromPort !== undefined && rule.toPort >= rule.fromPort), { path: ['toPort'], error: 'must not be below fromPort' });

/** Most VMs of one request. */
export const MAX_VMS = 2000;

/** What is wanted: VM groups over any connections and regions. */
export const CreateMci = z
  .strictObject({
    name: Name.max(40, 'must have at most 40 characters'),
    description: z.string().max(500).default(''),
    labels: Labels.default({}),
    onPartialFailure: z.enum(['continue', 'rollback', 'refine', 'replace']).default('continue').meta({ description: 'When some VMs cannot be made: keep the rest (continue), take all back (rollback), drop the failed ones (refine), or try another zone or alternative first (replace)' }),
    access: z.array(Rule).max(50).default([{ protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }]).meta({ description: 'What the VMs let in; without it SSH from anywhere' }),
    networks: z.array(z.strictObject({ connection: text(80), region: text(80), cidr: Cidr })).max(200).default([]).meta({ description: 'Ranges of networks that are made; without it free ones of 10.0.0.0/8' }),
    groups: z.array(Group).min(1, 'must hold at least one group').max(200),
  })
  .refine(({ groups }) => groups.reduce((sum, group) => sum + group.size, 0) <= MAX_VMS, { path: ['groups'], error: `must ask for at most ${MAX_VMS} VMs in all: make several MCIs` })
  .refine(({ groups }) => new Set(groups.map((group) => group.name)).size === groups.length, { path: ['groups'], error: 'must have names that differ' })
  .meta({
    example: {
      name: 'shop', onPartialFailure: 'replace', access: [{ protocol: 'tcp', fromPort: 22 }, { protocol: 'tcp', fromPort: 443 }],
      groups: [
        { name: 'web', size: 10, connection: 'aws-main', region: 'us-east-1', spec: 't3.medium', image: { osFamily: 'ubuntu', osVersion: '24.04' }, alternatives: [{ spec: 't3a.medium' }] },
        { name: 'db', size: 2, connection: 'ncp-main', region: 'KR', spec: 'c2-g2-s50', image: { osFamily: 'ubuntu' } },
      ],
    },
  });
export type CreateMci = z.infer<typeof CreateMci>;

const Time = z.iso.datetime();
const Money = z.object({ currency: z.string(), perHour: z.number(), perMonth: z.number().meta({ description: '730 hours' }), asOf: z.string().meta({ description: 'Age of the oldest price in it' }), sources: z.array(z.string()), simulated: z.boolean() });

export const Plan = z.object({
  vms: z.int(),
  resources: z.array(z.object({ step: z.int().meta({ description: 'Things of one step are made side by side' }), kind: z.string(), count: z.int(), connection: z.string(), cloud: z.string(), region: z.string(), zone: z.string().optional(), name: z.string(), exists: z.boolean().meta({ description: 'True where a shared one of the project is taken' }), cidr: z.string().optional() })),
  price: z.array(Money).meta({ description: 'One entry per currency' }),
  unpricedVms: z.int(),
  findings: z.array(z.object({ severity: z.enum(['error', 'warning', 'info']), code: z.string(), group: z.string().optional(), message: z.string(), help: z.string().optional(), values: z.record(z.string(), z.union([z.string(), z.number()])).meta({ description: 'What the message names, for those who word it themselves, such as a page in another language' }) })),
  estimatedSeconds: z.int(),
  estimateBasis: z.enum(['history', 'default']),
});

export const FailureBody = z.object({ code: z.string(), message: z.string(), providerCode: z.string().optional(), providerRequestId: z.string().optional(), quotaId: z.string().optional(), help: z.string().optional().meta({ description: 'The smallest change that helps, where one is known' }) });
export const Vm = z.object({
  id: z.uuid(), name: z.string(), group: z.string(), state: z.string(), cloud: z.string(), connectionId: z.uuid(), region: z.string(), zone: z.string().nullable(), specId: z.string(), imageId: z.string(),
  cloudId: z.string().nullable(), providerState: z.string().nullable(), privateIp: z.string().nullable(), publicIp: z.string().nullable(),
  ssh: z.object({ host: z.string(), port: z.int(), user: z.string() }).nullable(),
  pricePerHour: z.number().nullable(), currency: z.string().nullable(), failure: FailureBody.nullable(), createdAt: Time, runningAt: Time.nullable(),
});
export const GroupBody = z.object({ id: z.uuid(), name: z.string(), size: z.int(), cloud: z.string(), connectionId: z.uuid(), region: z.string(), zone: z.string().nullable(), specId: z.string(), imageId: z.string(), labels: z.record(z.string(), z.string()), counts: z.record(z.string(), z.int()), pricePerHour: z.number().nullable().meta({ description: 'Of one VM; null where no price is known' }), currency: z.string().nullable() });
const Counts = z.record(z.string(), z.int()).meta({ description: 'VMs by state', example: { running: 100 } });
export const Mci = z.object({
  id: z.uuid(), projectId: z.uuid(), name: z.string(), description: z.string(), labels: z.record(z.string(), z.string()), status: z.string().meta({ description: 'What its VMs are, all in all', example: 'running' }), onPartialFailure: z.string(), counts: Counts, vms: z.int(),
  pricePerHour: z.array(z.object({ currency: z.string(), perHour: z.number() })), activeOperationIds: z.array(z.uuid()), createdAt: Time,
});
export const MciDetail = Mci.extend({ groups: z.array(GroupBody), publicKey: z.string(), keyDownloadedAt: Time.nullable(), access: z.array(z.object({ direction: z.string(), protocol: z.string(), fromPort: z.int().optional(), toPort: z.int().optional(), cidr: z.string() })) });
export const MciPage = pageOf(Mci);
export const VmPage = pageOf(Vm);
export const MciQuery = PageQuery.extend({ name: z.string().max(63).optional().meta({ description: 'Part of the name' }), status: z.string().max(40).optional().meta({ description: 'Status', example: 'running' }), label: z.string().max(100).optional().meta({ description: '`key=value`' }) });
export const VmQuery = PageQuery.extend({
  group: z.string().max(63).optional().meta({ description: 'Name of a group' }), state: z.string().max(20).optional().meta({ description: 'State', example: 'running' }),
  region: z.string().max(80).optional().meta({ description: 'Region id', example: 'us-east-1' }), cloud: z.string().max(40).optional().meta({ description: 'The cloud', example: 'aws' }),
});
/** A VM with the MCI that it is of. */
export const ProjectVm = Vm.extend({ mciId: z.uuid(), mci: z.string().meta({ description: 'Name of its MCI' }) });
export const ProjectVmPage = pageOf(ProjectVm);
export const ProjectVmQuery = VmQuery.extend({ q: z.string().max(200).optional().meta({ description: 'Words, each of them part of a name (of the VM or its MCI), address, id in the cloud, spec, cloud or region', example: 'web seoul' }) });

/** Which VMs of an MCI; nothing named means all. */
const Selection = { groups: z.array(z.string().max(63)).max(200).optional(), vms: z.array(z.string().max(80)).max(2000).optional().meta({ description: 'Names or ids' }) };
export const Action = z.strictObject({ action: z.enum(['suspend', 'resume', 'reboot', 'terminate']), ...Selection }).meta({ example: { action: 'suspend', groups: ['web'] } });
export const Scale = z.strictObject({ size: z.int().min(0).max(1000) }).meta({ example: { size: 20 } });
export const RunCommand = z.strictObject({ command: text(16_000), timeoutSeconds: z.int().min(1).max(3600).default(60), ...Selection }).meta({ example: { command: 'uname -a', vms: ['web-1'] } });
export const PrivateKey = z.object({ privateKey: z.string(), fileName: z.string(), users: z.array(z.string()) });
export const CommandResults = z.object({
  operationId: z.uuid(), command: z.string(), createdAt: Time, counts: z.record(z.string(), z.int()),
  groups: z.array(z.object({ exitCode: z.int().nullable(), stdout: z.string(), stderr: z.string(), error: z.string().nullable(), truncated: z.boolean(), vms: z.array(z.string()) })).meta({ description: 'VMs with equal outcome together' }),
});
/** A command as the history of an MCI shows it. */
export const CommandLine = z.object({
  operationId: z.uuid(), command: z.string(), timeoutSeconds: z.int(), createdAt: Time, createdBy: z.uuid(),
  counts: z.record(z.string(), z.int()).meta({ description: 'VMs by state: queued, running, done, failed (not reached), cancelled', example: { done: 98, failed: 2 } }),
  exitCodes: z.array(z.object({ exitCode: z.int().nullable(), count: z.int() })).meta({ description: 'VMs by exit code; null where a signal ended it' }),
});
export const CommandPage = pageOf(CommandLine);
