import type { Image, Price, Quota, Region, Spec, Zone } from '../../catalog.js';
import type { Capability } from '../../driver.js';
import type { Page, PageRequest } from '../../shapes.js';
import { ensure, ensureNoTwin, ensureRefused, ensureSame, ensureSameSet, show } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { consequence } from '../context.js';
import { strangerOf } from '../fixtures.js';

interface Rows { region: Region; zone: Zone; spec: Spec; image: Image; price: Price; quota: Quota }
type Catalogue = keyof Rows;
interface Reading<T> { items: T[]; complete: boolean }

const CAPABILITY: Record<Catalogue, Capability> = { region: 'region', zone: 'region', spec: 'spec', image: 'image', price: 'price', quota: 'quota' };
const KEY: { [C in Catalogue]: (row: Rows[C]) => string } = {
  region: (row) => row.id, zone: (row) => row.id, spec: (row) => row.id, image: (row) => row.id, quota: (row) => row.id,
  price: (row) => [row.specId, row.zone, row.purchase, row.osFamily, row.currency].join(' '),
};
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;
const MEASURES = ['vcpu', 'vm', 'network', 'subnet', 'security-group', 'key-pair', 'public-ip', 'disk', 'disk-gib', 'other'];

/** One page of a catalogue; prices are those on demand. */
async function pageOf<C extends Catalogue>(context: CheckContext, catalogue: C, page: PageRequest): Promise<Page<Rows[C]>> {
  const method = catalogue === 'zone' ? 'region.listZones' : `${catalogue}.list`;
  const place = catalogue === 'region' ? {} : { region: (await context.place()).region };
  const answer = (await context.invoke(method, { ...place, ...(catalogue === 'price' && { purchase: 'on-demand' }), ...page })) as Page<Rows[C]>;
  ensure(Array.isArray(answer?.items), `${method} answered ${show(answer)}, not a page`);
  return answer;
}

/** Pages one after another, at most `most` of them; each is held to its size, and no row may come twice. */
async function pages<C extends Catalogue>(context: CheckContext, catalogue: C, pageSize: number, most: number): Promise<Reading<Rows[C]>> {
  const items: Rows[C][] = [];
  let pageToken: string | undefined;
  for (let count = 0; count < most; count++) {
    const page = await pageOf(context, catalogue, { pageSize, ...(pageToken !== undefined && { pageToken }) });
    ensure(page.items.length <= pageSize, `a page of ${pageSize} has ${page.items.length} items`);
    items.push(...page.items);
    ensureNoTwin(items.map(KEY[catalogue]), catalogue);
    pageToken = page.nextPageToken;
    if (pageToken === undefined) return { items, complete: true };
    ensure(typeof pageToken === 'string' && pageToken !== '', `nextPageToken is ${show(pageToken)}`);
  }
  return { items, complete: false };
}

/** A catalogue in big pages, read once; of a very long one the first 20. */
const readRaw = <C extends Catalogue>(context: CheckContext, catalogue: C): Promise<Reading<Rows[C]>> => context.once(`catalogue:${catalogue}`, () => pages(context, catalogue, 1_000, 20));

/** The same for a check that is about the rows. @throws CheckSkipped where it could not be read. */
const read = <C extends Catalogue>(context: CheckContext, catalogue: C): Promise<Reading<Rows[C]>> =>
  readRaw(context, catalogue).catch((error: unknown) => {
    throw consequence(`the list of ${catalogue}s`, error);
  });

/** Holds every row to a rule. */
async function everyRow<C extends Catalogue>(context: CheckContext, catalogue: C, holds: (row: Rows[C]) => boolean): Promise<void> {
  const { items } = await read(context, catalogue);
  const wrong = items.find((row) => !holds(row));
  ensure(wrong === undefined, `wrong: ${show(wrong)}`);
}

const check = (catalogue: Catalogue, what: string, sentence: string, run: Check['run'], needs: Check['needs'] = []): Check => ({ id: `${catalogue}.${what}`, capability: CAPABILITY[catalogue], sentence, needs, run });

/** What every list of a catalogue keeps. */
const listing = (catalogue: Catalogue): Check[] => [
  check(catalogue, 'pages', `lists each ${catalogue} once, in pages of the size that was asked`, async (context) => {
    const whole = await readRaw(context, catalogue);
    ensure(whole.items.length > 0 || catalogue === 'zone', 'nothing is listed');
    const small = await pages(context, catalogue, 2, 5);
    const known = whole.items.map(KEY[catalogue] as (row: unknown) => string);
    const seen = small.items.map(KEY[catalogue] as (row: unknown) => string);
    if (small.complete) ensureSameSet(seen, known, 'small pages against big ones');
    ensure(small.complete || seen.length > 0, 'five pages are empty');
    if (whole.complete) ensureSame(seen.filter((key) => !known.includes(key)), [], 'in small pages only');
  }),
  check(catalogue, 'page-token', `refuses a page token of a ${catalogue} list that it never gave`, async (context) => {
    await ensureRefused(pageOf(context, catalogue, { pageToken: 'never-given' }), ['INVALID_REQUEST'], 'a strange page token');
  }),
];

/** Regions, zones, specs, images, prices, quotas. */
export const catalogChecks: Check[] = [
  ...listing('region'),
  check('region', 'enabled', 'lists the region of the place as enabled', async (context) => {
    const { region } = await context.place();
    const found = (await read(context, 'region')).items.find((row) => row.id === region);
    ensure(found?.enabled === true, `${region}: ${show(found)}`);
  }),
  check('region', 'names', 'gives each region a name', (context) => everyRow(context, 'region', ({ id, name, enabled }) => id !== '' && typeof name === 'string' && name !== '' && typeof enabled === 'boolean')),
  check('region', 'coordinates', 'gives coordinates in degrees, both or none', (context) =>
    everyRow(context, 'region', ({ latitude, longitude }) => (latitude === undefined) === (longitude === undefined) && Math.abs(latitude ?? 0) <= 90 && Math.abs(longitude ?? 0) <= 180)),
  ...listing('zone'),
  check('zone', 'place', 'lists the zones of the region that is asked, that of the place among them', async (context) => {
    const { region, zone } = await context.place();
    await everyRow(context, 'zone', (row) => row.region === region && row.id !== '' && typeof row.available === 'boolean');
    const { items } = await read(context, 'zone');
    ensure(zone === undefined || items.some((row) => row.id === zone), `${show(zone)} is not listed`);
  }),
  ...listing('spec'),
  check('spec', 'place', 'lists the spec of the place in its region', async (context) => {
    const { region, specId } = await context.place();
    const { items, complete } = await read(context, 'spec');
    ensure(!complete || items.some((row) => row.id === specId), `${specId} is not listed`);
    await everyRow(context, 'spec', (row) => row.region === region);
  }),
  check('spec', 'sizes', 'gives each spec CPUs, and memory in MiB', (context) => everyRow(context, 'spec', ({ vcpu, memoryMiB }) => vcpu > 0 && memoryMiB >= 128 && Number.isFinite(vcpu) && Number.isFinite(memoryMiB))),
  check('spec', 'architecture', 'names the architecture in the words of OCI', (context) => everyRow(context, 'spec', ({ architecture }) => ['amd64', 'arm64'].includes(architecture))),
  check('spec', 'gpus', 'counts GPUs, and tells a model only where there is one, or memory of a part of one', (context) =>
    everyRow(context, 'spec', ({ gpuCount, gpuModel, gpuMemoryMiB }) => gpuCount >= 0 && Number.isFinite(gpuCount) && (gpuCount > 0 || gpuModel === undefined || (gpuMemoryMiB ?? 0) > 0))),
  ...listing('image'),
  check('image', 'place', 'lists images of the region that is asked', async (context) => {
    const { region } = await context.place();
    await everyRow(context, 'image', (row) => row.region === region && row.id !== '' && row.name !== '');
  }),
  check('image', 'by-ids', 'lists exactly the images that are asked by id, and leaves an unknown one out', async (context) => {
    const { region, imageId } = await context.place();
    const { items } = await context.call('image.list', { region, ids: [imageId, strangerOf(imageId)] });
    ensureSame(items.map((row) => row.id), [imageId], 'images');
  }),
  check('image', 'ssh-user', 'tells the user that takes the key', (context) => everyRow(context, 'image', ({ sshUser, osFamily }) => typeof sshUser === 'string' && (osFamily === 'windows' || /^[a-zA-Z_][\w.-]*$/.test(sshUser)))),
  check('image', 'system', 'tells family, version and architecture of the system', (context) =>
    everyRow(context, 'image', ({ osFamily, osVersion, architecture }) => /^[a-z][a-z0-9-]*$/.test(osFamily) && typeof osVersion === 'string' && ['amd64', 'arm64'].includes(architecture))),
  check('image', 'created', 'tells times in ISO 8601', (context) => everyRow(context, 'image', ({ createdAt }) => createdAt === undefined || ISO_TIME.test(createdAt))),
  ...listing('price'),
  check('price', 'amounts', 'gives prices above 0 per hour in a currency of ISO 4217', (context) => everyRow(context, 'price', ({ perHour, currency }) => perHour > 0 && Number.isFinite(perHour) && /^[A-Z]{3}$/.test(currency))),
  check('price', 'provenance', 'says of each price where it was read, as of when, and whether it is simulated', (context) =>
    everyRow(context, 'price', ({ source, asOf, simulated }) => typeof source === 'string' && source !== '' && ISO_TIME.test(asOf) && typeof simulated === 'boolean')),
  check('price', 'place', 'prices on demand what is asked: the region, on demand', async (context) => {
    const { region } = await context.place();
    await everyRow(context, 'price', (row) => row.region === region && row.purchase === 'on-demand' && row.osFamily !== '');
  }),
  check('price', 'specs', 'prices only specs that it lists', async (context) => {
    const specs = await read(context, 'spec');
    const known = new Set(specs.items.map((row) => row.id));
    await everyRow(context, 'price', ({ specId }) => !specs.complete || known.has(specId));
  }, ['spec']),
  check('price', 'spot', 'lists spot prices as such, or none', async (context) => {
    const { region } = await context.place();
    const { items } = await context.call('price.list', { region, purchase: 'spot' });
    const wrong = items.find((row) => row.purchase !== 'spot' || !(row.perHour > 0) || row.region !== region);
    ensure(wrong === undefined, `wrong: ${show(wrong)}`);
  }),
  ...listing('quota'),
  check('quota', 'limits', 'gives each quota a limit of 0 or more, and what is used of it where it knows', (context) =>
    everyRow(context, 'quota', ({ limit, used }) => limit >= 0 && Number.isFinite(limit) && (used === undefined || (used >= 0 && Number.isFinite(used))))),
  check('quota', 'words', 'names the measure and the source of each quota in the words of the SDK', async (context) => {
    const { region } = await context.place();
    await everyRow(context, 'quota', (row) => MEASURES.includes(row.measure) && ['account', 'default'].includes(row.source) && row.region === region && row.name !== '');
  }),
];
