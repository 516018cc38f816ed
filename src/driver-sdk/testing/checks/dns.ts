import type { DnsRecord, DnsZone } from '../../dns.js';
import { isDriverError } from '../../errors.js';
import { ensure, ensureRefused, ensureSame, ensureSameSet, show, skip } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { fixture, strangerOf, use } from '../fixtures.js';
import type { Listing } from './paging.js';
import { listingChecks } from './paging.js';

type Wanted = Pick<DnsRecord, 'type' | 'values'> & Partial<DnsRecord>;

const zone = async (context: CheckContext): Promise<DnsZone> => (await use(context, 'dns-zone')) as unknown as DnsZone;

/** Sets the records of a label in the run's zone. */
async function set(context: CheckContext, label: string, { ttlSeconds = 300, ...record }: Wanted): Promise<DnsRecord> {
  const { id, region, domain } = await zone(context);
  return context.call('dns-record.set', { region, zoneId: id, name: `${label}.${domain}`, ttlSeconds, ...record });
}

/** What the zone shows of a label, its sets in order. */
async function shown(context: CheckContext, label: string): Promise<DnsRecord[]> {
  const { id, region, domain } = await zone(context);
  const { items } = await context.call('dns-record.list', { region, zoneId: id });
  return items.filter(({ name }) => name === `${label}.${domain}`).sort((one, other) => ((one.setId ?? '') < (other.setId ?? '') ? -1 : 1));
}

/** Holds the values that a label shows. */
const shows = (context: CheckContext, label: string, values: string[][]): Promise<void> =>
  context.eventually(async () => ensureSame((await shown(context, label)).map((record) => [...record.values].sort()), values.map((each) => [...each].sort()), `values of ${label}`));

const some = (context: CheckContext, label: string): Promise<DnsRecord> => context.once(`record:${label}`, () => set(context, label, { type: 'A', values: ['192.0.2.1'] }));

const RECORDS: Listing<DnsRecord> = {
  name: 'dns-record', capability: 'dns-record', method: 'dns-record.list', key: ({ name, type, setId }) => `${name} ${type} ${setId ?? ''}`,
  request: async (context) => {
    for (const label of ['pages-1', 'pages-2', 'pages-3']) await some(context, label);
    const { id, region } = await zone(context);
    // The same rows each time, whatever else the checks set: they are read at once.
    return { region, zoneId: id };
  },
};

const check = (capability: 'dns-zone' | 'dns-record', what: string, sentence: string, run: Check['run']): Check => ({ id: `${capability}.${what}`, capability, sentence, run });

/** What zones keep beside their lifecycle, and records. */
export const dnsChecks: Check[] = [
  check('dns-zone', 'domain', 'makes a zone of the domain that was asked, without a last dot', async (context) => {
    const { request, things } = await fixture(context, 'dns-zone');
    const { domain, private: inside } = things[0] as unknown as DnsZone;
    ensureSame([domain, inside], [request.domain, request.private], 'domain and reach');
  }),
  check('dns-zone', 'name-servers', 'tells the name servers of a public zone', async (context) => {
    const { nameServers } = await zone(context);
    ensure(Array.isArray(nameServers) && nameServers.length > 0 && nameServers.every((server) => /^[\w-]+(\.[\w-]+)*\.?$/.test(server)), `name servers: ${show(nameServers)}`);
  }),
  ...listingChecks(RECORDS),
  check('dns-record', 'set', 'sets records, and tells them as they are', async (context) => {
    const answer = await set(context, 'web', { type: 'A', values: ['192.0.2.1', '192.0.2.2'], ttlSeconds: 120 });
    ensureSameSet(answer.values, ['192.0.2.1', '192.0.2.2'], 'values of the answer');
    await shows(context, 'web', [['192.0.2.1', '192.0.2.2']]);
    ensureSame((await shown(context, 'web')).map(({ type, ttlSeconds }) => [type, ttlSeconds]), [['A', 120]], 'type and time to live');
  }),
  check('dns-record', 'set-again', 'sets the same records again without complaint', async (context) => {
    for (let time = 0; time < 2; time++) await set(context, 'twice', { type: 'A', values: ['192.0.2.3'] });
    await shows(context, 'twice', [['192.0.2.3']]);
  }),
  check('dns-record', 'replace', 'makes the records of a name and type exactly those that are set', async (context) => {
    await set(context, 'moved', { type: 'A', values: ['192.0.2.4', '192.0.2.5'] });
    await set(context, 'moved', { type: 'A', values: ['192.0.2.6'] });
    await shows(context, 'moved', [['192.0.2.6']]);
  }),
  check('dns-record', 'text', 'keeps a text without quotes around it', async (context) => {
    await set(context, 'text', { type: 'TXT', values: ['v=kit one two'] });
    await shows(context, 'text', [['v=kit one two']]);
  }),
  check('dns-record', 'weights', 'keeps sets of one name apart by weight, where it can', async (context) => {
    try {
      await set(context, 'weighted', { type: 'A', values: ['192.0.2.7'], setId: 'a', weight: 10 });
      await set(context, 'weighted', { type: 'A', values: ['192.0.2.8'], setId: 'b', weight: 30 });
    } catch (error) {
      if (isDriverError(error) && error.code === 'UNSUPPORTED') skip(error.message);
      throw error;
    }
    await context.eventually(async () => ensureSame((await shown(context, 'weighted')).map(({ setId, weight, values }) => [setId, weight, values]), [['a', 10, ['192.0.2.7']], ['b', 30, ['192.0.2.8']]], 'sets'));
  }),
  check('dns-record', 'wrong-value', 'refuses a value that does not fit the type', async (context) => {
    await ensureRefused(set(context, 'wrong', { type: 'A', values: ['no address'] }), ['INVALID_REQUEST'], 'an A record of words');
  }),
  check('dns-record', 'unknown-zone', 'answers NOT_FOUND to records of a zone that does not exist', async (context) => {
    const { id, region } = await zone(context);
    await ensureRefused(context.call('dns-record.list', { region, zoneId: strangerOf(id) }), ['NOT_FOUND'], 'records of an unknown zone');
  }),
  check('dns-record', 'delete', 'deletes the records of a name and type', async (context) => {
    await some(context, 'gone');
    const { id, region, domain } = await zone(context);
    await context.call('dns-record.delete', { region, zoneId: id, name: `gone.${domain}`, type: 'A' });
    await shows(context, 'gone', []);
  }),
  check('dns-record', 'delete-again', 'deletes records that are gone without complaint', async (context) => {
    const { id, region, domain } = await zone(context);
    await context.call('dns-record.delete', { region, zoneId: id, name: `never.${domain}`, type: 'A' });
  }),
];
