import type { Subnet, SubnetHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { deleted, ifFound } from './errors.js';
import { routersOf } from './network.js';
import type { NeutronThing } from './neutron.js';
import { all, KINDS, named, Shelf } from './neutron.js';

export interface NeutronSubnet extends NeutronThing { network_id: string; cidr: string; ip_version: number; allocation_pools?: { start: string; end: string }[] }
export interface NeutronPort extends NeutronThing {
  device_id: string;
  device_owner: string;
  network_id: string;
  security_groups?: string[];
  fixed_ips?: { subnet_id: string; ip_address: string }[];
}

/** Neutron's subnets have no state: they are there or not. */
const toSubnet = (subnet: NeutronSubnet, region: string): Subnet => ({ ...named(subnet, region), providerState: 'available', state: 'available', networkId: subnet.network_id, cidr: subnet.cidr });

/** Ports that OpenStack makes and takes away by itself; all others are somebody's. */
const OWN = /^network:(router_interface|ha_router|router_centralized_snat|dhcp|distributed|local_ip)/;

/** IPv4 subnets with DHCP, joined to the router of their network so that their VMs reach the internet. */
export function subnets(cloud: OpenStack): SubnetHandlers {
  const shelf = new Shelf<NeutronSubnet>(cloud, KINDS.subnet);
  const dns = (cloud.input.options.dnsServers ?? '').split(',').map((server) => server.trim()).filter(Boolean);
  return {
    async create(request, signal) {
      const door = await shelf.door(request.region, signal);
      const subnet = await shelf.make(door, request, { network_id: request.networkId, ip_version: 4, cidr: request.cidr, enable_dhcp: true, ...(dns.length > 0 ? { dns_nameservers: dns } : {}) });
      await join(door, subnet, request.resume === true);
      return toSubnet(subnet, request.region);
    },

    async get({ region, id }, signal) {
      return toSubnet(await shelf.read(await shelf.door(region, signal), id), region);
    },

    list: (request, signal) => shelf.list(request, signal, (rows) => rows.map((row) => toSubnet(row, request.region))),

    async delete({ region, id }, signal) {
      const door = await shelf.door(region, signal);
      const subnet = await ifFound(shelf.read(door, id));
      if (!subnet) return;
      const ports = await portsIn(door, id);
      const users = ports.filter(({ device_owner }) => !OWN.test(device_owner));
      if (users.length > 0) throw new DriverError('IN_USE', `Subnet ${id} still holds ${users.slice(0, 5).map((port) => `${port.device_owner || 'port'} ${port.device_id || port.id}`).join(', ')}.`, { providerCode: 'SubnetInUse' });
      for (const port of ports.filter(({ device_owner }) => device_owner === 'network:router_interface')) {
        await deleted(door.put(`${KINDS.router.path}/${port.device_id}/remove_router_interface`, { subnet_id: id }));
      }
      await deleted(door.delete(`${KINDS.subnet.path}/${encodeURIComponent(id)}`));
    },
  };
}

const portsIn = (door: Door, subnetId: string): Promise<NeutronPort[]> => all<NeutronPort>(door, KINDS.port, { fixed_ips: `subnet_id=${subnetId}` });

/** Gives the subnet an interface of its network's router, where the network has one of ours. */
async function join(door: Door, subnet: NeutronSubnet, look: boolean): Promise<void> {
  const [router] = await routersOf(door, subnet.network_id);
  if (!router) return;
  if (look && (await portsIn(door, subnet.id)).some(({ device_id }) => device_id === router.id)) return;
  await door.put(`${KINDS.router.path}/${router.id}/add_router_interface`, { subnet_id: subnet.id });
}
