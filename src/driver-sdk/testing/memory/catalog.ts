import type { Image, Price, Quota, Region, Spec, Zone } from '../../catalog.js';
import type { ResourceKind } from '../../kinds.js';
import type { DatabaseEngine } from '../../services.js';
import type { Charge, Metric } from '../../telemetry.js';

/** What the cloud in memory offers; figures are made up, and the prices say so. */
export const REGIONS: Region[] = [
  { id: 'memory-east', name: 'Memory East', latitude: 37.5, longitude: 127, enabled: true },
  { id: 'memory-west', name: 'Memory West', latitude: 50.1, longitude: 8.7, enabled: true },
  { id: 'memory-south', name: 'Memory South', enabled: false },
];

export const zones = (region: string): Zone[] => ['a', 'b', 'c'].map((letter) => ({ id: `${region}-${letter}`, region, available: true }));

export const specs = (region: string): Spec[] => [
  { id: 'm1.small', region, vcpu: 1, memoryMiB: 2_048, architecture: 'amd64', gpuCount: 0 },
  { id: 'm1.medium', region, vcpu: 2, memoryMiB: 4_096, architecture: 'amd64', gpuCount: 0, networkPerformance: 'Up to 5 Gigabit' },
  { id: 'm1.large', region, vcpu: 4, memoryMiB: 8_192, architecture: 'amd64', gpuCount: 0 },
  { id: 'a1.small', region, vcpu: 1, memoryMiB: 2_048, architecture: 'arm64', gpuCount: 0, zones: [`${region}-a`] },
  { id: 'g1.large', region, vcpu: 8, memoryMiB: 32_768, architecture: 'amd64', gpuCount: 1, gpuModel: 'Imagined 100', gpuMemoryMiB: 16_384 },
];

const system = (region: string, osFamily: string, osVersion: string, architecture: Image['architecture'], sshUser: string): Image => ({
  id: `img-${osFamily}-${osVersion.replace('.', '')}-${architecture}`, region, name: `${osFamily} ${osVersion} (${architecture})`, osFamily, osVersion, architecture, sshUser, minDiskGiB: 8, createdAt: '2026-01-15T00:00:00Z',
});
export const images = (region: string): Image[] => [
  system(region, 'ubuntu', '24.04', 'amd64', 'ubuntu'), system(region, 'ubuntu', '24.04', 'arm64', 'ubuntu'), system(region, 'debian', '13', 'amd64', 'debian'), system(region, 'rocky', '9', 'amd64', 'rocky'),
];

export const prices = (region: string, purchase: Price['purchase']): Price[] =>
  specs(region).map(({ id, vcpu }) => ({
    specId: id, region, purchase, osFamily: 'linux', currency: 'USD', perHour: (vcpu * (purchase === 'spot' ? 12 : 40)) / 1_000, source: 'cloud in memory', asOf: '2026-01-15T00:00:00Z', simulated: true,
  }));

export const quotas = (region: string, used: (kind: 'vm' | 'network' | 'disk') => number): Quota[] =>
  (['vm', 'network', 'disk'] as const).map((measure) => ({ id: `most-${measure}`, name: `Most ${measure}s`, region, measure, limit: 1_000, used: used(measure), source: 'account' as const }));

/** Versions of Kubernetes, newest first. */
export const KUBERNETES = [{ version: '1.35', default: false }, { version: '1.34', default: true }, { version: '1.33', default: false }];

export const catalogueOfEngines = (): DatabaseEngine[] => [
  { engine: 'postgres', version: '18', default: true }, { engine: 'postgres', version: '17', default: false }, { engine: 'mysql', version: '8.4', default: true }, { engine: 'mariadb', version: '11.8', default: true },
];

const measured = (name: string, unit: string): Metric => ({ kind: 'vm', name, unit, periodSeconds: 60, providerName: `Memory/${name}` });
export const metrics = (kind: ResourceKind): Metric[] => (kind === 'vm' ? [measured('cpu-percent', 'percent'), measured('network-in-bytes', 'bytes'), measured('network-out-bytes', 'bytes'), measured('disk-read-bytes', 'bytes')] : []);

/** A made-up bill: what each day between two times cost. */
export function charges(region: string, from: number, to: number): Charge[] {
  const day = 86_400_000;
  const days = Array.from({ length: Math.max(0, Math.ceil((to - from) / day)) }, (_, index) => Math.ceil(from / day) * day + index * day).filter((at) => at < to);
  return days.flatMap((at) => (['Compute', 'Storage'] as const).map((service, index): Charge => ({
    from: new Date(at).toISOString(), to: new Date(at + day).toISOString(), billedCost: 1.5 + index, currency: 'USD', category: 'usage', service, region, sku: `${service}-hours`, usageQuantity: 24, usageUnit: 'hours', tags: {}, estimated: at + 2 * day > to,
  })));
}
