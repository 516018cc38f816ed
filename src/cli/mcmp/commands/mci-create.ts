import { randomUUID } from 'node:crypto';
import schema from 'mcmp:mci-schema';
import type { Call, Command } from '../command.js';
import type { Flag } from '../flags.js';
import { checkDocument, readDocument, tracing, type WrittenDocument } from '../document.js';
import { check, pathText } from '../check.js';
import { EXIT, Failure, wrongUsage } from '../failure.js';
import { begun } from '../following.js';
import { mapOf } from '../generic.js';
import type { OperationItem } from '../operation.js';
import { type Plan, showPlan } from '../plan.js';
import type { Item } from '../columns.js';

const REQUEST: Flag[] = [
  { name: 'file', short: 'f', type: 'text', value: 'FILE', description: 'MCI document in YAML or JSON; - is stdin' },
  { name: 'group', short: 'g', type: 'list', value: 'FIELDS', description: 'A group without a document: name=web,size=3,connection=aws,region=us-east-1,spec=t3.medium,os=ubuntu:24.04 (or image=ID)' },
  { name: 'description', type: 'text', value: 'TEXT', description: 'What it is for' },
  { name: 'label', type: 'list', value: 'KEY=VALUE', description: 'A label' },
  { name: 'on-partial-failure', type: 'text', value: 'POLICY', values: ['continue', 'rollback', 'refine', 'replace'], description: 'When some VMs cannot be made: keep the rest, take all back, drop the failed ones, or try elsewhere first' },
];

/** `name=web,size=3,…` as a group of a request. @throws Failure (usage) */
function groupOf(text: string): Item {
  const { os, size, rootDiskGiB, ...rest } = mapOf(text.split(','), 'group');
  const [osFamily, osVersion] = os?.split(':') ?? [];
  return { ...rest, ...(size !== undefined && { size: Number(size) }), ...(rootDiskGiB !== undefined && { rootDiskGiB: Number(rootDiskGiB) }), ...(osFamily !== undefined && { image: { osFamily, ...(osVersion !== undefined && { osVersion }) } }) };
}

/** The request that a command line asks for, held against the schema, with the document that it came from. */
async function requestOf({ arguments: [name], flags }: Call): Promise<{ body: Item & { name: string }; document?: WrittenDocument }> {
  const file = flags.text('file');
  const document = file === undefined ? undefined : await readDocument(file);
  const groups = flags.list('group').map(groupOf);
  if (!document && groups.length === 0) throw wrongUsage('what is to be made? -f FILE names a document, --group gives a group', '`mcmp schema mci` prints what a document may say; `mcmp help mci create` has examples.');
  if (document && name !== undefined) document.value.name = name;
  if (document) checkDocument(document, schema);
  const written = Object.fromEntries(Object.entries(document?.value ?? {}).filter(([field]) => field !== '$schema'));
  const labels = { ...(written.labels as Item | undefined), ...mapOf(flags.list('label'), 'label') };
  const given = { description: flags.text('description'), onPartialFailure: flags.text('on-partial-failure') };
  const body = {
    ...written, ...(name !== undefined && { name }), ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(Object.keys(labels).length > 0 && { labels }), ...(groups.length > 0 && { groups: [...((written.groups as Item[] | undefined) ?? []), ...groups] }),
  };
  const findings = check(body, schema);
  if (findings.length > 0) throw new Failure(EXIT.invalid, findings.map(({ path, message }) => `${pathText(path) || 'the request'}: ${message}`).join('\n'));
  return { body: body as unknown as Item & { name: string }, ...(document && { document }) };
}

const planOf = async (call: Call, body: Item, document?: WrittenDocument): Promise<Plan> => await tracing(document, () => call.session.api.json('POST', `${call.session.projectPath}/mcis/plan`, { body })) as Plan;

async function plan(call: Call): Promise<number> {
  const { body, document } = await requestOf(call);
  return (await showPlan(call.session, body.name, await planOf(call, body, document))) ? EXIT.ok : EXIT.invalid;
}

const EXAMPLES = [
  'mci create -f web.yaml --watch', 'mci create -f web.yaml --dry-run', 'mci create web2 -f web.yaml',
  'mci create web --group name=front,size=3,connection=aws,region=us-east-1,spec=t3.medium,os=ubuntu --watch',
];

/** `mcmp mci create` and `mcmp mci plan`. */
export const mciCreateCommands: Command[] = [
  {
    noun: 'mci', verb: 'create', summary: 'Begins to make an MCI; the operation tells how it goes.', permission: 'mci:create', operations: ['Mci_create'],
    about: ['What is wanted stands in a document (`mcmp schema mci` prints its JSON Schema for editors), in flags, or in both; flags go before the document.', 'A wrong field is told with line and column before anything is sent; what only the server can know, such as the name of a spec, is told the same way.'],
    arguments: [{ name: 'NAME', required: false }],
    flags: [
      ...REQUEST, { name: 'dry-run', type: 'boolean', description: 'Shows the plan and makes nothing' }, { name: 'watch', short: 'w', type: 'boolean', description: 'Follow it to its end' },
      { name: 'idempotency-key', type: 'text', value: 'KEY', description: 'Makes the call safe to repeat for 24 hours; without it each call has its own' },
    ],
    examples: EXAMPLES,
    async run(call) {
      if (call.flags.truth('dry-run')) return plan(call);
      const { body, document } = await requestOf(call);
      const { api, projectPath } = call.session;
      const operation = await tracing(document, () => api.json('POST', `${projectPath}/mcis`, { body, headers: { 'Idempotency-Key': call.flags.text('idempotency-key') ?? randomUUID() } })) as OperationItem;
      return begun(call.session, operation, call.flags.truth('watch') ?? false);
    },
  },
  {
    noun: 'mci', verb: 'plan', summary: 'Says what a request would make, cost and meet, and makes nothing.', permission: 'mci:read', operations: ['Mci_plan'], about: ['The exit code is 6 where something speaks against it, such as a quota.'],
    arguments: [{ name: 'NAME', required: false }], flags: REQUEST, examples: ['mci plan -f web.yaml', 'mci plan -f web.yaml -o json'], run: plan,
  },
];
