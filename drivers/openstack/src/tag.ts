import type { TagHandlers, ResourceKind, Tags } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { OpenStack } from './client.js';
import { retagImage } from './custom-image.js';
import { readVolume } from './disk.js';
import { retagKeyPair } from './key-pair.js';
import { retagBalancer } from './load-balancer.js';
import { KINDS, Shelf, tagsIn } from './neutron.js';
import { PUBLIC, tagsOfServer } from './servers.js';
import { toLabels } from './tags.js';

const SHELVES: Partial<Record<ResourceKind, keyof typeof KINDS>> = { network: 'network', subnet: 'subnet', 'security-group': 'securityGroup', 'public-ip': 'floatingIp', 'network-interface': 'port' };

/** Later changes of tags, each where its service keeps them: labels of Neutron and Nova, metadata of Cinder, the comment of a key. A name renames a VM. */
export function tags(cloud: OpenStack): TagHandlers {
  const change = async (region: string, kind: ResourceKind, id: string, by: (now: Tags) => Tags, signal: AbortSignal): Promise<void> => {
    const path = encodeURIComponent(id);
    const shelf = SHELVES[kind];
    if (shelf) {
      const door = await cloud.door('network', region, signal);
      const things = new Shelf(cloud, KINDS[shelf]);
      await things.tag(door, id, by(tagsIn(await things.read(door, id))));
    } else if (kind === 'key-pair') {
      await retagKeyPair(await cloud.door('compute', region, signal), id, by);
    } else if (kind === 'vm') {
      const door = await cloud.door('compute', region, signal);
      const { tags: labels = [] } = await door.get<{ tags: string[] }>(`/servers/${path}/tags`);
      await door.put(`/servers/${path}/tags`, { tags: [...toLabels(by(tagsOfServer({ tags: labels }))), ...labels.filter((label) => label === PUBLIC)] });
    } else if (kind === 'disk') {
      const door = await cloud.door('volume', region, signal);
      await door.put(`/volumes/${path}/metadata`, { metadata: by((await readVolume(door, id)).metadata ?? {}) });
    } else if (kind === 'snapshot') {
      const door = await cloud.door('volume', region, signal);
      const { snapshot } = await door.get<{ snapshot: { metadata?: Tags } }>(`/snapshots/${path}`);
      await door.put(`/snapshots/${path}/metadata`, { metadata: by(snapshot.metadata ?? {}) });
    } else if (kind === 'custom-image') {
      await retagImage(await cloud.door('image', region, signal), id, by);
    } else if (kind === 'load-balancer') {
      await retagBalancer(await cloud.door('load-balancer', region, signal), id, by);
    } else {
      throw new DriverError('UNSUPPORTED', `OpenStack keeps no tags of a ${kind} that could be changed.`, { field: 'kind' });
    }
  };

  return {
    async set({ region, kind, id, tags: wanted, name }, signal) {
      if (kind === 'vm' && name !== undefined) await (await cloud.door('compute', region, signal)).put(`/servers/${encodeURIComponent(id)}`, { server: { name } });
      if (Object.keys(wanted).length > 0) await change(region, kind, id, (now) => ({ ...now, ...wanted }), signal);
    },

    async remove({ region, kind, id, keys }, signal) {
      if (keys.length > 0) await change(region, kind, id, (now) => Object.fromEntries(Object.entries(now).filter(([key]) => !keys.includes(key))), signal);
    },
  };
}
