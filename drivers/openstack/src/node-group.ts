import type { NodeGroup, NodeGroupHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { deleted, ifFound } from './errors.js';
import { flavorNamed } from './flavor.js';
import type { MagnumGroup } from './magnum.js';
import { allGroups, clusterPath, failureOf, groupPath, readCluster, readGroup, stateOf, tagLabel, tagsIn, versionIn } from './magnum.js';
import { carries, cutPage, readByIds } from './pages.js';
import { hasToken, marked, shown } from './tags.js';
import { until } from './until.js';

/** Label of Magnum for the size of a node's disk, a volume of Cinder. */
const DISK = 'boot_volume_size';

export function toNodeGroup(group: MagnumGroup, region: string): NodeGroup {
  const [failure, disk] = [failureOf(group), Number(group.labels?.[DISK])];
  return {
    id: group.uuid, name: group.name, region, tags: shown(tagsIn('node-group', group)), providerState: group.status, state: stateOf(group.status), clusterId: group.cluster_id, specId: group.flavor_id,
    size: group.node_count, minSize: group.min_node_count, maxSize: group.max_node_count || Math.max(group.node_count, group.min_node_count), ...(disk > 0 ? { rootDiskGiB: disk } : {}), ...(failure ? { failure } : {}),
  };
}

/** The first workers of a cluster cannot be deleted: with no node left they are as good as gone. */
const isThere = ({ role, is_default, node_count }: MagnumGroup): boolean => role !== 'master' && (!is_default || node_count > 0);

/** Magnum's node groups of workers. They lie in the subnet of their cluster. */
export function nodeGroups(cloud: OpenStack): NodeGroupHandlers {
  const magnum = (region: string, signal: AbortSignal): Promise<Door> => cloud.door('container-infra', region, signal);
  const read = async (door: Door, clusterId: string, id: string): Promise<MagnumGroup> => {
    const group = await readGroup(door, clusterId, id);
    if (!isThere(group)) throw new DriverError('NOT_FOUND', `Node group ${id} is no group of workers, or has none left.`, { providerCode: 'NodeGroupNotFound' });
    return group;
  };

  return {
    async create(request, signal) {
      refuseStrange(request);
      if (request.labels && Object.keys(request.labels).length > 0) throw new DriverError('INVALID_REQUEST', 'Magnum gives nodes no Kubernetes labels of ours: set them in the cluster.', { field: 'labels' });
      const door = await magnum(request.region, signal);
      const found = request.resume ? (await allGroups(door, request.clusterId)).find((group) => hasToken(tagsIn('node-group', group), request.token)) : undefined;
      if (found) return toNodeGroup(found, request.region);
      const { name: flavor_id } = await flavorNamed(cloud, await cloud.door('compute', request.region, signal), request.region, request.specId);
      const labels = { ...tagLabel('node-group', marked(request)), ...(request.rootDiskGiB === undefined ? {} : { [DISK]: String(request.rootDiskGiB) }) };
      const body = { name: request.name, role: 'worker', flavor_id, node_count: request.size, min_node_count: request.minSize, max_node_count: request.maxSize, labels, merge_labels: true };
      const { uuid } = await door.post<{ uuid: string }>(`${clusterPath(request.clusterId)}/nodegroups`, body);
      // Magnum answers before it has begun.
      return toNodeGroup(await until(signal, `Node group ${uuid}`, () => ifFound(readGroup(door, request.clusterId, uuid))), request.region);
    },

    async get({ region, id, clusterId }, signal) {
      return toNodeGroup(await read(await magnum(region, signal), clusterId, id), region);
    },

    async list(request, signal) {
      const door = await magnum(request.region, signal);
      if (request.ids) return readByIds({ ...request, ids: request.ids }, async (id) => {
        const group = await ifFound(read(door, request.clusterId, id));
        return group && toNodeGroup(group, request.region);
      });
      return cutPage(request, async () => (await allGroups(door, request.clusterId)).filter((group) => isThere(group) && carries(tagsIn('node-group', group), request.tags)).map((group) => toNodeGroup(group, request.region)));
    },

    async delete({ region, id, clusterId }, signal) {
      const door = await magnum(region, signal);
      const group = await ifFound(read(door, clusterId, id));
      if (!group || stateOf(group.status) === 'deleting') return;
      if (group.is_default) await sized(door, group, { size: 0, minSize: 0, maxSize: group.max_node_count ?? 0 });
      else await deleted(door.delete(groupPath(clusterId, id)));
    },

    async resize({ region, id, clusterId, size, minSize, maxSize }, signal) {
      refuseStrange({ size, minSize, maxSize });
      const door = await magnum(region, signal);
      return toNodeGroup(await sized(door, await read(door, clusterId, id), { size, minSize, maxSize }), region);
    },

    /** To the version of its cluster, which goes first. */
    async upgrade({ region, id, clusterId, version }, signal) {
      const door = await magnum(region, signal);
      const { cluster_template_id: template, coe_version, labels } = await readCluster(door, clusterId);
      const now = versionIn(coe_version) ?? versionIn(labels?.kube_tag);
      if (now !== versionIn(version) && !now?.startsWith(`${versionIn(version)}.`)) throw new DriverError('INVALID_REQUEST', `A node group is upgraded to the version of its cluster, which is ${now ?? 'unknown'}: upgrade the cluster first.`, { field: 'version' });
      const group = await read(door, clusterId, id);
      await door.post(`${clusterPath(clusterId)}/actions/upgrade`, { cluster_template: template, max_batch_size: 1, nodegroup: group.uuid });
    },
  };
}

type Size = Pick<NodeGroup, 'size' | 'minSize' | 'maxSize'>;

function refuseStrange({ size, minSize, maxSize }: Size): void {
  if (minSize > size || size > maxSize) throw new DriverError('INVALID_REQUEST', `The size ${size} is not between ${minSize} and ${maxSize}.`, { field: 'size' });
}

/** Brings a group to a size and bounds. Magnum refuses a size outside the bounds that hold, and bounds outside the size: so they are widened first, and narrowed last. */
async function sized(door: Door, group: MagnumGroup, { size, minSize, maxSize }: Size): Promise<MagnumGroup> {
  const wide = await bounded(door, group, Math.min(minSize, group.node_count), Math.max(maxSize, group.node_count));
  if (wide.node_count !== size) await door.post(`${clusterPath(wide.cluster_id)}/actions/resize`, { node_count: size, nodegroup: wide.uuid });
  const resized = await seen(door, wide, ({ node_count }) => node_count === size);
  return bounded(door, resized, minSize, maxSize);
}

async function bounded(door: Door, group: MagnumGroup, min: number, max: number): Promise<MagnumGroup> {
  if (group.min_node_count === min && group.max_node_count === max) return group;
  await door.patch(groupPath(group.cluster_id, group.uuid), [{ op: 'replace', path: '/min_node_count', value: min }, { op: 'replace', path: '/max_node_count', value: max }]);
  return seen(door, group, ({ min_node_count, max_node_count }) => min_node_count === min && max_node_count === max);
}

const seen = (door: Door, { cluster_id, uuid }: MagnumGroup, holds: (group: MagnumGroup) => boolean): Promise<MagnumGroup> => until(door.signal, `A change of node group ${uuid}`, async () => {
  const group = await readGroup(door, cluster_id, uuid);
  return holds(group) ? group : undefined;
});
