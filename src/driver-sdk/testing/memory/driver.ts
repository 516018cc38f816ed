import { CAPABILITY_METHODS } from '../../capabilities.js';
import type { Capability, Driver, HandlerGroups, Session, Traits } from '../../driver.js';
import { defineDriver } from '../../driver.js';
import { DriverError } from '../../errors.js';
import type { CheckOptions } from '../options.js';
import { accountGroups } from './account.js';
import type { Pace } from './cloud.js';
import { ACCOUNT, MemoryCloud } from './cloud.js';
import { computeGroups } from './compute.js';
import { MemoryDoor } from './door.js';
import { MEMORY_MANIFEST, MEMORY_TRAITS } from './manifest.js';
import { networkGroups } from './network.js';
import { serviceGroups } from './services.js';
import { storageGroups } from './storage.js';

/** A right driver of a cloud in this process: how the kit tests itself, and how a driver looks when it keeps the contract. */
export const memoryDriver = (cloud: MemoryCloud, traits: Traits, capabilities: readonly Capability[]): Driver => defineDriver({
  connect: async ({ credential }) => {
    const door = new MemoryDoor(cloud, credential, traits);
    const none = async (): Promise<never> => {
      throw new DriverError('UNSUPPORTED', 'This cloud has no such thing.', { providerCode: 'NoSuchService' });
    };
    const lacking = (capability: Capability) => Object.fromEntries(CAPABILITY_METHODS[capability].map((name) => [name.replace('?', ''), none]));
    const groups: HandlerGroups = { ...accountGroups(door), ...networkGroups(door), ...computeGroups(door), ...storageGroups(door), ...serviceGroups(door) };
    return { traits: structuredClone(traits), ...Object.fromEntries(capabilities.map((capability) => [capability, traits.lacks?.includes(capability) ? lacking(capability) : groups[capability]])) } as Session;
  },
});

/** A cloud in memory with its right driver, and all that {@link CheckOptions} ask for. */
export interface MemoryBox extends CheckOptions {
  cloud: MemoryCloud;
  driver: Driver;
}

/**
 * Makes a {@link MemoryBox}; `manners` and `pace` differ from the usual ones: a quick cloud that shows everything at once.
 * With fewer `capabilities` the driver declares, has and promises these alone.
 */
export function memoryBox(manners: Partial<Traits> = {}, pace: Partial<Pace> = {}, capabilities: readonly Capability[] = MEMORY_MANIFEST.capabilities): MemoryBox {
  const wanted = { ...MEMORY_TRAITS, ...manners };
  const declared = (kind: Capability) => capabilities.includes(kind);
  const promised = (kind: Capability) => declared(kind) && wanted.lacks?.includes(kind) !== true;
  const traits = { ...wanted, idempotencyToken: wanted.idempotencyToken.filter(promised), uniqueName: wanted.uniqueName.filter(promised) };
  const cloud = new MemoryCloud(traits.uniqueName, { settleMs: 1, unseenMs: 0, refuseEach: 0, ...pace });
  const region = 'memory-east';
  const { functions, ...manifest } = MEMORY_MANIFEST;
  return {
    cloud, driver: memoryDriver(cloud, traits, capabilities), manifest: { ...manifest, capabilities: [...capabilities], ...(declared('function') && functions && { functions }) },
    connect: () => ({ credential: { key: ACCOUNT.key, secret: ACCOUNT.secret }, options: {} }),
    broken: { credential: { key: ACCOUNT.key, secret: 'memory-secret-wrong' }, options: {} },
    place: { region, zone: `${region}-a`, specId: 'm1.small', otherSpecId: 'm1.medium', imageId: 'img-ubuntu-2404-amd64', sshUser: 'ubuntu', trust: ACCOUNT.id, policyIds: ['reader', 'writer'] },
    pollMs: 1, timeoutMs: 100, expensive: true,
    faults: {
      loseNextAnswer: async (method) => void cloud.troubles.lose.add(method),
      throttleNext: async (method) => void cloud.troubles.throttle.add(method),
      outOfCapacity: async () => void (cloud.troubles.full = true),
      clear: async () => void (cloud.troubles.lose.clear(), cloud.troubles.throttle.clear(), (cloud.troubles.full = false)),
      count: async (kind, tags) => cloud.of(kind, region).filter((thing) => thing.state !== 'DELETING' && Object.entries(tags).every(([key, value]) => thing.tags[key] === value)).length,
      calls: async () => cloud.calls,
    },
  };
}
