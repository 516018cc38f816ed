import { servicesOf } from '../personalities/services.js';
import { createWorld, ManualClock } from '../world/index.js';
import type { BoxWorld, Personality, RegionView, WorldError, WorldOptions } from '../world/index.js';

/** An OpenSSH line whose private half nobody has. */
export const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC/TReLV28ADEVONJjZvaVomsjXvvOw7peTVRqoOM2M5 test';

/** A small cloud with one region of two zones, whose figures are easy to reckon with. */
export const tiny = (change: Partial<Personality> = {}): Personality => ({
  cloud: 'tiny', title: 'Tiny Cloud',
  regions: [{ id: 'r1', name: 'Region One', latitude: 1, longitude: 2, zones: ['r1a', 'r1b'] }, { id: 'r2', name: 'Region Two', latitude: 3, longitude: 4, zones: ['r2a'] }],
  specs: () => [
    { id: 's.small', vcpu: 2, memoryMiB: 4096, architecture: 'amd64', gpuCount: 0 },
    { id: 's.large', vcpu: 8, memoryMiB: 16_384, architecture: 'amd64', gpuCount: 0 },
    { id: 'a.small', vcpu: 2, memoryMiB: 4096, architecture: 'arm64', gpuCount: 0 },
  ],
  images: [{ id: (region) => `img-${region}`, name: 'ubuntu', osFamily: 'ubuntu', osVersion: '24.04', architecture: 'amd64', sshUser: 'ubuntu', minDiskGiB: 8, publisher: 'tiny', createdAt: '2026-01-01T00:00:00Z' }],
  prices: () => [{ specId: 's.small', purchase: 'on-demand', currency: 'USD', perHour: 0.1, source: 'test', asOf: '2026-01-01', simulated: true }],
  latency: [['vm.create', [1_000, 1_000]], ['*', [100, 100]]],
  delays: { vmCreate: [10_000, 10_000], vmStart: [5_000, 5_000], vmStop: [6_000, 6_000], vmReboot: [3_000, 3_000], vmDelete: [8_000, 8_000], create: [1_000, 1_000], delete: [2_000, 2_000] },
  consistencyWindowMs: 0, terminatedShownMs: 0,
  limits: [{ methods: ['vm.create'], scope: 'region', burst: 2, perSecond: 0.5, source: 'test' }, { methods: ['*'], scope: 'account', burst: 1_000, perSecond: 1_000, source: 'test' }],
  quotas: [
    { id: 'vcpu', name: 'vCPUs', measure: 'vcpu', limit: 20, specPrefixes: ['s.'], source: 'test' },
    { id: 'nets', name: 'Networks', measure: 'network', limit: 3, source: 'test' },
  ],
  idempotencyToken: ['vm', 'network'], uniqueName: ['key-pair', 'subnet'], networkScope: 'region', subnetScope: 'zone', vmBatch: 10,
  vmStates: {
    creating: 'BUILD', running: 'UP', suspending: 'GOING_DOWN', suspended: 'DOWN', resuming: 'COMING_UP', rebooting: 'UP', terminating: 'DYING', terminated: 'DEAD', failed: 'BROKEN',
  },
  services: servicesOf(),
  newId: (kind, random) => `${kind}-${random(12)}`,
  ...change,
});

/** A world of the tiny cloud on a clock that is moved by hand; all is ready at once and nothing is throttled unless asked. */
export function tinyWorld(options: Partial<WorldOptions> & { personality?: Partial<Personality> } = {}) {
  const clock = new ManualClock();
  const world = createWorld({ personalities: [tiny(options.personality)], timeScale: 0, throttling: false, clock, ...options });
  return { world, clock, ask: asker(world) };
}

/** Asks the world as account `acme` in region `r1`, with things copied so that later changes do not show. */
export const asker = (world: BoxWorld, place: { region?: string; account?: string; cloud?: string } = {}) =>
  async <T>(method: string, work: (view: RegionView) => T, more: { token?: string; count?: number } = {}): Promise<T> =>
    structuredClone(await world.call({ cloud: 'tiny', account: 'acme', region: 'r1', api: method, method, ...place, ...more }, (view) => structuredClone(work(view))));

export type Ask = ReturnType<typeof asker>;

/** A network with a subnet, a security group and a key. */
export async function ground(ask: Ask): Promise<{ networkId: string; subnetId: string; securityGroupIds: string[]; keyPairId: string }> {
  const network = await ask('network.create', (view) => view.create('network', { name: 'net', tags: {}, attributes: { cidr: '10.0.0.0/16' } }));
  const subnet = await ask('subnet.create', (view) => view.create('subnet', { name: 'sub', tags: {}, attributes: { networkId: network.id, cidr: '10.0.1.0/24', publicAddresses: true } }));
  const group = await ask('security-group.create', (view) => view.create('security-group', { name: 'sg', tags: {}, attributes: { networkId: network.id, description: '', rules: [] } }));
  const key = await ask('key-pair.create', (view) => view.create('key-pair', { name: 'key', tags: {}, attributes: { publicKey: PUBLIC_KEY, fingerprint: 'x' } }));
  return { networkId: network.id, subnetId: subnet.id, securityGroupIds: [group.id], keyPairId: key.id };
}

/** A request for VMs of these names. */
export const vmsOf = (base: Awaited<ReturnType<typeof ground>>, ...names: string[]) => ({ ...base, names, tags: {}, specId: 's.small', imageId: 'img-r1', publicAddress: true });

/** The refusal of a call. @throws Error where it was answered, or failed otherwise. */
export async function refusal(call: Promise<unknown>): Promise<WorldError> {
  const error: unknown = await call.then((answer) => new Error(`it was answered: ${JSON.stringify(answer)}`), (reason: unknown) => reason);
  if (error instanceof Error && error.name === 'WorldError') return error as WorldError;
  throw error;
}

/** Milliseconds of a second. */
export const seconds = 1_000;
