import type { HealthCheck, Listener } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door } from './client.js';
import { deleted } from './errors.js';
import { listing, readAll } from './pages.js';
import { until } from './until.js';

/** Octavia's things, as far as we read them. */
export interface Balancer {
  id: string;
  name: string;
  provisioning_status: string;
  operating_status: string;
  vip_address: string;
  vip_port_id: string;
  vip_subnet_id: string;
  vip_network_id: string;
  tags: string[];
}
export interface OctaviaListener { id: string; protocol: string; protocol_port: number; default_pool_id: string | null; default_tls_container_ref: string | null }
export interface Pool { id: string; name: string; description: string; protocol: string; healthmonitor_id: string | null }
export interface Member { id: string; name: string; address: string; protocol_port: number; operating_status: string }
interface Monitor { id: string; type: string; delay: number; timeout: number; max_retries: number; max_retries_down: number; url_path: string | null }

/** A VM as a target: where it takes traffic. */
export interface Target { vmId: string; address: string; subnetId: string }
/** A load balancer with all its parts; a stray pool is one that a change which was cut off left without its listener. */
export interface Tree { balancer: Balancer; parts: { listener: OctaviaListener; pool?: Pool; members: Member[]; shown: Listener }[]; strayPools: Pool[] }

const PATH = '/lbaas';
const all = <R extends { id: string }>(door: Door, path: string, plural: string, filter: Record<string, string> = {}): Promise<R[]> => readAll<R>((query) => listing<R>(door, `${PATH}${path}`, plural, { ...query, ...filter }), ({ id }) => id);

const LISTENER = { tcp: 'TCP', udp: 'UDP', http: 'HTTP', https: 'HTTPS' } as const;
const WORD: Record<string, Listener['protocol']> = { TCP: 'tcp', UDP: 'udp', HTTP: 'http', HTTPS: 'https', TERMINATED_HTTPS: 'https', PROXY: 'tcp', PROXYV2: 'tcp', SCTP: 'tcp' };
/** Without its encryption, where that ends at the load balancer; without a certificate it goes through as it is. */
const plainOf = ({ protocol, certificateId }: Pick<Listener, 'protocol' | 'certificateId'>): NonNullable<Listener['targetProtocol']> => (protocol === 'https' && certificateId !== undefined ? 'http' : protocol);

const monitorOf = ({ healthCheck }: Listener, udp: boolean): object => ({
  type: udp ? 'UDP-CONNECT' : healthCheck.protocol.toUpperCase(), delay: healthCheck.intervalSeconds, timeout: healthCheck.timeoutSeconds, max_retries: healthCheck.healthyThreshold, max_retries_down: healthCheck.unhealthyThreshold,
  ...(healthCheck.path && !udp && healthCheck.protocol !== 'tcp' ? { url_path: healthCheck.path } : {}),
});
const membersOf = (targets: Target[], { targetPort, healthCheck }: { targetPort: number; healthCheck: Pick<HealthCheck, 'port'> }): object[] =>
  targets.map(({ vmId, address, subnetId }) => ({ name: vmId, address, protocol_port: targetPort, subnet_id: subnetId, ...(healthCheck.port ? { monitor_port: healthCheck.port } : {}) }));

/** Ports of targets and checks lie in the members, of which there may be none: the pool's description keeps them. */
const portsText = ({ targetPort, healthCheck }: Listener): string => `target=${targetPort}${healthCheck.port ? ` check=${healthCheck.port}` : ''}`;
const portIn = (description: string, word: 'target' | 'check'): number | undefined => Number(new RegExp(`\\b${word}=(\\d+)`).exec(description ?? '')?.[1] ?? NaN) || undefined;

const poolOf = (listener: Listener): object => ({ name: `${listener.protocol}-${listener.port}`, description: portsText(listener), protocol: LISTENER[listener.targetProtocol ?? plainOf(listener)], lb_algorithm: 'ROUND_ROBIN' });
const listenerOf = (listener: Listener): object => ({
  name: `${listener.protocol}-${listener.port}`, protocol: listener.protocol === 'https' && listener.certificateId ? 'TERMINATED_HTTPS' : LISTENER[listener.protocol], protocol_port: listener.port,
  ...(listener.certificateId ? { default_tls_container_ref: listener.certificateId } : {}),
});

/** Listeners with pools, monitors and members as one body, which Octavia makes all or nothing. */
export const treeOf = (listeners: Listener[], targets: Target[]): object[] =>
  listeners.map((listener) => ({ ...listenerOf(listener), default_pool: { ...poolOf(listener), healthmonitor: monitorOf(listener, listener.protocol === 'udp'), members: membersOf(targets, listener) } }));

/** A listener in our words. */
function shownListener(listener: OctaviaListener, pool: Pool | undefined, monitor: Monitor | undefined, members: Member[]): Listener {
  const protocol = WORD[listener.protocol] ?? 'tcp';
  const certificateId = listener.default_tls_container_ref ?? undefined;
  const targetProtocol = WORD[pool?.protocol ?? ''];
  const checkPort = portIn(pool?.description ?? '', 'check');
  const checkProtocol = monitor?.type === 'HTTP' ? 'http' : monitor?.type === 'HTTPS' ? 'https' : 'tcp';
  return {
    protocol, port: listener.protocol_port, targetPort: portIn(pool?.description ?? '', 'target') ?? members[0]?.protocol_port ?? listener.protocol_port,
    ...(targetProtocol && targetProtocol !== plainOf({ protocol, ...(certificateId ? { certificateId } : {}) }) ? { targetProtocol } : {}), ...(certificateId ? { certificateId } : {}),
    healthCheck: {
      protocol: checkProtocol, ...(checkPort ? { port: checkPort } : {}), ...(monitor?.url_path && checkProtocol !== 'tcp' ? { path: monitor.url_path } : {}),
      intervalSeconds: monitor?.delay ?? 0, timeoutSeconds: monitor?.timeout ?? 0, healthyThreshold: monitor?.max_retries ?? 0, unhealthyThreshold: monitor?.max_retries_down ?? 0,
    },
  };
}

export async function readBalancer(door: Door, id: string): Promise<Balancer> {
  const { loadbalancer } = await door.get<{ loadbalancer: Balancer }>(`${PATH}/loadbalancers/${encodeURIComponent(id)}`);
  if (loadbalancer.provisioning_status === 'DELETED') throw new DriverError('NOT_FOUND', `There is no load balancer ${id} any more.`, { providerCode: 'DELETED' });
  return loadbalancer;
}

/** Reads the parts of a load balancer: Octavia tells a tree only without ports. */
export async function readTree(door: Door, balancer: Balancer): Promise<Tree> {
  const filter = { loadbalancer_id: balancer.id };
  const [listeners, pools] = await Promise.all([all<OctaviaListener>(door, '/listeners', 'listeners', filter), all<Pool>(door, '/pools', 'pools', filter)]);
  const parts = await Promise.all(listeners.map(async (listener) => {
    const pool = pools.find(({ id }) => id === listener.default_pool_id);
    const [members, monitor] = await Promise.all([
      pool ? all<Member>(door, `/pools/${pool.id}/members`, 'members') : [],
      pool?.healthmonitor_id ? door.get<{ healthmonitor: Monitor }>(`${PATH}/healthmonitors/${pool.healthmonitor_id}`).then(({ healthmonitor }) => healthmonitor) : undefined,
    ]);
    return { listener, ...(pool ? { pool } : {}), members, shown: shownListener(listener, pool, monitor, members) };
  }));
  const used = new Set(listeners.map(({ default_pool_id }) => default_pool_id));
  return { balancer, parts: parts.sort((a, b) => a.shown.port - b.shown.port), strayPools: pools.filter(({ id, description }) => !used.has(id) && description?.startsWith('target=')) };
}

/** Waits until a load balancer takes changes again: while one of its parts changes, Octavia refuses every other. */
export async function settled(door: Door, id: string): Promise<Balancer> {
  return until(door.signal, `A change of load balancer ${id}`, async () => {
    const balancer = await readBalancer(door, id);
    if (balancer.provisioning_status === 'ACTIVE') return balancer;
    if (!balancer.provisioning_status.startsWith('PENDING_')) throw new DriverError('CONFLICT', `Load balancer ${id} is ${balancer.provisioning_status} and takes no change.`, { providerCode: balancer.provisioning_status });
    return undefined;
  });
}

/** Each step on its own and a wait after it, as Octavia wants it; the listener comes last, so that none listens without its targets. */
export async function addListener(door: Door, id: string, listener: Listener, targets: Target[]): Promise<void> {
  const { pool } = await door.post<{ pool: Pool }>(`${PATH}/pools`, { pool: { ...poolOf(listener), loadbalancer_id: id } });
  await settled(door, id);
  await door.post(`${PATH}/healthmonitors`, { healthmonitor: { ...monitorOf(listener, listener.protocol === 'udp'), pool_id: pool.id } });
  await settled(door, id);
  await setMembers(door, id, pool, listener, targets);
  await door.post(`${PATH}/listeners`, { listener: { ...listenerOf(listener), loadbalancer_id: id, default_pool_id: pool.id } });
  await settled(door, id);
}

export async function removeListener(door: Door, id: string, part: { listener?: OctaviaListener; pool?: Pool }): Promise<void> {
  if (part.listener) {
    await deleted(door.delete(`${PATH}/listeners/${part.listener.id}`));
    await settled(door, id);
  }
  if (part.pool) {
    await deleted(door.delete(`${PATH}/pools/${part.pool.id}`));
    await settled(door, id);
  }
}

/** Makes the members of a pool exactly these, by one call. */
export async function setMembers(door: Door, id: string, pool: Pool, listener: Pick<Listener, 'targetPort' | 'healthCheck'>, targets: Target[]): Promise<void> {
  await door.put(`${PATH}/pools/${pool.id}/members`, { members: membersOf(targets, listener) });
  await settled(door, id);
}
