import type { NetworkInterface, NetworkInterfaceHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { deleted, hasCode, ifFound } from './errors.js';
import { KINDS, named, Shelf, tagsIn } from './neutron.js';
import type { NeutronPort, NeutronSubnet } from './subnet.js';
import { isMarked } from './tags.js';

type Port = NeutronPort & { mac_address?: string };
/** A port that Nova, a router or a load balancer made for itself has no life of its own. */
const isOwn = (port: Port): boolean => isMarked(tagsIn(port)) || port.device_owner === '';

/** A port that nothing holds is DOWN in Neutron, which is no fault of it. */
const toInterface = (port: Port, region: string): NetworkInterface => {
  const fixed = port.fixed_ips?.find(({ ip_address }) => !ip_address.includes(':')) ?? port.fixed_ips?.[0];
  return {
    ...named(port, region), providerState: port.status ?? 'unknown', state: port.status === 'ERROR' ? 'failed' : port.device_id ? 'in-use' : 'available', networkId: port.network_id, subnetId: fixed?.subnet_id ?? '',
    securityGroupIds: port.security_groups ?? [], ...(fixed ? { privateIp: fixed.ip_address } : {}), ...(port.mac_address ? { macAddress: port.mac_address } : {}), ...(port.device_id ? { vmId: port.device_id } : {}),
  };
};

/** Neutron's ports that have a life of their own. */
export function networkInterfaces(cloud: OpenStack): NetworkInterfaceHandlers {
  const shelf = new Shelf<Port>(cloud, KINDS.port);
  const own = async (door: Door, id: string): Promise<Port> => {
    const port = await shelf.read(door, id);
    if (!isOwn(port)) throw new DriverError('NOT_FOUND', `Port ${id} belongs to ${port.device_owner} ${port.device_id} and goes with it.`, { providerCode: 'PortNotFound' });
    return port;
  };
  return {
    async create(request, signal) {
      const door = await shelf.door(request.region, signal);
      const { subnet } = await door.get<{ subnet: NeutronSubnet }>(`${KINDS.subnet.path}/${encodeURIComponent(request.subnetId)}`);
      const fixed = { subnet_id: subnet.id, ...(request.privateIp ? { ip_address: request.privateIp } : {}) };
      return toInterface(await shelf.make(door, request, { network_id: subnet.network_id, fixed_ips: [fixed], security_groups: request.securityGroupIds }), request.region);
    },

    async get({ region, id }, signal) {
      return toInterface(await own(await shelf.door(region, signal), id), region);
    },

    list: (request, signal) => shelf.list(request, signal, (rows) => rows.filter(isOwn).map((row) => toInterface(row, request.region))),

    async delete({ region, id }, signal) {
      const door = await shelf.door(region, signal);
      const port = await ifFound(own(door, id));
      if (port?.device_id) throw new DriverError('IN_USE', `Network interface ${id} is attached to VM ${port.device_id}: detach it first.`, { providerCode: 'PortInUse' });
      if (port) await deleted(door.delete(`${KINDS.port.path}/${port.id}`));
    },

    async attach({ region, id, vmId }, signal) {
      const door = await shelf.door(region, signal);
      const port = await own(door, id);
      if (port.device_id && port.device_id !== vmId) throw new DriverError('IN_USE', `Network interface ${id} is attached to VM ${port.device_id}: detach it first.`, { providerCode: 'PortInUse' });
      if (!port.device_id) {
        await (await cloud.door('compute', region, signal)).post(`/servers/${encodeURIComponent(vmId)}/os-interface`, { interfaceAttachment: { port_id: id } }).catch(async (error: unknown) => {
          if (!hasCode(error, 'CONFLICT', 'INVALID_REQUEST') || (await own(door, id)).device_id !== vmId) throw error;
        });
      }
      return toInterface(await own(door, id), region);
    },

    async detach({ region, id }, signal) {
      const door = await shelf.door(region, signal);
      const port = await own(door, id);
      if (port.device_id) await deleted((await cloud.door('compute', region, signal)).delete(`/servers/${port.device_id}/os-interface/${id}`));
      return toInterface(await own(door, id), region);
    },
  };
}
