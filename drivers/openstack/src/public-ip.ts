import type { PublicIp, PublicIpHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import { portsOf } from './address.js';
import type { Door, OpenStack } from './client.js';
import { deleted, failedWith } from './errors.js';
import { all, externalNetwork, KINDS, named, Shelf } from './neutron.js';
import type { FloatingIp } from './servers.js';
import { isPart } from './servers.js';
import type { NeutronPort } from './subnet.js';

const { path } = KINDS.floatingIp;
/** Neutron's DOWN means that nothing is tied to it, or that no router's agent took it up yet. */
const toPublicIp = (address: FloatingIp, region: string, vmId: string | undefined): PublicIp => ({
  ...named(address, region), name: nameIn(address), providerState: address.status ?? 'unknown', state: address.status === 'ERROR' ? 'failed' : address.port_id ? 'in-use' : 'available', address: address.floating_ip_address, ...(vmId ? { vmId } : {}),
});
/** Floating IPs have no name in Neutron: the description begins with it. */
const nameIn = ({ description, id }: FloatingIp): string => /^([a-z][a-z0-9-]*)\[/.exec(description ?? '')?.[1] ?? id;

/** Neutron's floating IPs, which have a life of their own. */
export function publicIps(cloud: OpenStack): PublicIpHandlers {
  const shelf = new Shelf<FloatingIp>(cloud, KINDS.floatingIp);
  const show = async (rows: FloatingIp[], region: string, door: Door): Promise<PublicIp[]> => {
    const own = rows.filter((row) => !isPart(row));
    const portIds = own.flatMap(({ port_id }) => port_id ?? []);
    const ports = portIds.length === 0 ? [] : await all<NeutronPort>(door, KINDS.port, { id: portIds });
    return own.map((row) => toPublicIp(row, region, ports.find(({ id, device_owner }) => id === row.port_id && device_owner.startsWith('compute:'))?.device_id));
  };
  const shownAgain = async (door: Door, region: string, id: string): Promise<PublicIp> => {
    const row = await shelf.read(door, id);
    if (isPart(row)) throw new DriverError('NOT_FOUND', `${id} is part of a VM or load balancer and goes with it.`, { providerCode: 'FloatingIPNotFound' });
    return (await show([row], region, door))[0]!;
  };

  return {
    async create(request, signal) {
      const door = await shelf.door(request.region, signal);
      const floating_network_id = await externalNetwork(cloud, request.region, door);
      return toPublicIp(await shelf.make(door, request, { floating_network_id }, request.name), request.region, undefined);
    },

    async get({ region, id }, signal) {
      return shownAgain(await shelf.door(region, signal), region, id);
    },

    list: (request, signal) => shelf.list(request, signal, (rows, door) => show(rows, request.region, door)),

    async delete({ region, id }, signal) {
      const door = await shelf.door(region, signal);
      await deleted(door.delete(`${path}/${encodeURIComponent(id)}`));
    },

    /** An address that the VM has for its own life gives way, and comes back when this one leaves: a port takes one floating IP. */
    async associate({ region, id, vmId }, signal) {
      const door = await shelf.door(region, signal);
      const port = (await portsOf(door, [vmId]))[0];
      if (!port) throw new DriverError('NOT_FOUND', `There is no VM ${vmId} with a network interface in ${region}.`, { providerCode: 'PortNotFound', field: 'vmId' });
      for (let tries = 1; ; tries += 1) {
        const address = await shelf.read(door, id);
        if (address.port_id === port.id) return shownAgain(door, region, id);
        if (address.port_id) throw new DriverError('IN_USE', `Address ${address.floating_ip_address} is tied to something else: free it first.`, { providerCode: 'FloatingIPPortAlreadyAssociated' });
        for (const own of (await all<FloatingIp>(door, KINDS.floatingIp, { port_id: port.id })).filter(isPart)) await deleted(door.delete(`${path}/${own.id}`));
        try {
          await door.put(`${path}/${id}`, { floatingip: { port_id: port.id } });
          return await shownAgain(door, region, id);
        } catch (error) {
          // A look at the VM in between gave it an address of its own again.
          if (tries >= 3 || !failedWith(error, 'FloatingIPPortAlreadyAssociated')) throw error;
        }
      }
    },

    async disassociate({ region, id }, signal) {
      const door = await shelf.door(region, signal);
      if ((await shelf.read(door, id)).port_id) await door.put(`${path}/${id}`, { floatingip: { port_id: null } });
      return shownAgain(door, region, id);
    },
  };
}
