import type { Vm } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { deleted, hasCode } from './errors.js';
import { all, externalNetwork, KINDS, tagsIn } from './neutron.js';
import type { FloatingIp, Server } from './servers.js';
import { livesWith, toVm, vmStateOf, wantsAddress } from './servers.js';
import type { NeutronPort } from './subnet.js';
import { isMarked } from './tags.js';

/** The ports of servers, in the order in which Neutron keeps them. */
export const portsOf = async (door: Door, serverIds: string[]): Promise<NeutronPort[]> => (serverIds.length === 0 ? [] : all<NeutronPort>(door, KINDS.port, { device_id: serverIds }));
export const addressesAt = async (door: Door, portIds: string[]): Promise<FloatingIp[]> => (portIds.length === 0 ? [] : all<FloatingIp>(door, KINDS.floatingIp, { port_id: portIds }));
/** Addresses that live as long as a VM or load balancer, also one that came free of it. */
export const ownAddresses = (door: Door, ownerId: string): Promise<FloatingIp[]> => all<FloatingIp>(door, KINDS.floatingIp, { project_id: door.projectId, description: livesWith(ownerId) });

/**
 * The public addresses that VMs have for their own life. OpenStack gives none with a server: a floating IP is a thing of its own, and can be tied to a server only once Nova made its port, seconds after the create was
 * answered. So the wish is a label of the server, there from its first moment, and whoever looks at a running server that lacks its address gives it one: nothing is lost when a process dies in between, and none
 * is made twice, since Neutron refuses a second address for one port.
 */
export class Addresses {
  /** Owners whose end was asked for here. */
  readonly #ending = new Set<string>();
  constructor(private readonly cloud: OpenStack) {}

  /** Servers as VMs, with what Neutron knows of them. */
  async show(servers: Server[], region: string, signal: AbortSignal): Promise<Vm[]> {
    const door = await this.cloud.door('network', region, signal);
    // A network interface of its own life is no VM's first one.
    const ports = (await portsOf(door, servers.map(({ id }) => id))).sort((a, b) => Number(isMarked(tagsIn(a))) - Number(isMarked(tagsIn(b))));
    const addresses = await addressesAt(door, ports.map(({ id }) => id));
    const lacking = servers.filter((server) => vmStateOf(server) === 'running' && wantsAddress(server) && !this.#ending.has(server.id));
    for (const server of lacking) {
      const port = ports.find(({ device_id }) => device_id === server.id);
      if (!port || addresses.some(({ port_id }) => ports.some(({ id, device_id }) => id === port_id && device_id === server.id))) continue;
      const made = await this.give(door, region, server.id, port.id);
      if (made) addresses.push(made);
    }
    return servers.map((server) => toVm(server, region, ports.filter(({ device_id }) => device_id === server.id), addresses));
  }

  /** Refuses early what would end in a VM that nobody reaches. @throws DriverError QUOTA_EXCEEDED. */
  async refuseIfFull(door: Door): Promise<void> {
    const { quota } = await door.get<{ quota: { floatingip?: { limit: number; used: number; reserved?: number } } }>(`/quotas/${door.projectId}/details`);
    const { limit = -1, used = 0, reserved = 0 } = quota.floatingip ?? {};
    if (limit >= 0 && used + reserved >= limit) throw new DriverError('QUOTA_EXCEEDED', `The project has ${used} of ${limit} floating IPs, so the VM would get no public address.`, { providerCode: 'OverQuota', quotaId: 'network.floatingip' });
  }

  /** Before a VM or load balancer goes: its own addresses go first, while it still tells of them. */
  async release(door: Door, ownerId: string): Promise<void> {
    if (this.#ending.size >= 10_000) this.#ending.clear();
    this.#ending.add(ownerId);
    for (const { id } of await ownAddresses(door, ownerId)) await deleted(door.delete(`${KINDS.floatingIp.path}/${id}`));
  }

  /** Ties an address to the port of a VM or load balancer, if that is possible now. */
  async give(door: Door, region: string, ownerId: string, portId: string): Promise<FloatingIp | undefined> {
    try {
      const [spare] = (await ownAddresses(door, ownerId)).filter(({ port_id }) => port_id === null);
      if (spare) return (await door.put<{ floatingip: FloatingIp }>(`${KINDS.floatingIp.path}/${spare.id}`, { floatingip: { port_id: portId } })).floatingip;
      const floating_network_id = await externalNetwork(this.cloud, region, door);
      return (await door.post<{ floatingip: FloatingIp }>(KINDS.floatingIp.path, { floatingip: { floating_network_id, port_id: portId, description: livesWith(ownerId) } })).floatingip;
    } catch (error) {
      // Somebody else was first, the pool is empty for now, or the owner goes: the next look tries again where it still lacks one. A look must not fail for that.
      if (hasCode(error, 'IN_USE', 'CONFLICT', 'QUOTA_EXCEEDED', 'OUT_OF_CAPACITY', 'NOT_FOUND', 'INVALID_REQUEST', 'UNSUPPORTED', 'FORBIDDEN')) return undefined;
      throw error;
    }
  }
}
