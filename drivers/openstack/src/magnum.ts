import type { ResourceState, Tags } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door } from './client.js';
import { hasCode, ifFound } from './errors.js';
import { listing, readAll } from './pages.js';
import { until } from './until.js';

/** Magnum's things, as far as we read them. */
interface MagnumThing { uuid: string; name: string; status: string; status_reason?: string | null; labels?: Record<string, string> | null }
export interface MagnumCluster extends MagnumThing {
  cluster_template_id: string;
  /** What runs, e.g. `v1.26.8`; null until the first node tells. */
  coe_version?: string | null;
  api_address?: string | null;
  fixed_network?: string | null;
  fixed_subnet?: string | null;
  created_at?: string | null;
}
export interface MagnumGroup extends MagnumThing {
  cluster_id: string;
  flavor_id: string;
  node_count: number;
  min_node_count: number;
  max_node_count: number | null;
  role: string;
  /** One of the two that a cluster is made with: the masters, and the first workers. */
  is_default: boolean;
}
interface Template { uuid: string; name: string; coe: string; hidden?: boolean; labels?: Record<string, string> | null }

const CLUSTERS = '/clusters';
export const clusterPath = (id: string): string => `${CLUSTERS}/${encodeURIComponent(id)}`;
export const groupPath = (clusterId: string, id: string): string => `${clusterPath(clusterId)}/nodegroups/${encodeURIComponent(id)}`;

/** Magnum's labels are parameters of a cluster, which nobody can change later; all tags stand in one of ours. A node group takes over the labels of its cluster, so its own has another name. */
const LABELS = { cluster: 'mcmp_tags', 'node-group': 'mcmp_group_tags' } as const;
export const tagLabel = (kind: keyof typeof LABELS, tags: Tags): Record<string, string> => ({ [LABELS[kind]]: new URLSearchParams(tags).toString() });
export const tagsIn = (kind: keyof typeof LABELS, { labels }: Pick<MagnumThing, 'labels'>): Tags => Object.fromEntries(new URLSearchParams(labels?.[LABELS[kind]] ?? ''));

/** A cluster whose change failed still works, and is not `failed`; its `failure` tells. */
export function stateOf(status: string): ResourceState {
  if (status === 'CREATE_FAILED' || status === 'DELETE_FAILED') return 'failed';
  if (status.startsWith('DELETE_')) return 'deleting';
  return status.endsWith('_IN_PROGRESS') ? 'pending' : 'available';
}
export const failureOf = ({ status, status_reason: reason }: MagnumThing): string | undefined => (status.endsWith('_FAILED') ? `${status}: ${reason || 'Magnum tells no reason'}` : undefined);

/** `1.26.8` of `v1.26.8-rancher1`. */
export const versionIn = (text: string | null | undefined): string | undefined => /(\d+\.\d+(\.\d+)?)/.exec(text ?? '')?.[1];
const parts = (version: string): number[] => version.split('.').map(Number);
/** For an order from the newest. */
export const byAge = (a: string, b: string): number => parts(b).map((part, index) => part - (parts(a)[index] ?? -1)).find((difference) => difference !== 0) ?? parts(b).length - parts(a).length;

/** In the last moment of a cluster its masters are gone already, and Magnum cannot show it: 400. */
const isLastMoment = (error: unknown): boolean => hasCode(error, 'INVALID_REQUEST') && (error as DriverError).message.includes('master_count');

/** @throws DriverError NOT_FOUND. */
export const readCluster = (door: Door, id: string): Promise<MagnumCluster> => door.get<MagnumCluster>(clusterPath(id)).catch((error: unknown) => {
  throw isLastMoment(error) ? new DriverError('NOT_FOUND', `Cluster ${id} is gone.`, { providerCode: 'ClusterNotFound', httpStatus: 404 }) : error;
});

export const allClusters = (door: Door): Promise<MagnumCluster[]> => until(door.signal, 'A list of clusters', () =>
  readAll<MagnumCluster>((query) => listing<MagnumCluster>(door, `${CLUSTERS}/detail`, 'clusters', { ...query }), ({ uuid }) => uuid).catch((error: unknown) => {
    if (isLastMoment(error)) return undefined;
    throw error;
  }));
export const readGroup = (door: Door, clusterId: string, id: string): Promise<MagnumGroup> => door.get<MagnumGroup>(groupPath(clusterId, id));

/** Groups of workers with all that they tell; the list itself tells neither bounds nor labels. */
export async function allGroups(door: Door, clusterId: string): Promise<MagnumGroup[]> {
  const rows = await readAll<MagnumGroup>((query) => listing<MagnumGroup>(door, `${clusterPath(clusterId)}/nodegroups`, 'nodegroups', { ...query }), ({ uuid }) => uuid);
  const read = rows.filter(({ role }) => role !== 'master').map(({ uuid }) => ifFound(readGroup(door, clusterId, uuid)));
  return (await Promise.all(read)).filter((group) => group !== undefined);
}

/** Templates for Kubernetes by the version that their label `kube_tag`, or else their name, tells; newest version first, and one template for each. */
export async function templates(door: Door): Promise<Map<string, Template>> {
  const rows = await readAll<Template>((query) => listing<Template>(door, '/clustertemplates/detail', 'clustertemplates', { ...query }), ({ uuid }) => uuid);
  const usable = rows.filter(({ coe, hidden }) => coe === 'kubernetes' && !hidden).sort((a, b) => a.name.localeCompare(b.name));
  const found = new Map<string, Template>();
  for (const template of usable) {
    const version = versionIn(template.labels?.kube_tag) ?? versionIn(template.name);
    if (version !== undefined && !found.has(version)) found.set(version, template);
  }
  return new Map([...found].sort(([a], [b]) => byAge(a, b)));
}

/** The version asked for, whole or without its last part, among those that there are newest first. @throws DriverError INVALID_REQUEST that names them. */
export function versionAmong(known: readonly string[], wanted: string | undefined, field: string): string {
  const asked = versionIn(wanted);
  const found = wanted === undefined || wanted === '' ? known[0] : known.find((version) => version === asked || version.startsWith(`${asked}.`));
  if (found !== undefined) return found;
  if (known.length === 0) throw new DriverError('UNSUPPORTED', 'This project sees no cluster template of Magnum for Kubernetes whose label kube_tag tells a version: an administrator of the cloud makes one.', { providerCode: 'ClusterTemplateNotFound' });
  throw new DriverError('INVALID_REQUEST', `No cluster template of Magnum has Kubernetes ${wanted}; there are ${known.join(', ')}.`, { providerCode: 'ClusterTemplateNotFound', field });
}
