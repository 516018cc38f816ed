import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RegionView, Thing } from '../world/index.js';
import { Cursors, pageOfRows, pageOfThings } from './pages.js';
import { show } from './show.js';
import type { PlainKind } from './show.js';

/** What a method has at hand beside the region. */
export interface Caller { account: string; cursors: Cursors }

/** One method of the plain wire: what it takes, and what it does in one step of the world. */
export interface Method {
  request: z.ZodType<{ region?: string | undefined; token?: string | undefined; names?: string[] | undefined }>;
  run(view: RegionView, request: unknown, caller: Caller): unknown;
}

const method = <T extends object>(request: z.ZodType<T>, run: (view: RegionView, request: T, caller: Caller) => unknown): Method => ({
  request: request as Method['request'], run: (view, given, caller) => run(view, given as T, caller),
});

const text = z.string().min(1).max(512);
const region = text;
const tags = z.record(z.string().min(1).max(128), z.string().max(256));
const page = { pageSize: z.int().min(1).max(1000).optional(), pageToken: z.string().max(512).optional() };
const names = z.string().regex(/^[a-z][a-z0-9-]{0,61}$/, 'is a name of [a-z][a-z0-9-]{0,61}');
const born = { region, name: names, token: z.string().max(64).optional(), tags: tags.default({}) };
const byId = { region, id: text };
const ById = z.object(byId);
const port = z.int().min(0).max(65_535).optional();
const rules = z.array(z.object({ direction: z.enum(['ingress', 'egress']), protocol: z.enum(['tcp', 'udp', 'icmp', 'all']), fromPort: port, toPort: port, cidr: text })).max(200);

/** Drops members that are undefined, so that a repeat compares alike. */
const given = <T extends object>(value: T): { [P in keyof T]: Exclude<T[P], undefined> } => JSON.parse(JSON.stringify(value)) as { [P in keyof T]: Exclude<T[P], undefined> };

/** SHA-256 of the key, as OpenSSH prints it. */
const fingerprintOf = (publicKey: string): string => `SHA256:${createHash('sha256').update(Buffer.from(publicKey.trim().split(' ')[1] ?? '', 'base64')).digest('base64').replace(/=+$/, '')}`;

/** Catalogue: rows that come with the personality. */
const catalogue = {
  'account.verify': method(z.object({}), (view, _request, { account }) => ({ accountId: account, principal: `${view.personality.cloud}:account/${account}` })),
  'region.list': method(z.object(page), (view, request, { cursors }) =>
    pageOfRows(view.personality.regions.map(({ id, name, latitude, longitude }) => ({ id, name, latitude, longitude, enabled: true })), request, cursors)),
  'region.listZones': method(z.object({ region, ...page }), (view, request, { cursors }) => pageOfRows(view.zones().map((zone) => ({ ...zone, region: view.region.id })), request, cursors)),
  'spec.list': method(z.object({ region, ...page }), (view, request, { cursors }) => pageOfRows(view.personality.specs(view.region.id).map((spec) => ({ ...spec, region: view.region.id })), request, cursors)),
  'image.list': method(z.object({ region, ids: z.array(text).max(100).optional(), ...page }), (view, { ids, ...request }, { cursors }) => {
    const images = view.personality.images.map((image) => ({ ...image, id: image.id(view.region.id), region: view.region.id }));
    return pageOfRows(ids ? images.filter((image) => ids.includes(image.id)) : images, request, cursors);
  }),
  'price.list': method(z.object({ region, purchase: z.enum(['on-demand', 'spot']), ...page }), (view, { purchase, ...request }, { cursors }) =>
    pageOfRows(view.personality.prices(view.region.id).filter((price) => price.purchase === purchase).map((price) => ({ ...price, region: view.region.id, osFamily: 'linux' })), request, cursors)),
  'quota.list': method(z.object({ region, ...page }), (view, request, { cursors }) => pageOfRows(view.quotas().map((quota) => ({ ...quota, region: view.region.id, source: 'account' })), request, cursors)),
};

/** Reads and delete, which all kinds have. */
const read = (kind: PlainKind): Record<string, Method> => ({
  [`${kind}.get`]: method(ById, (view, { id }) => show(view, view.get(kind, id))),
  [`${kind}.list`]: method(z.object({ region, ids: z.array(text).max(1000).optional(), tags: tags.optional(), ...page }), (view, { ids, tags: wanted, ...request }, { cursors }) => {
    const { items, ...rest } = pageOfThings(view.list(kind, { ...(ids && { ids }), ...(wanted && { tags: wanted }) }) as Thing<PlainKind>[], request, cursors, kind === 'vm' ? 50 : 100);
    return { items: items.map((thing) => show(view, thing)), ...rest };
  }),
  [`${kind}.delete`]: method(ById, (view, { id }) => {
    view.delete(kind, id);
    return {};
  }),
});
const KINDS: PlainKind[] = ['network', 'subnet', 'security-group', 'key-pair', 'vm', 'disk', 'public-ip'];

const networks = {
  'network.create': method(z.object({ ...born, cidr: text }), (view, { region: _, cidr, ...input }) =>
    show(view, view.create('network', { ...given(input), attributes: view.personality.networkScope === 'global' ? {} : { cidr } }))),
  'subnet.create': method(z.object({ ...born, networkId: text, cidr: text, zone: text.optional() }), (view, { region: _, networkId, cidr, zone, ...input }) =>
    show(view, view.create('subnet', { ...given(input), attributes: given({ networkId, cidr, zone, publicAddresses: true }) }))),
  'security-group.create': method(z.object({ ...born, networkId: text, description: z.string().max(255), rules }), (view, { region: _, networkId, description, rules: wanted, ...input }) =>
    show(view, view.create('security-group', { ...given(input), attributes: { networkId, description, rules: given(wanted) } }))),
  'security-group.setRules': method(z.object({ ...byId, rules }), (view, { id, rules: wanted }) => show(view, view.change('security-group', id, { attributes: { rules: given(wanted) } }))),
  'key-pair.create': method(z.object({ ...born, publicKey: z.string().max(8192) }), (view, { region: _, publicKey, ...input }) =>
    show(view, view.create('key-pair', { ...given(input), attributes: { publicKey, fingerprint: fingerprintOf(publicKey) } }))),
};

const act = (work: (view: RegionView, id: string) => unknown): Method => method(ById, (view, { id }) => {
  work(view, id);
  return {};
});
const vms = {
  'vm.create': method(
    z.object({
      region, names: z.array(names).min(1).max(1000), token: born.token, tags: born.tags, zone: text.optional(), specId: text, imageId: text, networkId: text, subnetId: text, securityGroupIds: z.array(text).max(50), keyPairId: text,
      publicKey: z.string().max(8192).optional(), sshUser: z.string().regex(/^[a-z_][a-z0-9_.-]{0,31}$/i).optional(), rootDiskGiB: z.int().min(1).max(65_536).optional(), userData: z.string().max(65_536).optional(), publicAddress: z.boolean(),
    }),
    (view, { region: _, ...input }) => ({ items: view.createVms(given(input)).map((vm) => show(view, vm)) }),
  ),
  'vm.start': act((view, id) => view.start(id)),
  'vm.stop': act((view, id) => view.stop(id)),
  'vm.reboot': act((view, id) => view.reboot(id)),
  'vm.resize': method(z.object({ ...byId, specId: text }), (view, { id, specId }) => {
    view.resize(id, specId);
    return {};
  }),
};

const withVm = z.object({ ...byId, vmId: text });
const volumes = {
  'disk.create': method(z.object({ ...born, sizeGiB: z.int(), zone: text.optional(), type: text.optional() }), (view, { region: _, sizeGiB, zone, type, ...input }) =>
    show(view, view.create('disk', { ...given(input), attributes: given({ sizeGiB, zone, type }) }))),
  'disk.attach': method(withVm, (view, { id, vmId }) => show(view, view.attachDisk(id, vmId))),
  'disk.detach': method(ById, (view, { id }) => show(view, view.detachDisk(id))),
  'disk.resize': method(z.object({ ...byId, sizeGiB: z.int() }), (view, { id, sizeGiB }) => show(view, view.resizeDisk(id, sizeGiB))),
  'public-ip.create': method(z.object(born), (view, { region: _, ...input }) => show(view, view.create('public-ip', { ...given(input), attributes: { address: '' } }))),
  'public-ip.associate': method(withVm, (view, { id, vmId }) => show(view, view.associate(id, vmId))),
  'public-ip.disassociate': method(ById, (view, { id }) => show(view, view.disassociate(id))),
};

const kind = z.enum(KINDS as [PlainKind, ...PlainKind[]]);
const labels = {
  'tag.set': method(z.object({ ...byId, kind, tags, name: z.string().min(1).max(255).optional() }), (view, { id, kind: of, tags: wanted, name }) => {
    view.change(of, id, { tags: wanted, ...(name !== undefined && { name }) });
    return {};
  }),
  'tag.remove': method(z.object({ ...byId, kind, keys: z.array(text).max(100) }), (view, { id, kind: of, keys }) => {
    view.change(of, id, { removeTags: keys });
    return {};
  }),
};

/** All methods of the plain wire by name; they mirror the driver SDK's calls. */
export const METHODS: ReadonlyMap<string, Method> = new Map(Object.entries<Method>({ ...catalogue, ...Object.assign({}, ...KINDS.map(read)), ...networks, ...vms, ...volumes, ...labels }));
