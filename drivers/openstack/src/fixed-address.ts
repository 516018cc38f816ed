import type { CreateVms } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import { createHash } from 'node:crypto';
import type { Door, OpenStack } from './client.js';
import type { NeutronNetwork } from './network.js';
import type { NeutronThing } from './neutron.js';
import { all, KINDS } from './neutron.js';
import type { NeutronSubnet } from './subnet.js';

/** An address that was given to a create is not given again for this time, until Nova made the port that holds it. */
const HELD_MS = 120_000;
const held = new Map<string, number>();
const TRIES = 20;

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const addressOf = (number: number): string => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

/**
 * Nova puts a server into a network and leaves the choice of the subnet to Neutron. Where the network has one IPv4 subnet, that is the one; where it has several, an address of the wanted one decides.
 * A port made beforehand would decide too, but would outlive a create that is cut off after it.
 * @returns nothing where no address is needed.
 * @throws DriverError NOT_FOUND for an unknown subnet, INVALID_REQUEST where it lies in another network, OUT_OF_CAPACITY where none of several addresses that were tried is free.
 */
export async function freeAddress(cloud: OpenStack, door: Door, { region, networkId, subnetId, token }: CreateVms): Promise<string | undefined> {
  const subnet = await cloud.remember(`subnet/${region}/${subnetId}`, 60_000, async () => (await door.get<{ subnet: NeutronSubnet }>(`${KINDS.subnet.path}/${encodeURIComponent(subnetId)}`)).subnet);
  if (subnet.network_id !== networkId) throw new DriverError('INVALID_REQUEST', `Subnet ${subnetId} lies in network ${subnet.network_id}, not in ${networkId}.`, { field: 'subnetId' });
  const { network } = await door.get<{ network: NeutronNetwork }>(`${KINDS.network.path}/${encodeURIComponent(networkId)}`);
  if ((network.subnets ?? []).length <= 1) return undefined;
  const pools = (subnet.allocation_pools ?? []).map(({ start, end }) => ({ start: numberOf(start), size: numberOf(end) - numberOf(start) + 1 }));
  const total = pools.reduce((sum, { size }) => sum + size, 0);
  const first = createHash('sha256').update(token).digest().readUInt32BE(0);
  for (let tries = 0; tries < Math.min(TRIES, total); tries += 1) {
    const address = nth(pools, (first + tries * 7919) % total);
    const key = `${region}/${subnetId}/${address}`;
    if ((held.get(key) ?? 0) > Date.now()) continue;
    held.set(key, Date.now() + HELD_MS);
    const taken = await all<NeutronThing>(door, KINDS.port, { network_id: networkId, fixed_ips: `ip_address=${address}` });
    if (taken.length === 0) return address;
  }
  if (held.size > 10_000) held.clear();
  throw new DriverError('OUT_OF_CAPACITY', `No free address was found in subnet ${subnetId}.`, { providerCode: 'IpAddressGenerationFailure', field: 'subnetId' });
}

function nth(pools: { start: number; size: number }[], index: number): string {
  let left = index;
  for (const { start, size } of pools) {
    if (left < size) return addressOf(start + left);
    left -= size;
  }
  return '';
}
