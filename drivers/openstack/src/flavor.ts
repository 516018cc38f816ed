import type { Spec, SpecHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { listing, readAll, readPage } from './pages.js';

/** A flavor as Nova tells it; disks in GiB. */
export interface Flavor { id: string; name: string; vcpus: number; ram: number; disk: number; 'OS-FLV-EXT-DATA:ephemeral'?: number; extra_specs?: Record<string, string> }

const PATH = '/flavors/detail';
const REMEMBERED_MS = 600_000;

/** Flavors under their names: these are unique in a cloud, are what a server tells of its flavor, and say something to people, while ids are numbers or UUIDs. */
export function specs(cloud: OpenStack): SpecHandlers {
  return {
    async list(request, signal) {
      const door = await cloud.door('compute', request.region, signal);
      return readPage(request, [(query) => listing<Flavor>(door, PATH, 'flavors', { ...query, sort_key: 'flavorid', sort_dir: 'asc' })], ({ id }) => id, (rows) => rows.map((flavor) => toSpec(flavor, request.region)));
    },
  };
}

/** A flavor by its name, or by its id where somebody knows only that. @throws DriverError INVALID_REQUEST. */
export async function flavorNamed(cloud: OpenStack, door: Door, region: string, name: string): Promise<Flavor> {
  const key = `flavors/${region}`;
  const find = async (): Promise<Flavor | undefined> => {
    const flavors = await cloud.remember(key, REMEMBERED_MS, () => readAll<Flavor>((query) => listing<Flavor>(door, PATH, 'flavors', { ...query }), ({ id }) => id));
    return flavors.find((flavor) => flavor.name === name) ?? flavors.find((flavor) => flavor.id === name);
  };
  const known = await find();
  if (known) return known;
  cloud.forget(key);
  const fresh = await find();
  if (!fresh) throw new DriverError('INVALID_REQUEST', `This project sees no flavor "${name}" in ${region}.`, { providerCode: 'FlavorNotFound', field: 'specId' });
  return fresh;
}

const ARM = /aarch64|arm64/i;
const GPU = /gpu|nvidia|tesla|radeon|instinct|\b[ahlvtp]\d{1,4}\b/i;

export function toSpec(flavor: Flavor, region: string): Spec {
  const extra = flavor.extra_specs ?? {};
  const arm = Object.entries(extra).some(([key, value]) => /arch/i.test(key) && ARM.test(`${key} ${value}`));
  const gpu = gpuOf(extra);
  const ephemeral = flavor['OS-FLV-EXT-DATA:ephemeral'] ?? 0;
  return { id: flavor.name, region, vcpu: flavor.vcpus, memoryMiB: flavor.ram, architecture: arm ? 'arm64' : 'amd64', gpuCount: gpu.count, ...(gpu.model ? { gpuModel: gpu.model } : {}), ...(ephemeral > 0 ? { localDiskGiB: ephemeral } : {}) };
}

/** GPUs by the two ways in which Nova hands them on: `resources:VGPU=1`, and passed-through devices `pci_passthrough:alias=a100:2`, whose alias is the operator's word and may be another device's. */
function gpuOf(extra: Record<string, string>): { count: number; model?: string } {
  const virtual = Number(extra['resources:VGPU'] ?? extra['resources:PGPU'] ?? 0);
  if (virtual > 0) return { count: virtual };
  const aliases = (extra['pci_passthrough:alias'] ?? '').split(',').map((alias) => alias.trim().split(':')).filter(([name = '']) => GPU.test(name));
  const count = aliases.reduce((sum, [, number = '1']) => sum + (Number(number) || 1), 0);
  return { count, ...(aliases[0]?.[0] ? { model: aliases[0][0] } : {}) };
}
