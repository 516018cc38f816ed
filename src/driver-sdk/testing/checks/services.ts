import type { Capability } from '../../driver.js';
import type { DatabaseEngine, ManagedDatabase, MessageQueue } from '../../services.js';
import { ensure, ensureNoTwin, ensureRefused, ensureSame, show } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { doorOf, draft, fixture, makeIfCan, settled, strangerOf, use } from '../fixtures.js';
import { textsOf } from '../plain.js';
import type { Listing } from './paging.js';
import { everyRow, listingChecks, read } from './paging.js';

const check = (capability: Capability, what: string, sentence: string, run: Check['run']): Check => ({ id: `${capability}.${what}`, capability, sentence, run });
const ENGINES: Listing<DatabaseEngine> = { name: 'engine', capability: 'database', method: 'database.engines', request: async (context) => ({ region: (await context.place()).region }), key: ({ engine, version }) => `${engine} ${version}` };

const database = async (context: CheckContext): Promise<ManagedDatabase> => (await use(context, 'database')) as unknown as ManagedDatabase;

/** Takes the database to a state, twice. */
async function act(context: CheckContext, action: 'start' | 'stop', state: ManagedDatabase['state']): Promise<void> {
  const { id, region } = await database(context);
  for (let time = 0; time < 2; time++) {
    await context.call(`database.${action}`, { region, id });
    await context.until(`database ${id} is ${state}`, async () => ((await doorOf(context, 'database').get(id)).state === state ? true : undefined));
  }
}

/** What databases and queues keep beside their lifecycle. */
export const serviceChecks: Check[] = [
  ...listingChecks(ENGINES),
  check('database', 'engine-words', 'names engines in small letters, each with at most one default version', async (context) => {
    await everyRow(context, ENGINES, (row) => /^[a-z][a-z0-9-]*$/.test(row.engine) && row.version !== '' && typeof row.default === 'boolean');
    ensureNoTwin((await read(context, ENGINES)).items.filter((row) => row.default).map(({ engine }) => engine), 'engines with a default');
  }),
  check('database', 'asked', 'makes a database of the engine, size and storage that were asked', async (context) => {
    const { request, things } = await fixture(context, 'database');
    const { engine, version, specId, storageGiB, public: open } = things[0] as unknown as ManagedDatabase;
    ensureSame([engine, specId, open], [request.engine, request.specId, request.public], 'engine, size and reach');
    ensure(storageGiB >= (request.storageGiB as number) && version !== '', `storage and version: ${show([storageGiB, version])}`);
  }),
  check('database', 'address', 'tells where the database answers, and for whom', async (context) => {
    const { host, port, user } = await database(context);
    ensure((host ?? '') !== '' && Number.isInteger(port), `host and port: ${show([host, port])}`);
    ensure(user === undefined || user === 'kituser', `the user is ${show(user)}`);
  }),
  check('database', 'password-untold', 'tells the password nowhere', async (context) => {
    const { request, answers, things } = await fixture(context, 'database');
    ensure(!textsOf([answers, things]).includes(request.password as string), 'the password is in an answer');
  }),
  check('database', 'unknown-engine', 'refuses an engine that does not exist', async (context) => {
    const request = { ...(await draft(context, 'database', 'no-engine')), engine: 'no-such-engine' };
    await ensureRefused(doorOf(context, 'database').create(request), ['INVALID_REQUEST', 'UNSUPPORTED', 'NOT_FOUND'], 'an unknown engine');
  }),
  check('database', 'stop', 'suspends a database, also twice, where it can', (context) => act(context, 'stop', 'suspended')),
  check('database', 'start', 'resumes a database, also twice, where it can', async (context) => {
    const { id } = await database(context);
    if ((await doorOf(context, 'database').get(id)).state === 'available') await context.handler('database.stop').then(() => act(context, 'stop', 'suspended')).catch(() => undefined);
    await act(context, 'start', 'available');
  }),
  check('database', 'resize', 'grows the storage of a database, where it can', async (context) => {
    const { id, region, storageGiB } = await database(context);
    await context.call('database.resize', { region, id, storageGiB: storageGiB + 10 });
    await settled(context, 'database', id);
    await context.until(`database ${id} has ${storageGiB + 10} GiB`, async () => (((await doorOf(context, 'database').get(id)) as unknown as ManagedDatabase).storageGiB === storageGiB + 10 ? true : undefined));
  }),
  check('database', 'stop-unknown', 'answers NOT_FOUND to an action on a database that does not exist, where it can act', async (context) => {
    const { id, region } = await database(context);
    await ensureRefused(context.call('database.stop', { region, id: strangerOf(id) }), ['NOT_FOUND'], 'database.stop of an unknown id');
  }),
  check('queue', 'order', 'makes a queue that keeps order, or does not, as was asked', async (context) => {
    const { request, things } = await fixture(context, 'queue');
    ensureSame((things[0] as unknown as MessageQueue).fifo, request.fifo, 'fifo');
  }),
  check('queue', 'fifo', 'makes a queue that keeps order, where it can', async (context) => {
    ensureSame(((await makeIfCan(context, 'queue', 'ordered', { fifo: true })) as unknown as MessageQueue).fifo, true, 'fifo');
  }),
  check('queue', 'count', 'counts what waits in it, where it can', async (context) => {
    const { messages } = (await use(context, 'queue')) as unknown as MessageQueue;
    ensure(messages === undefined || messages === 0, `a new queue holds ${show(messages)}`);
  }),
];
