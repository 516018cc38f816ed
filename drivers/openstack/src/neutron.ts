import type { CreateRequest, ListRequest, Page, Tags } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { DriverError } from '@mcmp/driver-sdk';
import { ifFound } from './errors.js';
import type { CloudPage, Query } from './pages.js';
import { carries, listing, readAll, readByIds, readPage } from './pages.js';
import { byToken, describe, described, fromLabels, marked, shown, toLabels } from './tags.js';

/** What every thing of Neutron tells. */
export interface NeutronThing { id: string; name: string; description?: string | null; tags?: string[]; status?: string; project_id?: string }

/** Label on everything whose tags are complete. */
const COMPLETE = 'mcmp';

/**
 * Tags of a thing. Neutron takes none in a create, so a new thing carries them in its description until the call that sets them: then, and after any later change, the labels are the truth.
 */
export const tagsIn = (thing: NeutronThing): Tags => (thing.tags?.includes(COMPLETE) ? fromLabels(thing.tags) : (described(thing.description) ?? fromLabels(thing.tags)));

/** One kind of Neutron's things: its path segment and its names in bodies. */
export interface NeutronKind { path: string; one: string; many: string; nameless?: true }
export const KINDS = {
  network: { path: '/networks', one: 'network', many: 'networks' },
  subnet: { path: '/subnets', one: 'subnet', many: 'subnets' },
  router: { path: '/routers', one: 'router', many: 'routers' },
  port: { path: '/ports', one: 'port', many: 'ports' },
  securityGroup: { path: '/security-groups', one: 'security_group', many: 'security_groups' },
  floatingIp: { path: '/floatingips', one: 'floatingip', many: 'floatingips', nameless: true },
} as const satisfies Record<string, NeutronKind>;

/** Neutron's things of one kind, as the driver keeps them: made with their tags, found by them, each once. */
export class Shelf<R extends NeutronThing> {
  constructor(private readonly cloud: OpenStack, readonly kind: NeutronKind) {}

  door(region: string, signal: AbortSignal): Promise<Door> {
    return this.cloud.door('network', region, signal);
  }

  async read(door: Door, id: string): Promise<R> {
    return ((await door.get<Record<string, R>>(`${this.kind.path}/${encodeURIComponent(id)}`))[this.kind.one]) as R;
  }

  /** Makes a thing that carries the request's tags from its first moment; on `resume` what an earlier call made is found and completed instead. */
  async make(door: Door, request: CreateRequest, body: object, text?: string): Promise<R> {
    const tags = marked(request);
    const found = request.resume ? await this.made(door, request.token) : undefined;
    const thing = found ?? (await door.post<Record<string, R>>(this.kind.path, { [this.kind.one]: { ...(this.kind.nameless ? {} : { name: request.name }), description: describe(tags, text), ...body } }))[this.kind.one] as R;
    return thing.tags?.includes(COMPLETE) ? thing : { ...thing, tags: await this.tag(door, thing.id, tags) };
  }

  /** What a create with this token made before. */
  async made(door: Door, token: string): Promise<R | undefined> {
    for (const phase of this.phases(door, byToken(token))) {
      const rows = await readAll(phase, ({ id }) => id);
      const found = rows.find((row) => carries(tagsIn(row), byToken(token)));
      if (found) return found;
    }
    return undefined;
  }

  /** Makes the tags of a thing exactly these. */
  async tag(door: Door, id: string, tags: Tags): Promise<string[]> {
    const labels = [...toLabels(tags), COMPLETE];
    await door.put(`${this.kind.path}/${id}/tags`, { tags: labels });
    return labels;
  }

  /** A page of this project's things: others' that are shared with it, and those that an administrator sees, are nobody's business here. */
  async list<T extends { tags: Tags }>(request: ListRequest, signal: AbortSignal, show: (rows: R[], door: Door) => Promise<T[]> | T[]): Promise<Page<T>> {
    const door = await this.door(request.region, signal);
    if (request.ids) return readByIds({ ...request, ids: request.ids }, async (id) => {
      const row = await ifFound(this.read(door, id));
      return row && (await show([row], door))[0];
    });
    return readPage(request, this.phases(door, request.tags), ({ id }) => id, async (rows) => show(rows.filter((row) => carries(tagsIn(row), request.tags)), door));
  }

  /**
   * Readers of a list by tags: first what is not complete yet, which only its description tells, then what carries the labels. In this order a thing that becomes complete in between is seen twice rather than never.
   */
  private phases(door: Door, tags: Tags | undefined): ((query: Query) => Promise<CloudPage<R>>)[] {
    const read = (filter: Record<string, string>) => (query: Query): Promise<CloudPage<R>> => listing<R>(door, this.kind.path, this.kind.many, { ...query, project_id: door.projectId, sort_key: 'id', sort_dir: 'asc', ...filter });
    if (!tags || Object.keys(tags).length === 0) return [read({})];
    return [read({ 'not-tags': COMPLETE }), read({ tags: toLabels(tags).join(',') })];
  }
}

/** Things of Neutron's with the tags that people see. */
export const named = (thing: NeutronThing, region: string): { id: string; name: string; region: string; tags: Tags } => ({ id: thing.id, name: thing.name, region, tags: shown(tagsIn(thing)) });

/** All rows of a short list of Neutron's. */
export const all = <R extends NeutronThing>(door: Door, kind: NeutronKind, filter: Record<string, string | string[] | boolean>): Promise<R[]> =>
  readAll<R>((query) => listing<R>(door, kind.path, kind.many, { ...query, sort_key: 'id', sort_dir: 'asc', ...filter }), ({ id }) => id);

interface ExternalNetwork extends NeutronThing { is_default?: boolean }

/**
 * The network that routers and floating IPs lead to: the one that the connection names, else the cloud's default, else the only one.
 * @throws DriverError UNSUPPORTED where there is none, INVALID_REQUEST where the choice is the operator's.
 */
export const externalNetwork = (cloud: OpenStack, region: string, door: Door): Promise<string> => cloud.remember(`external/${region}`, 300_000, () => findExternalNetwork(cloud, door));

async function findExternalNetwork(cloud: OpenStack, door: Door): Promise<string> {
  const wanted = cloud.input.options.externalNetwork;
  const found = await all<ExternalNetwork>(door, KINDS.network, { 'router:external': true });
  const chosen = wanted ? found.find(({ id, name }) => id === wanted || name === wanted) : (found.find(({ is_default }) => is_default) ?? (found.length === 1 ? found[0] : undefined));
  if (chosen) return chosen.id;
  const names = found.map(({ name }) => name).join(', ');
  if (wanted) throw new DriverError('INVALID_REQUEST', `This project sees no external network "${wanted}"; it sees ${names || 'none'}. Change the option externalNetwork of the connection.`, { field: 'options.externalNetwork' });
  if (found.length === 0) throw new DriverError('UNSUPPORTED', 'This project sees no external network, so nothing of it can reach the internet.', { providerCode: 'ExternalNetworkNotFound' });
  throw new DriverError('INVALID_REQUEST', `This project sees several external networks (${names}) and none is the default: name one in the option externalNetwork of the connection.`, { field: 'options.externalNetwork' });
}
