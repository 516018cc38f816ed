/** Shapes of what an MCI needs: account, catalogue, network, VM, disk, address, tags. */
import { z } from 'zod';
import { text, id, count, time, region, page, ownTags, byId, creates, name, create, rules, architecture, purchase, kind, state, resource, pageOf, done, lifecycle, inRegion, action } from './base.js';

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
  publicKey: text, sshUser: text, rootDiskGiB: z.int().positive().optional(), userData: text.optional(), publicAddress: z.boolean(), placementGroupId: id.optional(),
});

const network = lifecycle(Network, z.object({ ...create, cidr: text }));
const subnet = lifecycle(Subnet, z.object({ ...create, networkId: id, cidr: text, zone: id.optional() }));
const securityGroup = lifecycle(SecurityGroup, z.object({ ...create, networkId: id, description: text, rules }));
const keyPair = lifecycle(KeyPair, z.object({ ...create, publicKey: text }));
const publicIp = lifecycle(PublicIp, z.object(create));
const disk = lifecycle(Disk, z.object({ ...create, sizeGiB: z.int().positive(), zone: id.optional(), type: text.optional(), snapshotId: id.optional() }));
const vm = lifecycle(Vm, CreateVms);

/** Schemas by method. */
export const CORE = {
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
  'tag.set': { request: z.object({ ...byId, kind, clusterId: id.optional(), tags: ownTags, name: text.optional() }), result: done },
  'tag.remove': { request: z.object({ ...byId, kind, clusterId: id.optional(), keys: z.array(z.string().min(1)) }), result: done },
};
