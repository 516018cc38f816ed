/** The SDK's shapes as schemas: what a driver is asked and what it answers is checked against them, and unknown members are dropped. */
import type { Traits } from '@mcmp/driver-sdk';
import { z } from 'zod';
import type { CloudMethod, CloudRequest, CloudResult } from '../session.js';
import type { Drift } from './drift.js';

const text = z.string().max(65_536);
const id = z.string().min(1).max(2048);
const count = z.number().nonnegative();
const time = z.string().regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/, 'must be an ISO 8601 time');

const region = { region: id };
const page = { pageSize: z.int().min(1).max(1000).optional(), pageToken: text.optional() };
const ownTags = z.record(z.string().regex(/^[a-z0-9-]{1,63}$/, 'tag keys are of a-z, 0-9 and hyphen'), z.string().regex(/^[a-z0-9\-_.]{0,63}$/, 'tag values are at most 63 of a-z, 0-9, - _ and .'));
const list = { ...region, ...page, ids: z.array(id).optional(), tags: ownTags.optional() };
const byId = { ...region, id };
const creates = { ...region, token: z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 ASCII characters'), tags: ownTags, resume: z.boolean().optional() };
const name = z.string().regex(/^[a-z][a-z0-9-]{0,61}$/, 'must be at most 62 of a-z, 0-9 and hyphen, beginning with a letter');
const create = { ...creates, name };
const rules = z.array(
  z.object({ direction: z.enum(['ingress', 'egress']), protocol: z.enum(['tcp', 'udp', 'icmp', 'all']), fromPort: z.int().min(0).max(65_535).optional(), toPort: z.int().min(0).max(65_535).optional(), cidr: text }),
);

const architecture = z.enum(['amd64', 'arm64']);
const purchase = z.enum(['on-demand', 'spot']);
const kind = z.enum(['network', 'subnet', 'security-group', 'key-pair', 'vm', 'disk', 'public-ip']);
const state = z.enum(['pending', 'available', 'in-use', 'deleting', 'failed']);
const resource = { ...byId, name: text, tags: z.record(z.string(), text), providerState: text };
const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextPageToken: z.string().min(1).max(65_536).optional() });

const Region = z.object({ id, name: text, latitude: z.number().min(-90).max(90).optional(), longitude: z.number().min(-180).max(180).optional(), enabled: z.boolean() });
const Zone = z.object({ id, ...region, available: z.boolean() });
const Spec = z.object({
  id, ...region, vcpu: count, memoryMiB: count, architecture, gpuCount: count, gpuModel: text.optional(), gpuMemoryMiB: count.optional(),
  localDiskGiB: count.optional(), networkPerformance: text.optional(), zones: z.array(id).optional(),
});
const Image = z.object({
  id, ...region, name: text, osFamily: text, osVersion: text, architecture, sshUser: text, minDiskGiB: count.optional(), createdAt: time.optional(), publisher: text.optional(),
});
const Price = z.object({
  specId: id, ...region, zone: id.optional(), purchase, osFamily: text, currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'), perHour: count, source: text, asOf: time, simulated: z.boolean(),
});
const Quota = z.object({
  id, name: text, ...region, measure: z.enum(['vcpu', 'vm', 'network', 'subnet', 'security-group', 'key-pair', 'public-ip', 'disk', 'disk-gib', 'other']),
  specPrefixes: z.array(text).optional(), limit: count, used: count.optional(), source: z.enum(['account', 'default']),
});
const Network = z.object({ ...resource, state, cidr: text.optional() });
const Subnet = z.object({ ...resource, state, networkId: id, cidr: text, zone: id.optional() });
const SecurityGroup = z.object({ ...resource, state, networkId: id.optional(), rules });
const KeyPair = z.object({ ...resource, state, fingerprint: text.optional() });
const PublicIp = z.object({ ...resource, state, address: text, vmId: id.optional() });
const Disk = z.object({ ...resource, state, zone: id.optional(), sizeGiB: count, type: text.optional(), vmId: id.optional(), device: text.optional() });
const Vm = z.object({
  ...resource,
  state: z.enum(['creating', 'running', 'suspending', 'suspended', 'resuming', 'rebooting', 'terminating', 'terminated', 'failed', 'pending']),
  zone: id.optional(), specId: text, imageId: text, networkId: id.optional(), subnetId: id.optional(), securityGroupIds: z.array(id), privateIp: text.optional(), publicIp: text.optional(),
  sshHost: text.optional(), sshPort: z.int().min(1).max(65_535).optional(), batchIndex: z.int().nonnegative().optional(), createdAt: time.optional(),
  failure: z.object({ providerCode: text.optional(), message: text, outOfCapacity: z.boolean().optional() }).optional(),
});
const CreateVms = z.object({
  ...creates, names: z.array(name).min(1), zone: id.optional(), specId: id, imageId: id, networkId: id, subnetId: id, securityGroupIds: z.array(id), keyPairId: id,
  publicKey: text, sshUser: text, rootDiskGiB: z.int().positive().optional(), userData: text.optional(), publicAddress: z.boolean(),
});

const done = z.unknown().transform(() => undefined);
const lifecycle = <T extends z.ZodType, C extends z.ZodType>(thing: T, toCreate: C) => ({
  create: { request: toCreate, result: thing }, get: { request: z.object(byId), result: thing }, list: { request: z.object(list), result: pageOf(thing) }, delete: { request: z.object(byId), result: done },
});
const network = lifecycle(Network, z.object({ ...create, cidr: text }));
const subnet = lifecycle(Subnet, z.object({ ...create, networkId: id, cidr: text, zone: id.optional() }));
const securityGroup = lifecycle(SecurityGroup, z.object({ ...create, networkId: id, description: text, rules }));
const keyPair = lifecycle(KeyPair, z.object({ ...create, publicKey: text }));
const publicIp = lifecycle(PublicIp, z.object(create));
const disk = lifecycle(Disk, z.object({ ...create, sizeGiB: z.int().positive(), zone: id.optional(), type: text.optional() }));
const vm = lifecycle(Vm, CreateVms);
const inRegion = z.object({ ...region, ...page });
const action = { request: z.object(byId), result: done };

/** Request and result schema of every method. */
export const SHAPES = {
  'account.verify': { request: z.strictObject({}), result: z.object({ accountId: id, principal: text.optional() }) },
  'region.list': { request: z.object(page), result: pageOf(Region) },
  'region.listZones': { request: inRegion, result: pageOf(Zone) },
  'spec.list': { request: inRegion, result: pageOf(Spec) },
  'image.list': { request: z.object({ ...region, ...page, ids: z.array(id).optional() }), result: pageOf(Image) },
  'price.list': { request: z.object({ ...region, ...page, purchase }), result: pageOf(Price) },
  'quota.list': { request: inRegion, result: pageOf(Quota) },
  'network.create': network.create, 'network.get': network.get, 'network.list': network.list, 'network.delete': network.delete,
  'subnet.create': subnet.create, 'subnet.get': subnet.get, 'subnet.list': subnet.list, 'subnet.delete': subnet.delete,
  'security-group.create': securityGroup.create, 'security-group.get': securityGroup.get, 'security-group.list': securityGroup.list, 'security-group.delete': securityGroup.delete,
  'security-group.setRules': { request: z.object({ ...byId, rules }), result: SecurityGroup },
  'key-pair.create': keyPair.create, 'key-pair.get': keyPair.get, 'key-pair.list': keyPair.list, 'key-pair.delete': keyPair.delete,
  'vm.create': { request: CreateVms, result: z.object({ items: z.array(Vm) }) },
  'vm.get': vm.get, 'vm.list': vm.list, 'vm.delete': vm.delete, 'vm.start': action, 'vm.stop': action, 'vm.reboot': action,
  'vm.resize': { request: z.object({ ...byId, specId: id }), result: done },
  'disk.create': disk.create, 'disk.get': disk.get, 'disk.list': disk.list, 'disk.delete': disk.delete,
  'disk.attach': { request: z.object({ ...byId, vmId: id }), result: Disk },
  'disk.detach': { request: z.object(byId), result: Disk },
  'disk.resize': { request: z.object({ ...byId, sizeGiB: z.int().positive() }), result: Disk },
  'public-ip.create': publicIp.create, 'public-ip.get': publicIp.get, 'public-ip.list': publicIp.list, 'public-ip.delete': publicIp.delete,
  'public-ip.associate': { request: z.object({ ...byId, vmId: id }), result: PublicIp },
  'public-ip.disassociate': { request: z.object(byId), result: PublicIp },
  'tag.set': { request: z.object({ ...byId, kind, tags: ownTags, name: text.optional() }), result: done },
  'tag.remove': { request: z.object({ ...byId, kind, keys: z.array(z.string().min(1)) }), result: done },
} satisfies { [M in CloudMethod]: { request: z.ZodType<CloudRequest<M>>; result: z.ZodType<CloudResult<M>> } };

/** What a session says of itself. */
export const TraitsShape = z.object({
  idempotencyToken: z.array(kind), uniqueName: z.array(kind), consistencyWindowMs: count, networkScope: z.enum(['region', 'global']), subnetScope: z.enum(['zone', 'region']), vmBatch: z.int().min(1).max(1000),
});

// A compile error here names the method whose schema and SDK type differ, and how.
type Shapes = typeof SHAPES;
type ShapeDrift = Drift<z.infer<typeof TraitsShape>, Traits> | { [M in CloudMethod]: Drift<z.infer<Shapes[M]['request']>, CloudRequest<M>> | Drift<z.infer<Shapes[M]['result']>, CloudResult<M>> }[CloudMethod] | Exclude<keyof Shapes, CloudMethod>;
const noDrift: [ShapeDrift] extends [never] ? true : ShapeDrift = true;
void noDrift;
