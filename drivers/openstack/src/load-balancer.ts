import type { ListRequest, Listener, LoadBalancer, LoadBalancerHandlers, ResourceState, Tags, TargetHealth } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Addresses } from './address.js';
import { addressesAt, portsOf } from './address.js';
import type { Door, OpenStack } from './client.js';
import { deleted, ifFound } from './errors.js';
import type { Balancer, Target, Tree } from './octavia.js';
import { addListener, readBalancer, readTree, removeListener, setMembers, settled, treeOf } from './octavia.js';
import { carries, listing, readByIds, readPage } from './pages.js';
import { PUBLIC } from './servers.js';
import { byToken, fromLabels, marked, shown, toLabels } from './tags.js';

const PATH = '/lbaas/loadbalancers';
/** Label that keeps whether it understands HTTP: Octavia has one kind, whose listeners decide. */
const APPLICATION = 'mcmp:application';
const STATES: Record<string, ResourceState> = { ACTIVE: 'available', ERROR: 'failed', PENDING_DELETE: 'deleting' };
const HEALTH: Record<string, TargetHealth['state']> = { ONLINE: 'healthy', ERROR: 'unhealthy', DEGRADED: 'unhealthy', DRAINING: 'draining' };
const tagsIn = ({ tags }: Balancer): Tags => fromLabels(tags.filter((label) => label !== PUBLIC && label !== APPLICATION));
const isHttp = (protocol: string): boolean => protocol === 'http' || protocol === 'https';

/** Octavia's load balancers with all their parts; a public one has a floating IP at its VIP, which lives as long as it. */
export function loadBalancers(cloud: OpenStack, addresses: Addresses): LoadBalancerHandlers {
  const octavia = (region: string, signal: AbortSignal): Promise<Door> => cloud.door('load-balancer', region, signal);

  /** As for VMs: whoever looks at a public one that lacks its address gives it one. */
  const addressOf = async (balancer: Balancer, region: string, signal: AbortSignal): Promise<string | undefined> => {
    if (!balancer.tags.includes(PUBLIC)) return balancer.vip_address;
    const door = await cloud.door('network', region, signal);
    const [known] = await addressesAt(door, [balancer.vip_port_id]);
    const doomed = balancer.provisioning_status === 'PENDING_DELETE' || balancer.provisioning_status === 'ERROR';
    return (known ?? (doomed ? undefined : await addresses.give(door, region, balancer.id, balancer.vip_port_id)))?.floating_ip_address;
  };
  const show = async (tree: Tree, region: string, signal: AbortSignal): Promise<LoadBalancer> => {
    const { balancer, parts } = tree;
    const address = await addressOf(balancer, region, signal);
    const listeners = parts.map((part) => part.shown);
    return {
      id: balancer.id, name: balancer.name, region, tags: shown(tagsIn(balancer)), providerState: balancer.provisioning_status, state: STATES[balancer.provisioning_status] ?? 'pending',
      type: balancer.tags.includes(APPLICATION) || listeners.some(({ protocol }) => isHttp(protocol)) ? 'application' : 'network', scheme: balancer.tags.includes(PUBLIC) ? 'public' : 'internal',
      networkId: balancer.vip_network_id, subnetIds: [balancer.vip_subnet_id], ...(address ? { address } : {}), listeners, vmIds: [...new Set(parts.flatMap(({ members }) => members.map(({ name }) => name)))],
    };
  };
  const get = async (door: Door, region: string, id: string, signal: AbortSignal): Promise<LoadBalancer> => show(await readTree(door, await readBalancer(door, id)), region, signal);
  const targets = async (region: string, vmIds: string[], signal: AbortSignal): Promise<Target[]> => targetsOf(await cloud.door('network', region, signal), vmIds);

  const list = async (request: ListRequest, signal: AbortSignal) => {
    const door = await octavia(request.region, signal);
    const whole = async (balancer: Balancer): Promise<LoadBalancer> => show(await readTree(door, balancer), request.region, signal);
    if (request.ids) return readByIds({ ...request, ids: request.ids }, async (id) => {
      const balancer = await ifFound(readBalancer(door, id));
      return balancer && whole(balancer);
    });
    const tags = request.tags && Object.keys(request.tags).length > 0 ? toLabels(request.tags).join(',') : undefined;
    const page = (query: { limit: number; marker?: string }) => listing<Balancer>(door, PATH, 'loadbalancers', { ...query, project_id: door.projectId, tags });
    return readPage(request, [page], ({ id }) => id, async (rows) => {
      const items: LoadBalancer[] = [];
      for (const row of rows) if (row.provisioning_status !== 'DELETED' && carries(tagsIn(row), request.tags)) items.push(await whole(row));
      return items;
    });
  };

  return {
    /** One body for all parts, so that it is made whole or not at all. */
    async create(request, signal) {
      const [subnetId] = request.subnetIds;
      if (subnetId === undefined) throw new DriverError('INVALID_REQUEST', 'A load balancer needs a subnet for its address.', { field: 'subnetIds' });
      if (request.type === 'network' && request.listeners.some(({ protocol }) => protocol === 'http')) throw new DriverError('INVALID_REQUEST', 'A load balancer of type "network" has no http listener: ask for the type "application".', { field: 'listeners' });
      const door = await octavia(request.region, signal);
      const [found] = request.resume ? (await list({ region: request.region, tags: byToken(request.token) }, signal)).items : [];
      if (found) return found;
      if (request.scheme === 'public') await addresses.refuseIfFull(await cloud.door('network', request.region, signal));
      const labels = [...toLabels(marked(request)), ...(request.scheme === 'public' ? [PUBLIC] : []), ...(request.type === 'application' ? [APPLICATION] : [])];
      const listeners = treeOf(request.listeners, await targets(request.region, request.vmIds, signal));
      const { loadbalancer } = await door.post<{ loadbalancer: Balancer }>(PATH, { loadbalancer: { name: request.name, vip_subnet_id: subnetId, tags: labels, listeners } });
      return get(door, request.region, loadbalancer.id, signal);
    },

    async get({ region, id }, signal) {
      return get(await octavia(region, signal), region, id, signal);
    },

    list,

    async delete({ region, id }, signal) {
      const door = await octavia(region, signal);
      const balancer = await ifFound(readBalancer(door, id));
      await addresses.release(await cloud.door('network', region, signal), id);
      if (balancer && balancer.provisioning_status !== 'PENDING_DELETE') await deleted(door.delete(`${PATH}/${encodeURIComponent(id)}`, { cascade: true }));
    },

    async setListeners({ region, id, listeners }, signal) {
      const door = await octavia(region, signal);
      const { parts, strayPools } = await readTree(door, await settled(door, id));
      const wanted = new Set(listeners.map(keyOf));
      const vms = await targets(region, [...new Set(parts.flatMap(({ members }) => members.map(({ name }) => name)))], signal);
      for (const pool of strayPools) await removeListener(door, id, { pool });
      for (const part of parts) if (!wanted.has(keyOf(part.shown))) await removeListener(door, id, part);
      const held = new Set(parts.map(({ shown: listener }) => keyOf(listener)));
      for (const listener of listeners) if (!held.has(keyOf(listener))) await addListener(door, id, listener, vms);
      return get(door, region, id, signal);
    },

    async setTargets({ region, id, vmIds }, signal) {
      const door = await octavia(region, signal);
      const vms = await targets(region, vmIds, signal);
      const { parts } = await readTree(door, await settled(door, id));
      for (const { pool, shown: listener } of parts) if (pool) await setMembers(door, id, pool, listener, vms);
      return get(door, region, id, signal);
    },

    async health({ region, id }, signal) {
      const door = await octavia(region, signal);
      const { parts } = await readTree(door, await readBalancer(door, id));
      return { items: parts.flatMap(({ members }) => members.map(({ name, protocol_port: port, operating_status: reason }) => ({ vmId: name, port, state: HEALTH[reason] ?? 'unknown', reason }))) };
    },
  };
}

/** Listeners are alike where all is alike; what is absent and what is the default are. */
const keyOf = ({ protocol, port, targetPort, targetProtocol, certificateId, healthCheck: check }: Listener): string =>
  JSON.stringify([protocol, port, targetPort, targetProtocol ?? '', certificateId ?? '', check.protocol, check.port ?? '', check.protocol === 'tcp' ? '' : (check.path ?? '/'), check.intervalSeconds, check.timeoutSeconds, check.healthyThreshold, check.unhealthyThreshold]);

/** Where VMs take traffic: Octavia knows addresses, not servers. */
async function targetsOf(door: Door, vmIds: string[]): Promise<Target[]> {
  const ports = await portsOf(door, vmIds);
  return vmIds.map((vmId) => {
    const fixed = ports.filter(({ device_id }) => device_id === vmId).flatMap(({ fixed_ips }) => fixed_ips ?? []).find(({ ip_address }) => !ip_address.includes(':'));
    if (!fixed) throw new DriverError('NOT_FOUND', `There is no VM ${vmId} with an address yet.`, { providerCode: 'PortNotFound', field: 'vmIds' });
    return { vmId, address: fixed.ip_address, subnetId: fixed.subnet_id };
  });
}

/** Changes the tags of a load balancer, once it takes a change. */
export async function retagBalancer(door: Door, id: string, change: (tags: Tags) => Tags): Promise<void> {
  const balancer = await settled(door, id);
  await door.put(`${PATH}/${id}`, { loadbalancer: { tags: [...toLabels(change(tagsIn(balancer))), ...balancer.tags.filter((label) => label === PUBLIC || label === APPLICATION)] } });
}
