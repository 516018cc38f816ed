import { isDriverError } from '../../errors.js';
import { answers, fail, KINDS, methods, neighbour, ofKinds, refusals } from './alter.js';
import type { Row, WrongDriver } from './alter.js';

const UNKEPT = ['object', 'dns-record', 'metric', 'event', 'charge'];
const LISTS = ['region.list', 'region.listZones', 'spec.list', 'image.list', 'price.list', 'quota.list', 'database.engines', ...UNKEPT.map((name) => `${name}.list`), ...KINDS.map((kind) => `${kind}.list`)];
const listed = (what: string): string[] => ofKinds(what, ['region', 'zone', 'spec', 'image', 'price', 'quota', 'engine', ...UNKEPT, ...KINDS]);
const first = (index: number, row: Row, edit: Row): Row => (index === 0 ? { ...row, ...edit } : row);

/** Wrong lists, and wrong rows of catalogues. */
export const wrongCatalogues: WrongDriver[] = [
  methods('lists everything on one page', LISTS, listed('pages'), (original) => (request, signal) => original({ ...request, pageSize: 1_000 }, signal)),
  methods('gives the first page again and again', LISTS, [...listed('pages'), ...listed('page-token')], (original) => ({ pageToken: _, ...request }, signal) => original(request, signal)),
  refusals('begins anew at a strange page token', LISTS, 'INVALID_REQUEST', listed('page-token'), (_error, { pageToken: _, ...request }, original, signal) => original(request, signal)),
  answers('an account without an id', 'account.verify', ['account.verify'], () => ({ accountId: '' })),
  refusals('a wrong credential that is verified', 'account.verify', 'UNAUTHENTICATED', ['account.wrong-credential'], () => ({ accountId: 'anybody' })),
  refusals('a wrong credential that is forbidden', KINDS.map((kind) => `${kind}.list`), 'UNAUTHENTICATED', ['account.wrong-credential-list'], () => fail('FORBIDDEN')),
  answers('a region that is off', 'region.list', ['region.enabled'], (row) => ({ ...row, enabled: false })),
  answers('a region without a name', 'region.list', ['region.names'], (row, index) => first(index, row, { name: '' })),
  answers('half a coordinate', 'region.list', ['region.coordinates'], ({ longitude: _, ...row }) => row),
  answers('zones of another region', 'region.listZones', ['zone.place'], (row) => ({ ...row, region: 'elsewhere' })),
  answers('specs of another region', 'spec.list', ['spec.place'], (row) => ({ ...row, region: 'elsewhere' })),
  answers('memory in GiB', 'spec.list', ['spec.sizes'], (row) => ({ ...row, memoryMiB: (row.memoryMiB as number) / 1_024 })),
  answers('an architecture in words of its own', 'spec.list', ['spec.architecture'], (row) => ({ ...row, architecture: 'x86_64' })),
  answers('the model of a GPU that is not there', 'spec.list', ['spec.gpus'], (row, index) => first(index, row, { gpuModel: 'none' })),
  answers('images of another region', 'image.list', ['image.place'], (row) => ({ ...row, region: 'elsewhere' })),
  methods('images that were not asked', ['image.list'], ['image.by-ids'], (original) => ({ ids: _, ...request }, signal) => original(request, signal)),
  answers('an image that nobody can enter', 'image.list', ['image.ssh-user'], (row) => ({ ...row, sshUser: '' })),
  answers('a system in words of its own', 'image.list', ['image.system'], (row) => ({ ...row, osFamily: 'Ubuntu Linux' })),
  answers('an image of yesterday', 'image.list', ['image.created'], (row) => ({ ...row, createdAt: 'yesterday' })),
  methods('prices of 0', ['price.list'], ['price.amounts'], (original) => async (request, signal) => {
    const page = (await original(request, signal)) as { items: Row[] };
    return request.purchase === 'on-demand' ? { ...page, items: page.items.map((row) => ({ ...row, perHour: 0 })) } : page;
  }),
  answers('a price from nowhere', 'price.list', ['price.provenance'], (row, index) => first(index, row, { source: '' })),
  methods('a spot price on demand', ['price.list'], ['price.place'], (original) => (request, signal) => original({ ...request, purchase: 'spot' }, signal)),
  methods('a price on demand as spot', ['price.list'], ['price.spot'], (original) => (request, signal) => original({ ...request, purchase: 'on-demand' }, signal)),
  answers('a price of a spec that is none', 'price.list', ['price.specs'], (row) => (row.specId === 'm1.small' ? { ...row, specId: 'ghost' } : row)),
  answers('a limit below 0', 'quota.list', ['quota.limits'], (row) => ({ ...row, limit: -1 })),
  answers('a measure of its own', 'quota.list', ['quota.words'], (row) => ({ ...row, measure: 'cores' })),
  methods('a list that throws for an unknown id', KINDS.map((kind) => `${kind}.list`), ofKinds('list-by-ids'), (original, _box, name, groups) => async (request, signal) => {
    const get = neighbour(groups, name, 'get');
    for (const id of (request.ids as string[] | undefined) ?? []) await get({ region: request.region, id }, signal).catch((error: unknown) => (isDriverError(error) ? fail('NOT_FOUND') : undefined));
    return original(request, signal);
  }),
  methods('a list whose ids win over its tags', KINDS.map((kind) => `${kind}.list`), ofKinds('list-both'), (original) => ({ tags, ...request }, signal) => original(request.ids ? request : { ...request, ...(tags !== undefined && { tags }) }, signal)),
  answers('a list that forgets the tags', KINDS.map((kind) => `${kind}.list`), ofKinds('list-by-tags'), (row) => ({ ...row, tags: {} })),
];
