import type { Vm } from '../../compute.js';
import type { HandlerGroups } from '../../driver.js';
import * as catalog from './catalog.js';
import type { ResourceKind } from '../../kinds.js';
import type { ById } from '../../shapes.js';
import { Refusal } from './cloud.js';
import type { Stored } from './cloud.js';
import type { MemoryDoor } from './door.js';
import { dotted, refuse, span } from './ranges.js';

type Machines = Pick<HandlerGroups, 'vm' | 'disk' | 'tag' | 'placement-group' | 'snapshot' | 'custom-image' | 'load-balancer'>;

/** VMs, what they carry, and what stands before them. */
export function computeGroups(door: MemoryDoor): Machines {
  const { cloud } = door;
  // Node groups are numbered in their cluster.
  const tagged = (kind: ResourceKind, key: ById & { clusterId?: string }): Stored => (kind === 'node-group' && key.clusterId === undefined ? refuse('BadValue', 'A node group is asked for in its cluster.') : door.find(kind, key));
  return {
    vm: vmGroup(door),
    disk: {
      ...door.single('disk', ({ region, sizeGiB, zone, snapshotId }) => ({ sizeGiB: Math.max(sizeGiB, snapshotId === undefined ? 0 : (cloud.get('snapshot', region, snapshotId).fields.sizeGiB as number)), zone })),
      attach: (request, signal) => door.change('disk.attach', request, signal, ({ fields, region }) => void Object.assign(fields, { vmId: cloud.get('vm', region, request.vmId).id, device: '/dev/sdf' })),
      detach: (request, signal) => door.change('disk.detach', request, signal, ({ fields }) => void Object.assign(fields, { vmId: undefined, device: undefined })),
      resize: (request, signal) => door.change('disk.resize', request, signal, ({ fields }) => void (fields.sizeGiB = request.sizeGiB >= (fields.sizeGiB as number) ? request.sizeGiB : refuse('BadValue', 'A disk only grows.'))),
    },
    tag: {
      set: ({ kind, tags, name, ...key }, signal) => door.ask('tag.set', signal, () => {
        const thing = tagged(kind, key);
        Object.assign(thing, { tags: { ...thing.tags, ...tags }, ...(name !== undefined && kind === 'vm' && { name }) });
      }),
      remove: ({ kind, keys, ...key }, signal) => door.ask('tag.remove', signal, () => {
        const thing = tagged(kind, key);
        thing.tags = Object.fromEntries(Object.entries(thing.tags).filter(([key]) => !keys.includes(key)));
      }),
    },
    'placement-group': door.single('placement-group', ({ policy }) => ({ policy, vmIds: [] })),
    snapshot: door.single('snapshot', ({ region, diskId }) => ({ diskId, sizeGiB: cloud.get('disk', region, diskId).fields.sizeGiB, createdAt: new Date().toISOString(), progressPercent: 100 }), true),
    'custom-image': door.single('custom-image', ({ region, vmId }) => ({ vmId: cloud.get('vm', region, vmId).id, architecture: 'amd64', minDiskGiB: 8, createdAt: new Date().toISOString() }), true),
    'load-balancer': {
      ...door.single('load-balancer', ({ region, type, scheme, networkId, subnetIds, listeners, vmIds }) => {
        for (const id of vmIds) cloud.get('vm', region, id);
        return { type, scheme, networkId, subnetIds: subnetIds.map((id) => cloud.get('subnet', region, id).id), listeners, vmIds, address: `lb-${cloud.of('load-balancer', region).length}.memory-east.example` };
      }, true),
      setListeners: (request, signal) => door.change('load-balancer.setListeners', request, signal, ({ fields }) => void (fields.listeners = request.listeners)),
      setTargets: (request, signal) => door.change('load-balancer.setTargets', request, signal, ({ fields, region }) => void (fields.vmIds = request.vmIds.map((id) => cloud.get('vm', region, id).id))),
      health: ({ region, id }, signal) => door.ask('load-balancer.health', signal, () => {
        const { listeners, vmIds } = cloud.get('load-balancer', region, id).fields as { listeners: { targetPort: number }[]; vmIds: string[] };
        return { items: listeners.flatMap(({ targetPort }) => vmIds.map((vmId) => ({ vmId, port: targetPort, state: 'pending' as const }))) };
      }),
    },
  };
}

function vmGroup(door: MemoryDoor): HandlerGroups['vm'] {
  const { cloud, traits } = door;
  const { createAll, ...rest } = door.lifecycle<Vm, Parameters<HandlerGroups['vm']['create']>[0]>('vm', (request) => {
    const { region, names, specId, imageId, zone, subnetId, networkId, securityGroupIds, publicAddress, placementGroupId } = request;
    if (names.length > traits.vmBatch) refuse('BadValue', `At most ${traits.vmBatch} at once.`);
    const images = [...catalog.images(region), ...cloud.of('custom-image', region)];
    if (!catalog.specs(region).some(({ id }) => id === specId) || !images.some(({ id }) => id === imageId)) refuse('NoSuchType', 'There is no such spec or image.');
    if (cloud.troubles.full) throw new Refusal(503, 'NoRoom', 'There is no room left.');
    const [low] = span(cloud.get('subnet', region, subnetId).fields.cidr as string);
    const place = cloud.of('vm', region).length + 4;
    const fields = (index: number) => ({
      specId, imageId, zone, networkId, subnetId, securityGroupIds, batchIndex: index, privateIp: dotted(low + ((place + index) % 250) + 1), ...(publicAddress && { publicIp: dotted(0xcb007100 + ((place + index) % 255)) }), createdAt: new Date().toISOString(),
    });
    const joined = placementGroupId === undefined ? undefined : cloud.get('placement-group', region, placementGroupId);
    return { names, state: 'BUILD', next: 'ACTIVE', fields, ...(joined && { then: (ids: string[]) => void (joined.fields.vmIds = [...(joined.fields.vmIds as string[]), ...ids]) }) };
  });
  return {
    ...rest,
    create: async (request, signal) => ({ items: await createAll(request, signal) }),
    start: door.act('vm.start', 'SHUTOFF', 'STARTING', 'ACTIVE'),
    stop: door.act('vm.stop', 'ACTIVE', 'STOPPING', 'SHUTOFF'),
    reboot: door.act('vm.reboot', 'ACTIVE', 'REBOOT', 'ACTIVE'),
    resize: async (request, signal) => {
      await door.change<Vm>('vm.resize', request, signal, ({ state, fields }) => void (fields.specId = state === 'SHUTOFF' ? request.specId : refuse('WrongState', 'Stop it first.')));
    },
  };
}
