import type { Cluster as AwsCluster } from '@aws-sdk/client-eks';
import type { Cluster, ClusterHandlers, ResourceState } from '@mcmp/driver-sdk';
import { DriverError, isDriverError } from '@mcmp/driver-sdk';
import type { Aws, Service } from './client.js';
import { deleted, failedWith } from './errors.js';
import { eksRole } from './eks-role.js';
import { clusterToken } from './eks-token.js';
import { readPageOfEach } from './listing.js';
import { hasToken, marked, nameOf, present, tagsOf, toTags } from './map.js';
import { readAll } from './pages.js';

export type Eks = Service<'eks'>;

/** States of clusters and node groups; one that is being updated serves, and cannot be changed until it is done. */
export const eksState = (word = ''): ResourceState => (word === 'ACTIVE' || word === 'DEGRADED' ? 'available' : word === 'DELETING' ? 'deleting' : /FAILED/.test(word) ? 'failed' : 'pending');
/** What EKS finds wrong. */
export const issuesOf = (issues: { code?: string; message?: string }[] = []): string | undefined => issues.map(({ code, message }) => [code, message].filter(Boolean).join(': ')).join('; ') || undefined;
/** EKS refuses a role that it does not know yet as a wrong parameter. */
export const notKnownYet = (error: unknown, fresh: boolean): unknown =>
  (fresh && isDriverError(error) && failedWith(error, 'InvalidParameterException') ? new DriverError('CONFLICT', `EKS may not know the role yet, which is new: repeat the create. ${error.message}`, { ...error.detail, retryAfterMs: 5_000 }) : error);

/** Clusters of EKS; the id is the name, which AWS keeps unique in an account and region. */
export function clusters(aws: Aws): ClusterHandlers {
  const eksOf = (region: string, signal: AbortSignal): Promise<Eks> => aws.service('eks', region, signal);
  return {
    async create(request, signal) {
      const [eks, role] = await Promise.all([eksOf(request.region, signal), eksRole(aws, 'cluster', signal)]);
      try {
        const { cluster } = await eks.send(new eks.CreateClusterCommand({
          name: request.name, roleArn: role.arn, clientRequestToken: request.token, tags: { ...marked(request), Name: request.name },
          resourcesVpcConfig: { subnetIds: request.subnetIds, endpointPublicAccess: true, ...present({ securityGroupIds: request.securityGroupIds }) },
          accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP', bootstrapClusterCreatorAdminPermissions: true }, ...present({ version: request.version }),
        }));
        return { ...toCluster(cluster ?? {}, request.region), tags: request.tags };
      } catch (error) {
        if (!failedWith(error, 'ResourceInUseException')) throw notKnownYet(error, role.fresh);
        const there = await find(eks, request.name);
        if (!hasToken(toTags(there.tags ?? {}), request.token)) throw new DriverError('ALREADY_EXISTS', `There is a cluster ${request.name} in this region already.`, { providerCode: 'ResourceInUseException', field: 'name' });
        return toCluster(there, request.region);
      }
    },

    async get({ region, id }, signal) {
      return toCluster(await find(await eksOf(region, signal), id), region);
    },

    async list(request, signal) {
      const eks = await eksOf(request.region, signal);
      return readPageOfEach(request, 25, async ({ MaxResults, NextToken }) => {
        const { clusters: names = [], nextToken } = await eks.send(new eks.ListClustersCommand({ maxResults: MaxResults, ...present({ nextToken: NextToken }) }));
        return { items: names, next: nextToken };
      }, async (id) => toCluster(await find(eks, id), request.region));
    },

    async delete({ region, id }, signal) {
      const eks = await eksOf(region, signal);
      await deleted(eks.send(new eks.DeleteClusterCommand({ name: id })).catch(async (error: unknown) => {
        if (!failedWith(error, 'ResourceInUseException') || (await find(eks, id)).status !== 'DELETING') throw error;
      }));
    },

    async versions({ region }, signal) {
      const eks = await eksOf(region, signal);
      const known = await readAll(100, async ({ MaxResults, NextToken }) => {
        const { clusterVersions = [], nextToken } = await eks.send(new eks.DescribeClusterVersionsCommand({ maxResults: MaxResults, ...present({ nextToken: NextToken }) }));
        return { items: clusterVersions, next: nextToken };
      });
      const rank = (version: string): number => version.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0);
      return { items: known.map(({ clusterVersion = '', defaultVersion }) => ({ version: clusterVersion, default: defaultVersion ?? false })).sort((a, b) => rank(b.version) - rank(a.version)) };
    },

    async upgrade({ region, id, version }, signal) {
      const eks = await eksOf(region, signal);
      if ((await find(eks, id)).version === version) return;
      await eks.send(new eks.UpdateClusterVersionCommand({ name: id, version })).catch((error: unknown) => { throw changing(error); });
    },

    /** Its token says who this connection is, to whom the cluster gave itself, and ends after 14 minutes. */
    async kubeconfig({ region, id }, signal) {
      const { endpoint, certificateAuthority } = await find(await eksOf(region, signal), id);
      if (!endpoint) throw new DriverError('CONFLICT', `The cluster ${id} has no API server yet.`);
      const { token, expiresAt } = await clusterToken(aws, region, id, signal);
      return { kubeconfig: kubeconfigOf(id, endpoint, certificateAuthority?.data ?? '', token), expiresAt };
    },
  };
}

/** A thing that is being changed refuses the next change with the code that EKS also has for names that are taken. */
export const changing = (error: unknown): unknown => (failedWith(error, 'ResourceInUseException') && isDriverError(error) ? new DriverError('CONFLICT', error.message, error.detail) : error);

async function find(eks: Eks, id: string): Promise<AwsCluster> {
  const { cluster } = await eks.send(new eks.DescribeClusterCommand({ name: id }));
  if (!cluster) throw new DriverError('NOT_FOUND', `There is no cluster ${id} in this region.`, { providerCode: 'ResourceNotFoundException' });
  return cluster;
}

const kubeconfigOf = (name: string, server: string, authority: string, token: string): string => `apiVersion: v1
kind: Config
clusters:
- name: ${name}
  cluster:
    server: ${server}
    certificate-authority-data: ${authority}
users:
- name: ${name}
  user:
    token: ${token}
contexts:
- name: ${name}
  context:
    cluster: ${name}
    user: ${name}
current-context: ${name}
`;

function toCluster(cluster: AwsCluster, region: string): Cluster {
  const id = cluster.name ?? '';
  const tags = toTags(cluster.tags ?? {});
  return {
    id, name: nameOf(tags, id), region, tags: tagsOf(tags), providerState: cluster.status ?? 'unknown', state: eksState(cluster.status), version: cluster.version ?? '', subnetIds: cluster.resourcesVpcConfig?.subnetIds ?? [],
    ...present({ networkId: cluster.resourcesVpcConfig?.vpcId || undefined, endpoint: cluster.endpoint || undefined, createdAt: cluster.createdAt?.toISOString(), failure: issuesOf(cluster.health?.issues) }),
  };
}
