import type { Nodegroup } from '@aws-sdk/client-eks';
import type { NodeGroup, NodeGroupHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Aws } from './client.js';
import { changing, type Eks, eksState, issuesOf, notKnownYet } from './cluster.js';
import { eksRole } from './eks-role.js';
import { deleted, failedWith } from './errors.js';
import { readPageOfEach } from './listing.js';
import { hasToken, marked, nameOf, present, tagsOf, toTags } from './map.js';

const idOf = (clusterName: string, nodegroupName: string): string => `${clusterName}/${nodegroupName}`;
/** Our id holds the cluster too, since tags are changed by id alone. */
export function nodeGroupKey({ clusterId, id }: { clusterId: string; id: string }): { clusterName: string; nodegroupName: string } {
  const [cluster = '', name = ''] = id.split('/');
  if (cluster !== clusterId || name === '') throw new DriverError('NOT_FOUND', `There is no node group ${id} in cluster ${clusterId}.`, { providerCode: 'ResourceNotFoundException' });
  return { clusterName: cluster, nodegroupName: name };
}

function requireBounds({ size, minSize, maxSize }: { size: number; minSize: number; maxSize: number }): void {
  if (maxSize < 1) throw new DriverError('INVALID_REQUEST', 'EKS wants room for one node at least.', { field: 'maxSize' });
  if (size < minSize || size > maxSize) throw new DriverError('INVALID_REQUEST', `size ${size} is not within minSize ${minSize} and maxSize ${maxSize}.`, { field: 'size' });
}

/** Managed node groups of EKS, of Amazon Linux 2023; the id is `<cluster>/<name>`. */
export function nodeGroups(aws: Aws): NodeGroupHandlers {
  const eksOf = (region: string, signal: AbortSignal): Promise<Eks> => aws.service('eks', region, signal);
  return {
    async create(request, signal) {
      requireBounds(request);
      const { region, clusterId: clusterName, name: nodegroupName } = request;
      const [eks, role, amiType] = await Promise.all([eksOf(region, signal), eksRole(aws, 'node', signal), imageType(aws, region, request.specId, signal)]);
      try {
        const { nodegroup } = await eks.send(new eks.CreateNodegroupCommand({
          clusterName, nodegroupName, nodeRole: role.arn, subnets: request.subnetIds, instanceTypes: [request.specId], amiType, clientRequestToken: request.token, tags: { ...marked(request), Name: request.name },
          scalingConfig: { desiredSize: request.size, minSize: request.minSize, maxSize: request.maxSize },
          ...present({ diskSize: request.rootDiskGiB, labels: request.labels, remoteAccess: request.keyPairId === undefined ? undefined : { ec2SshKey: request.keyPairId } }),
        }));
        return { ...toNodeGroup(nodegroup ?? {}, region), tags: request.tags };
      } catch (error) {
        if (!failedWith(error, 'ResourceInUseException')) throw notKnownYet(error, role.fresh);
        const there = await find(eks, { clusterName, nodegroupName });
        if (!hasToken(toTags(there.tags ?? {}), request.token)) throw new DriverError('ALREADY_EXISTS', `There is a node group ${nodegroupName} in ${clusterName} already.`, { providerCode: 'ResourceInUseException', field: 'name' });
        return toNodeGroup(there, region);
      }
    },

    async get({ region, ...key }, signal) {
      return toNodeGroup(await find(await eksOf(region, signal), nodeGroupKey(key)), region);
    },

    async list({ clusterId, ...request }, signal) {
      const eks = await eksOf(request.region, signal);
      return readPageOfEach(request, 25, async ({ MaxResults, NextToken }) => {
        const { nodegroups = [], nextToken } = await eks.send(new eks.ListNodegroupsCommand({ clusterName: clusterId, maxResults: MaxResults, ...present({ nextToken: NextToken }) }));
        return { items: nodegroups.map((name) => idOf(clusterId, name)), next: nextToken };
      }, async (id) => toNodeGroup(await find(eks, nodeGroupKey({ clusterId, id })), request.region));
    },

    async delete({ region, ...key }, signal) {
      const eks = await eksOf(region, signal);
      await deleted(Promise.resolve().then(() => eks.send(new eks.DeleteNodegroupCommand(nodeGroupKey(key)))).catch(async (error: unknown) => {
        if (!failedWith(error, 'ResourceInUseException') || (await find(eks, nodeGroupKey(key))).status !== 'DELETING') throw error;
      }));
    },

    async resize({ region, size, minSize, maxSize, ...key }, signal) {
      requireBounds({ size, minSize, maxSize });
      const eks = await eksOf(region, signal);
      const now = await find(eks, nodeGroupKey(key));
      const { desiredSize, minSize: least, maxSize: most } = now.scalingConfig ?? {};
      if (desiredSize !== size || least !== minSize || most !== maxSize) {
        await eks.send(new eks.UpdateNodegroupConfigCommand({ ...nodeGroupKey(key), scalingConfig: { desiredSize: size, minSize, maxSize } })).catch((error: unknown) => { throw changing(error); });
      }
      return { ...toNodeGroup(now, region), size, minSize, maxSize };
    },

    async upgrade({ region, version, ...key }, signal) {
      const eks = await eksOf(region, signal);
      if ((await find(eks, nodeGroupKey(key))).version === version) return;
      await eks.send(new eks.UpdateNodegroupVersionCommand({ ...nodeGroupKey(key), version })).catch((error: unknown) => { throw changing(error); });
    },
  };
}

/** The image that fits the processor of a spec. */
async function imageType(aws: Aws, region: string, specId: string, signal: AbortSignal): Promise<'AL2023_ARM_64_STANDARD' | 'AL2023_x86_64_NVIDIA' | 'AL2023_x86_64_STANDARD'> {
  const ec2 = await aws.ec2(region, signal);
  const { InstanceTypes } = await ec2.send(new ec2.DescribeInstanceTypesCommand({ InstanceTypes: [specId as 'm5.large'] }));
  const { ProcessorInfo, GpuInfo } = InstanceTypes?.[0] ?? {};
  if (ProcessorInfo?.SupportedArchitectures?.includes('arm64')) return 'AL2023_ARM_64_STANDARD';
  return GpuInfo?.Gpus?.some(({ Manufacturer }) => Manufacturer === 'NVIDIA') ? 'AL2023_x86_64_NVIDIA' : 'AL2023_x86_64_STANDARD';
}

async function find(eks: Eks, key: { clusterName: string; nodegroupName: string }): Promise<Nodegroup> {
  const { nodegroup } = await eks.send(new eks.DescribeNodegroupCommand(key));
  if (!nodegroup) throw new DriverError('NOT_FOUND', `There is no node group ${key.nodegroupName} in ${key.clusterName}.`, { providerCode: 'ResourceNotFoundException' });
  return nodegroup;
}

function toNodeGroup(group: Nodegroup, region: string): NodeGroup {
  const id = idOf(group.clusterName ?? '', group.nodegroupName ?? '');
  const tags = toTags(group.tags ?? {});
  const { desiredSize = 0, minSize = 0, maxSize = 0 } = group.scalingConfig ?? {};
  return {
    id, name: nameOf(tags, group.nodegroupName ?? ''), region, tags: tagsOf(tags), providerState: group.status ?? 'unknown', state: eksState(group.status), clusterId: group.clusterName ?? '', specId: group.instanceTypes?.[0] ?? '',
    size: desiredSize, minSize, maxSize,
    ...present({ rootDiskGiB: group.diskSize, keyPairId: group.remoteAccess?.ec2SshKey, labels: group.labels, version: group.version, failure: issuesOf(group.health?.issues) }),
  };
}
