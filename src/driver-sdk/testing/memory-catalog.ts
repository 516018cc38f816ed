import type { Image, Price, Quota, Region, Spec, Zone } from '../catalog.js';

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
