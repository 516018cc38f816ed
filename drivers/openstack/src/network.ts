import type { Network, NetworkHandlers, ResourceState } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { deleted } from './errors.js';
import type { NeutronThing } from './neutron.js';
import { all, externalNetwork, KINDS, named, Shelf } from './neutron.js';
import { marked, toLabels } from './tags.js';

export interface NeutronNetwork extends NeutronThing { subnets?: string[]; 'router:external'?: boolean }
export type NeutronRouter = NeutronThing & { external_gateway_info?: { network_id: string } | null };

const STATES: Record<string, ResourceState> = { ACTIVE: 'available', BUILD: 'pending', ERROR: 'failed' };
/** OpenStack's networks have no range: their subnets do. */
const toNetwork = (network: NeutronNetwork, region: string): Network => ({ ...named(network, region), providerState: network.status ?? 'unknown', state: STATES[network.status ?? ''] ?? 'pending' });

/** By its description a router tells the network that it was made for, from its first moment on. */
const madeFor = (networkId: string): string => `mcmp-network=${networkId}`;
export const routersOf = (door: Door, networkId: string): Promise<NeutronRouter[]> => all<NeutronRouter>(door, KINDS.router, { project_id: door.projectId, description: madeFor(networkId) });

/** A network is a Neutron network and a router of its own, whose gateway is the cloud's external network. Subnets join the router when they are made. */
export function networks(cloud: OpenStack): NetworkHandlers {
  const shelf = new Shelf<NeutronNetwork>(cloud, KINDS.network);
  return {
    async create(request, signal) {
      const door = await shelf.door(request.region, signal);
      const gateway = await externalNetwork(cloud, request.region, door);
      const network = await shelf.make(door, request, {});
      const [known] = request.resume ? await routersOf(door, network.id) : [];
      const router = known ?? (await door.post<{ router: NeutronRouter }>(KINDS.router.path, { router: { name: request.name, description: madeFor(network.id), external_gateway_info: { network_id: gateway } } })).router;
      // Only for the people who look at the cloud itself.
      if (!router.tags?.length) await door.put(`${KINDS.router.path}/${router.id}/tags`, { tags: toLabels(marked(request)) });
      return toNetwork(network, request.region);
    },

    async get({ region, id }, signal) {
      return toNetwork(await shelf.read(await shelf.door(region, signal), id), region);
    },

    list: (request, signal) => shelf.list(request, signal, (rows) => rows.filter((row) => !row['router:external']).map((row) => toNetwork(row, request.region))),

    async delete({ region, id }, signal) {
      const door = await shelf.door(region, signal);
      await refuseIfUsed(door, id);
      for (const router of await routersOf(door, id)) await deleted(door.delete(`${KINDS.router.path}/${router.id}`));
      await deleted(door.delete(`${KINDS.network.path}/${encodeURIComponent(id)}`));
    },
  };
}

/** A network in use must keep its router: asked before anything is taken away, as Neutron would answer only afterwards. */
async function refuseIfUsed(door: Door, id: string): Promise<void> {
  const subnets = await all<NeutronThing>(door, KINDS.subnet, { network_id: id });
  if (subnets.length > 0) throw new DriverError('IN_USE', `Network ${id} still holds ${subnets.map((subnet) => `subnet ${subnet.id}`).join(', ')}.`, { providerCode: 'NetworkInUse' });
}
