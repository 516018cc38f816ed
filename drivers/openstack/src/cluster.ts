import type { Cluster, ClusterHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { deleted, ifFound } from './errors.js';
import { kubeconfigOf } from './kubeconfig.js';
import type { MagnumCluster } from './magnum.js';
import { allClusters, byAge, clusterPath, failureOf, readCluster, stateOf, tagLabel, tagsIn, templates, versionAmong, versionIn } from './magnum.js';
import { carries, cutPage, readByIds } from './pages.js';
import { hasToken, marked, shown } from './tags.js';
import { until } from './until.js';

/** What runs, else what was asked for. */
const versionOf = ({ coe_version, labels }: MagnumCluster): string => versionIn(coe_version) ?? versionIn(labels?.kube_tag) ?? '';
export const endpointOf = ({ api_address: address }: MagnumCluster): string | undefined => (address ? (address.includes('://') ? address : `https://${address}`) : undefined);

export function toCluster(cluster: MagnumCluster, region: string): Cluster {
  const [endpoint, failure] = [endpointOf(cluster), failureOf(cluster)];
  return {
    id: cluster.uuid, name: cluster.name, region, tags: shown(tagsIn('cluster', cluster)), providerState: cluster.status, state: stateOf(cluster.status), version: versionOf(cluster),
    ...(cluster.fixed_network ? { networkId: cluster.fixed_network } : {}), subnetIds: cluster.fixed_subnet ? [cluster.fixed_subnet] : [],
    ...(endpoint ? { endpoint } : {}), ...(cluster.created_at ? { createdAt: new Date(cluster.created_at).toISOString() } : {}), ...(failure ? { failure } : {}),
  };
}

/** Magnum's clusters of Kubernetes. Each is made of a template of the operator's, one for each version; workers come by node groups, so that which is made with a cluster has none. */
export function clusters(cloud: OpenStack): ClusterHandlers {
  const magnum = (region: string, signal: AbortSignal): Promise<Door> => cloud.door('container-infra', region, signal);
  return {
    async create(request, signal) {
      const [subnetId] = request.subnetIds;
      if (subnetId === undefined) throw new DriverError('INVALID_REQUEST', 'A cluster needs a subnet for its nodes.', { field: 'subnetIds' });
      const door = await magnum(request.region, signal);
      const found = request.resume ? (await allClusters(door)).find((cluster) => hasToken(tagsIn('cluster', cluster), request.token)) : undefined;
      if (found) return toCluster(found, request.region);
      await refuseUnlessIn(await cloud.door('network', request.region, signal), subnetId, request.networkId);
      const offered = await templates(door);
      const version = versionAmong([...offered.keys()], request.version ?? cloud.input.options.clusterVersion, 'version');
      const keypair = request.firstNodeGroup?.keyPairId;
      const { uuid } = await door.post<{ uuid: string }>('/clusters', {
        name: request.name, cluster_template_id: offered.get(version)?.uuid, node_count: 0, fixed_network: request.networkId, fixed_subnet: subnetId, labels: tagLabel('cluster', marked(request)), merge_labels: true,
        ...(keypair === undefined ? {} : { keypair }),
      });
      // Magnum answers before it has begun.
      return toCluster(await until(signal, `Cluster ${uuid}`, () => ifFound(readCluster(door, uuid))), request.region);
    },

    async get({ region, id }, signal) {
      return toCluster(await readCluster(await magnum(region, signal), id), region);
    },

    async list(request, signal) {
      const door = await magnum(request.region, signal);
      if (request.ids) return readByIds({ ...request, ids: request.ids }, async (id) => {
        const cluster = await ifFound(readCluster(door, id));
        return cluster && toCluster(cluster, request.region);
      });
      return cutPage(request, async () => (await allClusters(door)).filter((cluster) => carries(tagsIn('cluster', cluster), request.tags)).map((cluster) => toCluster(cluster, request.region)));
    },

    /** Its node groups go with it. */
    async delete({ region, id }, signal) {
      const door = await magnum(region, signal);
      const cluster = await ifFound(readCluster(door, id));
      if (cluster && stateOf(cluster.status) !== 'deleting') await deleted(door.delete(clusterPath(id)));
    },

    async versions({ region }, signal) {
      const known = [...(await templates(await magnum(region, signal))).keys()];
      const chosen = known.length === 0 ? undefined : versionAmong(known, cloud.input.options.clusterVersion, 'options.clusterVersion');
      return { items: known.map((version) => ({ version, default: version === chosen })) };
    },

    /** Masters and the nodes that were made with it; every other node group follows by its own upgrade. */
    async upgrade({ region, id, version }, signal) {
      const door = await magnum(region, signal);
      const cluster = await readCluster(door, id);
      const offered = await templates(door);
      const wanted = versionAmong([...offered.keys()], version, 'version');
      if (byAge(versionOf(cluster), wanted) < 0) throw new DriverError('INVALID_REQUEST', `Cluster ${id} has Kubernetes ${versionOf(cluster)} and does not go back to ${wanted}.`, { field: 'version' });
      if (cluster.cluster_template_id !== offered.get(wanted)?.uuid) await door.post(`${clusterPath(id)}/actions/upgrade`, { cluster_template: offered.get(wanted)?.uuid, max_batch_size: 1 });
    },

    async kubeconfig({ region, id }, signal) {
      const door = await magnum(region, signal);
      const cluster = await readCluster(door, id);
      const endpoint = endpointOf(cluster);
      if (endpoint === undefined) throw new DriverError('CONFLICT', `Cluster ${id} is ${cluster.status} and has no API server yet.`, { providerCode: cluster.status });
      return kubeconfigOf(door, { id, name: cluster.name, endpoint });
    },
  };
}

/** Magnum takes any network and fails much later. @throws DriverError NOT_FOUND for an unknown subnet, INVALID_REQUEST for one of another network. */
async function refuseUnlessIn(door: Door, subnetId: string, networkId: string): Promise<void> {
  const { subnet } = await door.get<{ subnet: { network_id: string } }>(`/subnets/${encodeURIComponent(subnetId)}`);
  if (subnet.network_id !== networkId) throw new DriverError('INVALID_REQUEST', `Subnet ${subnetId} is in another network than ${networkId}.`, { field: 'subnetIds' });
}
