import { CAPABILITY_METHODS } from '../../capabilities.js';
import type { Capability, Session } from '../../driver.js';
import { CheckFailure, ensure, ensureNoTwin, ensureRefused, ensureSame, ensureSameSet, show, skip } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { methodsOf, sleep } from '../context.js';
import { doorOf, draft, KINDS, listAll } from '../fixtures.js';

const ABORT_MS = 1_000;
const GROUPS = Object.keys(CAPABILITY_METHODS) as Capability[];

/** Names of all functions of a group, those of its class included. */
function functionsOf(group: object): string[] {
  const names = new Set<string>();
  for (let layer: object | null = group; layer !== null && Object.getPrototypeOf(layer) !== null; layer = Object.getPrototypeOf(layer) as object | null) {
    for (const name of Object.getOwnPropertyNames(layer)) {
      if (name !== 'constructor' && typeof (group as Record<string, unknown>)[name] === 'function') names.add(name);
    }
  }
  return [...names];
}

/** Capabilities without a list that a region alone narrows. */
const UNLIKE: readonly Capability[] = ['account', 'tag', 'node-group', 'object', 'dns-record', 'metric', 'event', 'charge', 'function'];

/** A read that a driver of any use has. */
function anyRead(context: CheckContext): string {
  const capability = GROUPS.find((name) => context.has(name) && !UNLIKE.includes(name));
  return capability ? `${capability}.list` : context.has('account') ? 'account.verify' : skip('needs a capability that reads');
}

/** What such a read takes. */
async function requestOf(context: CheckContext, read: string): Promise<object> {
  if (read === 'account.verify') return {};
  if (read === 'region.list') return { pageSize: 2 };
  return { region: (await context.place()).region, pageSize: 2, ...(read === 'price.list' && { purchase: 'on-demand' }) };
}

/** Asks something harmless. */
const ask = async (context: CheckContext, session: Session): Promise<unknown> => context.invoke(anyRead(context), await requestOf(context, anyRead(context)), { session });

const check = (what: string, sentence: string, run: Check['run'], needs: Check['needs'] = []): Check => ({ id: `session.${what}`, capability: 'session', sentence, needs, run });

/** What `connect` gives, and how calls are aborted. */
export const sessionChecks: Check[] = [
  check('brand', 'exports a driver of this SDK', async (context) => {
    const driver = await context.driver();
    ensure(driver?.mcmpDriver === 1 && typeof driver.connect === 'function', `the entry exports ${show(driver)}; defineDriver() makes the right thing`);
  }),
  check('connect', 'connects with a right credential', async (context) => {
    const session: unknown = await context.opened();
    ensure(typeof session === 'object' && session !== null, `connect gave ${show(session)}`);
  }),
  check('connect-quiet', 'connects without a call to the cloud', async (context) => {
    await context.session();
    const before = await context.options.faults?.calls?.();
    const input = await context.options.connect();
    await context.connect(input);
    if (context.options.broken !== undefined) await context.connect(await context.broken());
    // Nobody listens at port 9 of this machine: a call would fail.
    if (context.manifest.endpoint !== 'none') await context.connect({ ...input, endpoint: 'http://127.0.0.1:9' });
    await sleep(0);
    ensureSame(await context.options.faults?.calls?.(), before, 'calls to the cloud after connect');
  }),
  check('declared', 'gives the handler group of each declared capability', async (context) => {
    const session = await context.session();
    for (const capability of context.manifest.capabilities) ensure(typeof session[capability] === 'object' && session[capability] !== null, `${capability} is declared, and ${show(session[capability])} is there`);
  }),
  check('undeclared', 'gives nothing that is not declared', async (context) => {
    const session = await context.session();
    const extra = Object.keys(session).filter((name) => !['traits', 'close'].includes(name) && !context.manifest.capabilities.includes(name as Capability));
    ensureSame(extra, [], 'undeclared members of the session');
  }),
  check('methods', 'gives each group all its methods', async (context) => {
    const session = await context.session();
    for (const capability of GROUPS) {
      const group = session[capability] as object | undefined;
      const missing = group ? methodsOf(capability).required.filter((name) => !functionsOf(group).includes(name)) : [];
      ensureSame(missing, [], `missing in ${capability}`);
    }
  }),
  check('no-more-methods', 'gives no group a method that the SDK does not know', async (context) => {
    const session = await context.session();
    for (const capability of GROUPS) {
      const { required, optional } = methodsOf(capability);
      const more = functionsOf(session[capability] ?? {}).filter((name) => ![...required, ...optional].includes(name));
      ensureSame(more, [], `unknown in ${capability}`);
    }
  }),
  check('traits-kinds', 'names in its traits only kinds that it declares, each once', async (context) => {
    const { idempotencyToken, uniqueName } = await context.traits();
    for (const kinds of [idempotencyToken, uniqueName]) {
      for (const kind of kinds) ensure(KINDS.includes(kind) && context.has(kind), `${show(kind)} is no declared kind`);
      ensureNoTwin(kinds, 'traits');
    }
  }),
  check('traits-window', 'gives a consistency window of 0 to 10 minutes', async (context) => {
    const { consistencyWindowMs: ms } = await context.traits();
    ensure(Number.isFinite(ms) && ms >= 0 && ms <= 600_000, `consistencyWindowMs is ${show(ms)}`);
  }),
  check('traits-scopes', 'says how far networks and subnets reach', async (context) => {
    const { networkScope, subnetScope } = await context.traits();
    ensure(['region', 'global'].includes(networkScope), `networkScope is ${show(networkScope)}`);
    ensure(['zone', 'region'].includes(subnetScope), `subnetScope is ${show(subnetScope)}`);
  }),
  check('traits-batch', 'makes 1 to 1000 VMs by one call', async (context) => {
    const { vmBatch } = await context.traits();
    ensure(Number.isInteger(vmBatch) && vmBatch >= 1 && vmBatch <= 1_000, `vmBatch is ${show(vmBatch)}`);
  }),
  check('traits-services', 'says what clusters and databases need, where it says it', async (context) => {
    const { clusterNeedsNodes: nodes = false, subnetsForServices: subnets = 1 } = await context.traits();
    ensure(typeof nodes === 'boolean', `clusterNeedsNodes is ${show(nodes)}`);
    ensure(Number.isInteger(subnets) && subnets >= 1 && subnets <= 6, `subnetsForServices is ${show(subnets)}`);
  }),
  check('traits-lacks', 'lacks only what the SDK knows, each once, and promises nothing of it', async (context) => {
    const { lacks = [], idempotencyToken, uniqueName } = await context.traits();
    for (const capability of lacks) ensure(GROUPS.includes(capability), `${show(capability)} is lacking, and no capability`);
    ensureNoTwin(lacks, 'traits.lacks');
    ensureSame([...idempotencyToken, ...uniqueName].filter((kind) => lacks.includes(kind)), [], 'lacking and promised');
  }),
  check('lacking', 'answers UNSUPPORTED to every method of what its cloud lacks', async (context) => {
    const lacks = ((await context.traits()).lacks ?? []).filter((capability) => context.manifest.capabilities.includes(capability));
    if (lacks.length === 0) skip('traits.lacks names nothing that is declared');
    const { region } = await context.place();
    for (const capability of lacks) {
      for (const name of methodsOf(capability).required) await ensureRefused(context.invoke(`${capability}.${name}`, { region, id: 'none', name: 'none', tags: {}, token: 'none' }), ['UNSUPPORTED'], `${capability}.${name}`);
    }
  }),
  check('traits-plain', 'has the same plain traits in every session', async (context) => {
    const { traits } = await context.session();
    ensureSame(JSON.parse(JSON.stringify(traits)), traits, 'a copy of the traits');
    ensureSame((await context.connect()).traits, traits, 'the traits of a second session');
    const may = ['clusterNeedsNodes', 'subnetsForServices', 'lacks'];
    ensureSameSet(Object.keys(traits).filter((name) => !may.includes(name)), ['idempotencyToken', 'uniqueName', 'consistencyWindowMs', 'networkScope', 'subnetScope', 'vmBatch'], 'members of the traits');
  }),
  check('independent', 'has sessions of their own life: one ends, the other goes on', async (context) => {
    await context.session();
    const [one, other] = [await context.connect(), await context.connect()];
    await ask(context, one);
    await one.close?.();
    await ask(context, other);
  }),
  check('abort-before', 'does nothing for a call that is aborted before it begins', async (context) => {
    const handler = await context.handler(anyRead(context));
    const error = await ended(handler(await requestOf(context, anyRead(context)), AbortSignal.abort()));
    ensure(error !== undefined, 'an aborted call was answered');
  }),
  check('abort-before-create', 'makes nothing by a create that is aborted before it begins', async (context) => {
    const kind = KINDS.find((name) => name !== 'vm' && context.has(name)) ?? skip('needs a kind that can be made');
    const request = await draft(context, kind, 'aborted');
    const error = await doorOf(context, kind).create(request, { signal: AbortSignal.abort() }).then(() => undefined, (reason: unknown) => reason);
    ensure(error !== undefined, `an aborted ${kind}.create was answered`);
    await context.eventually(async () => ensureSame(await listAll(context, kind, { tags: request.tags }), [], `${kind}s of the aborted call`));
  }),
  check('abort-during', `ends an aborted call with an error within ${ABORT_MS} ms`, async (context) => {
    const handler = await context.handler(anyRead(context));
    const controller = new AbortController();
    const request = await requestOf(context, anyRead(context));
    const outcome = ended(handler(request, controller.signal));
    controller.abort();
    ensure((await outcome) !== undefined, 'an aborted call was answered');
  }),
  check('close', 'closes quietly, more than once', async (context) => {
    await context.session();
    const session = await context.connect();
    await session.close?.();
    await session.close?.();
  }),
];

/** The error of a call; undefined where it was answered. @throws CheckFailure where it goes on. */
async function ended(call: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new CheckFailure(`an aborted call goes on for more than ${ABORT_MS} ms`)), ABORT_MS);
  });
  const error = call.then(() => undefined, (reason: unknown) => reason ?? 'nothing');
  try {
    return await Promise.race([error, late]);
  } finally {
    clearTimeout(timer);
  }
}
