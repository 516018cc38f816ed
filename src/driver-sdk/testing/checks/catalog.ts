import type { Image, Price, Quota, Region, Spec, Zone } from '../../catalog.js';
import type { Capability } from '../../driver.js';
import { ensure, ensureSame, show } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { strangerOf } from '../fixtures.js';
import type { Listing } from './paging.js';
import { everyRow, listingChecks, read } from './paging.js';

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;
const MEASURES = ['vcpu', 'vm', 'network', 'subnet', 'security-group', 'key-pair', 'public-ip', 'disk', 'disk-gib', 'other'];

const inPlace = async (context: CheckContext): Promise<object> => ({ region: (await context.place()).region });
/** A list that is the capability's one, narrowed by the region. */
const listing = <T extends { id: string }>(name: Capability): Listing<T> => ({ name, capability: name, method: `${name}.list`, request: inPlace, key: ({ id }) => id });

const REGIONS: Listing<Region> = { ...listing('region'), request: async () => ({}) };
const ZONES: Listing<Zone> = { name: 'zone', capability: 'region', method: 'region.listZones', request: inPlace, key: ({ id }) => id, mayBeEmpty: true };
const SPECS = listing<Spec>('spec');
const IMAGES = listing<Image>('image');
const QUOTAS = listing<Quota>('quota');
const PRICES: Listing<Price> = {
  name: 'price', capability: 'price', method: 'price.list', request: async (context) => ({ ...(await inPlace(context)), purchase: 'on-demand' }), key: (row) => [row.specId, row.zone, row.purchase, row.osFamily, row.currency].join(' '),
};

const check = ({ name, capability }: Pick<Listing<never>, 'name' | 'capability'>, what: string, sentence: string, run: Check['run'], needs: Check['needs'] = []): Check => ({ id: `${name}.${what}`, capability, sentence, needs, run });

/** Regions, zones, specs, images, prices, quotas. */
export const catalogChecks: Check[] = [
  ...listingChecks(REGIONS),
  check(REGIONS, 'enabled', 'lists the region of the place as enabled', async (context) => {
    const { region } = await context.place();
    const found = (await read(context, REGIONS)).items.find((row) => row.id === region);
    ensure(found?.enabled === true, `${region}: ${show(found)}`);
  }),
  check(REGIONS, 'names', 'gives each region a name', (context) => everyRow(context, REGIONS, ({ id, name, enabled }) => id !== '' && typeof name === 'string' && name !== '' && typeof enabled === 'boolean')),
  check(REGIONS, 'coordinates', 'gives coordinates in degrees, both or none', (context) =>
    everyRow(context, REGIONS, ({ latitude, longitude }) => (latitude === undefined) === (longitude === undefined) && Math.abs(latitude ?? 0) <= 90 && Math.abs(longitude ?? 0) <= 180)),
  ...listingChecks(ZONES),
  check(ZONES, 'place', 'lists the zones of the region that is asked, that of the place among them', async (context) => {
    const { region, zone } = await context.place();
    await everyRow(context, ZONES, (row) => row.region === region && row.id !== '' && typeof row.available === 'boolean');
    const { items } = await read(context, ZONES);
    ensure(zone === undefined || items.some((row) => row.id === zone), `${show(zone)} is not listed`);
  }),
  ...listingChecks(SPECS),
  check(SPECS, 'place', 'lists the spec of the place in its region', async (context) => {
    const { region, specId } = await context.place();
    const { items, complete } = await read(context, SPECS);
    ensure(!complete || items.some((row) => row.id === specId), `${specId} is not listed`);
    await everyRow(context, SPECS, (row) => row.region === region);
  }),
  check(SPECS, 'sizes', 'gives each spec CPUs, and memory in MiB', (context) => everyRow(context, SPECS, ({ vcpu, memoryMiB }) => vcpu > 0 && memoryMiB >= 128 && Number.isFinite(vcpu) && Number.isFinite(memoryMiB))),
  check(SPECS, 'architecture', 'names the architecture in the words of OCI', (context) => everyRow(context, SPECS, ({ architecture }) => ['amd64', 'arm64'].includes(architecture))),
  check(SPECS, 'gpus', 'counts GPUs, and tells a model only where there is one, or memory of a part of one', (context) =>
    everyRow(context, SPECS, ({ gpuCount, gpuModel, gpuMemoryMiB }) => gpuCount >= 0 && Number.isFinite(gpuCount) && (gpuCount > 0 || gpuModel === undefined || (gpuMemoryMiB ?? 0) > 0))),
  ...listingChecks(IMAGES),
  check(IMAGES, 'place', 'lists images of the region that is asked', async (context) => {
    const { region } = await context.place();
    await everyRow(context, IMAGES, (row) => row.region === region && row.id !== '' && row.name !== '');
  }),
  check(IMAGES, 'by-ids', 'lists exactly the images that are asked by id, and leaves an unknown one out', async (context) => {
    const { region, imageId } = await context.place();
    const { items } = await context.call('image.list', { region, ids: [imageId, strangerOf(imageId)] });
    ensureSame(items.map((row) => row.id), [imageId], 'images');
  }),
  check(IMAGES, 'ssh-user', 'tells the user that takes the key', (context) => everyRow(context, IMAGES, ({ sshUser, osFamily }) => typeof sshUser === 'string' && (osFamily === 'windows' || /^[a-zA-Z_][\w.-]*$/.test(sshUser)))),
  check(IMAGES, 'system', 'tells family, version and architecture of the system', (context) =>
    everyRow(context, IMAGES, ({ osFamily, osVersion, architecture }) => /^[a-z][a-z0-9-]*$/.test(osFamily) && typeof osVersion === 'string' && ['amd64', 'arm64'].includes(architecture))),
  check(IMAGES, 'created', 'tells times in ISO 8601', (context) => everyRow(context, IMAGES, ({ createdAt }) => createdAt === undefined || ISO_TIME.test(createdAt))),
  ...listingChecks(PRICES),
  check(PRICES, 'amounts', 'gives prices above 0 per hour in a currency of ISO 4217', (context) => everyRow(context, PRICES, ({ perHour, currency }) => perHour > 0 && Number.isFinite(perHour) && /^[A-Z]{3}$/.test(currency))),
  check(PRICES, 'provenance', 'says of each price where it was read, as of when, and whether it is simulated', (context) =>
    everyRow(context, PRICES, ({ source, asOf, simulated }) => typeof source === 'string' && source !== '' && ISO_TIME.test(asOf) && typeof simulated === 'boolean')),
  check(PRICES, 'place', 'prices on demand what is asked: the region, on demand', async (context) => {
    const { region } = await context.place();
    await everyRow(context, PRICES, (row) => row.region === region && row.purchase === 'on-demand' && row.osFamily !== '');
  }),
  check(PRICES, 'specs', 'prices only specs that it lists', async (context) => {
    const specs = await read(context, SPECS);
    const known = new Set(specs.items.map((row) => row.id));
    await everyRow(context, PRICES, ({ specId }) => !specs.complete || known.has(specId));
  }, ['spec']),
  check(PRICES, 'spot', 'lists spot prices as such, or none', async (context) => {
    const { region } = await context.place();
    const { items } = await context.call('price.list', { region, purchase: 'spot' });
    const wrong = items.find((row) => row.purchase !== 'spot' || !(row.perHour > 0) || row.region !== region);
    ensure(wrong === undefined, `wrong: ${show(wrong)}`);
  }),
  ...listingChecks(QUOTAS),
  check(QUOTAS, 'limits', 'gives each quota a limit of 0 or more, and what is used of it where it knows', (context) =>
    everyRow(context, QUOTAS, ({ limit, used }) => limit >= 0 && Number.isFinite(limit) && (used === undefined || (used >= 0 && Number.isFinite(used))))),
  check(QUOTAS, 'words', 'names the measure and the source of each quota in the words of the SDK', async (context) => {
    const { region } = await context.place();
    await everyRow(context, QUOTAS, (row) => MEASURES.includes(row.measure) && ['account', 'default'].includes(row.source) && row.region === region && row.name !== '');
  }),
];
