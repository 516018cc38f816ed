import type { Attributes, Kind } from './attributes.js';
import type { Thing } from './types.js';

/** What a thing costs while it is as it is: USD per hour for all of `quantity`. */
export interface Rate { service: 'compute' | 'storage' | 'network' | 'kubernetes' | 'database' | 'dns'; sku: string; quantity: number; unit: string; perHour: number }

/** What must be known of the world to reckon. */
export interface Prices {
  /** USD per hour of each spec. */
  onDemand(cloud: string, region: string): ReadonlyMap<string, number>;
  /** Bytes of all objects of a bucket. */
  bytesIn(bucket: Thing): number;
}

const MONTH_HOURS = 730;
const flat = (service: Rate['service'], sku: string, perHour: number): Rate[] => [{ service, sku, quantity: 1, unit: 'Hours', perHour }];
const perGiB = (sku: string, gib: number, perMonth: number, service: Rate['service'] = 'storage'): Rate[] => (gib > 0 ? [{ service, sku, quantity: gib, unit: 'GiB-Hours', perHour: (gib * perMonth) / MONTH_HOURS }] : []);

const RUNS: readonly Thing['state'][] = ['running', 'rebooting', 'suspending'];
const specPrice = (prices: Prices, { cloud, region }: Thing, specId: string): number => prices.onDemand(cloud, region).get(specId) ?? 0;

type Book = { [K in Kind]?: (attributes: Attributes[K], thing: Thing<K>, prices: Prices) => Rate[] };
/** VMs cost what the cloud's own list says. All else is a guess near the public prices of the large clouds, the same in all of them; kinds that are not here cost nothing. */
const BOOK: Book = {
  vm: ({ specId, rootDiskGiB }, vm, prices) => [...(RUNS.includes(vm.state) ? flat('compute', specId, specPrice(prices, vm, specId)) : []), ...(vm.state === 'creating' || vm.state === 'terminated' ? [] : perGiB('root-disk', rootDiskGiB, 0.08))],
  disk: ({ sizeGiB, type }) => perGiB(`disk-${type ?? 'standard'}`, sizeGiB, 0.08),
  snapshot: ({ sizeGiB }) => perGiB('snapshot', sizeGiB, 0.05),
  'custom-image': ({ minDiskGiB }) => perGiB('custom-image', minDiskGiB, 0.05),
  'public-ip': () => flat('network', 'public-ip', 0.005),
  'nat-gateway': () => flat('network', 'nat-gateway', 0.045),
  'vpn-gateway': () => flat('network', 'vpn-gateway', 0.05),
  'vpn-connection': () => flat('network', 'vpn-connection', 0.05),
  'load-balancer': ({ type }) => flat('network', `load-balancer-${type}`, 0.0225),
  cluster: () => flat('kubernetes', 'cluster', 0.1),
  'node-group': ({ specId, size }, group, prices) => (size > 0 ? [{ service: 'compute', sku: `node-${specId}`, quantity: size, unit: 'Hours', perHour: size * specPrice(prices, group, specId) }] : []),
  bucket: (_attributes, bucket, prices) => perGiB('object-storage', prices.bytesIn(bucket) / 2 ** 30, 0.023),
  'file-system': ({ sizeGiB }) => perGiB('file-system', sizeGiB ?? 1, 0.3),
  database: ({ storageGiB, specId }, { state }) => [...(state === 'suspended' ? [] : flat('database', `instance-${specId}`, 0.07)), ...perGiB('database-storage', storageGiB, 0.115, 'database')],
  'dns-zone': () => flat('dns', 'zone', 0.5 / MONTH_HOURS),
};

/** What a thing costs now; nothing while it is being made, and once it has gone. */
export function ratesOf(prices: Prices, thing: Thing): Rate[] {
  if (thing.state === 'deleted' || thing.state === 'terminated' || (thing.state === 'pending' && !thing.ready)) return [];
  return (BOOK[thing.kind] as ((attributes: unknown, thing: Thing, prices: Prices) => Rate[]) | undefined)?.(thing.attributes, thing, prices) ?? [];
}
