import { z } from 'zod';
import { RESOURCE_KINDS } from '@mcmp/driver-sdk';
import { WorldError } from '../../world/index.js';
import type { Kind, RegionView, Thing } from '../../world/index.js';
import { pageOfRows, pageOfThings } from '../pages.js';
import { show } from '../show.js';
import { byId, ids, method, page, region, tags, text } from './method.js';
import type { Method } from './method.js';

/** Measures that the SDK has words for; the world counts more. */
const MEASURES = ['vcpu', 'vm', 'network', 'subnet', 'security-group', 'key-pair', 'public-ip', 'disk', 'disk-gib'];

/** Rows that come with the personality. */
export const catalogue = {
  'account.verify': method(z.object({}), (view, _request, { account }) => ({ accountId: account, principal: `${view.personality.cloud}:account/${account}` })),
  'region.list': method(z.object(page), (view, request, { cursors }) =>
    pageOfRows(view.personality.regions.map(({ id, name, latitude, longitude }) => ({ id, name, latitude, longitude, enabled: true })), request, cursors)),
  'region.listZones': method(z.object({ region, ...page }), (view, request, { cursors }) => pageOfRows(view.zones().map((zone) => ({ ...zone, region: view.region.id })), request, cursors)),
  'spec.list': method(z.object({ region, ...page }), (view, request, { cursors }) => pageOfRows(view.personality.specs(view.region.id).map((spec) => ({ ...spec, region: view.region.id })), request, cursors)),
  'image.list': method(z.object({ region, ids: ids.optional(), ...page }), (view, { ids: wanted, ...request }, { cursors }) => {
    const images = view.personality.images.map((image) => ({ ...image, id: image.id(view.region.id), region: view.region.id }));
    // The account's own are told to whoever asks for them by id.
    const own = wanted ? view.list('custom-image', { ids: wanted, where: ({ state }) => state === 'available' }).map(({ id, name, createdAt, attributes: { architecture, osFamily, osVersion, sshUser, minDiskGiB } }) =>
      ({ id, name, region: view.region.id, architecture, osFamily, osVersion, sshUser, minDiskGiB, createdAt: new Date(createdAt).toISOString(), publisher: 'self' })) : [];
    return pageOfRows(wanted ? [...images.filter((image) => wanted.includes(image.id)), ...own] : images, request, cursors);
  }),
  'price.list': method(z.object({ region, purchase: z.enum(['on-demand', 'spot']), ...page }), (view, { purchase, ...request }, { cursors }) =>
    pageOfRows(view.personality.prices(view.region.id).filter((price) => price.purchase === purchase).map((price) => ({ ...price, region: view.region.id, osFamily: 'linux' })), request, cursors)),
  'quota.list': method(z.object({ region, ...page }), (view, request, { cursors }) =>
    pageOfRows(view.quotas().map(({ measure, ...quota }) => ({ ...quota, measure: MEASURES.includes(measure) ? measure : 'other', region: view.region.id, source: 'account' })), request, cursors)),
};

/** Most items of a page, by kind; 100 where it is not here. */
const PAGE: Partial<Record<Kind, number>> = { vm: 50 };

const list = { region, ids: z.array(text).max(1000).optional(), tags: tags.optional(), ...page };
/** A thing; a node group of another cluster is none here. @throws WorldError NOT_FOUND. */
function of(view: RegionView, kind: Kind, id: string, clusterId: string | undefined): Thing {
  const thing: Thing = view.get(kind, id);
  if (clusterId !== undefined && (thing as Thing<'node-group'>).attributes.clusterId !== clusterId) throw new WorldError('NOT_FOUND', `the cluster '${clusterId}' has no node group '${id}'`, { kind, id });
  return thing;
}

/** Reads and delete, which all kinds have. Node groups are asked for within their cluster. */
const read = (kind: Kind): Record<string, Method> => {
  const within = { clusterId: kind === 'node-group' ? text : text.optional() };
  return {
    [`${kind}.get`]: method(z.object({ ...byId, ...within }), (view, { id, clusterId }, caller) => show(view, of(view, kind, id, clusterId), caller)),
    [`${kind}.list`]: method(z.object({ ...list, ...within }), (view, { ids: wanted, tags: marks, clusterId, ...request }, caller) => {
      const where = clusterId === undefined ? undefined : (thing: Thing<Kind>): boolean => (thing as Thing<'node-group'>).attributes.clusterId === clusterId;
      const { items, ...rest } = pageOfThings(view.list(kind, { ...(wanted && { ids: wanted }), ...(marks && { tags: marks }), ...(where && { where }) }), request, caller.cursors, PAGE[kind] ?? 100);
      return { items: items.map((thing) => show(view, thing, caller)), ...rest };
    }),
    [`${kind}.delete`]: method(z.object({ ...byId, ...within }), (view, { id, clusterId }) => {
      of(view, kind, id, clusterId);
      view.delete(kind, id);
      return {};
    }),
  };
};

/** `get`, `list` and `delete` of every kind. */
export const reads: Record<string, Method> = Object.assign({}, ...RESOURCE_KINDS.map(read)) as Record<string, Method>;

const kind = z.enum(RESOURCE_KINDS);
export const labels = {
  'tag.set': method(z.object({ ...byId, kind, clusterId: text.optional(), tags, name: z.string().min(1).max(255).optional() }), (view, { id, kind: which, clusterId, tags: wanted, name }) => {
    of(view, which, id, clusterId);
    view.change(which, id, { tags: wanted, ...(name !== undefined && { name }) });
    return {};
  }),
  'tag.remove': method(z.object({ ...byId, kind, clusterId: text.optional(), keys: z.array(text).max(100) }), (view, { id, kind: which, clusterId, keys }) => {
    of(view, which, id, clusterId);
    view.change(which, id, { removeTags: keys });
    return {};
  }),
};
