import type { Manifest } from '@mcmp/driver-sdk';
import type { BoxFaults, CheckPlace } from '@mcmp/driver-sdk/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BoxWorld, Fault, Kind, Personality, PersonalitySpec } from '../world/index.js';

export const ACCOUNT = '123456789012';

/** The parsed `driver.json` of a driver of this repository. */
export const manifestOf = (driver: string): Manifest => JSON.parse(readFileSync(join(process.cwd(), 'drivers', driver, 'driver.json'), 'utf8')) as Manifest;

/** A place of a cloud of the box: a small spec, another of its kind, and an image that fits both. */
export function placeIn({ cloud, regions, specs, images }: Personality): CheckPlace {
  const region = regions[0];
  const image = images.find(({ architecture, osFamily }) => architecture === 'amd64' && osFamily === 'ubuntu');
  const [small, other] = specs(region?.id ?? '').filter(({ architecture, gpuCount, vcpu }: PersonalitySpec) => architecture === 'amd64' && gpuCount === 0 && vcpu <= 4);
  const zone = region?.zones[0];
  if (!region || !image || !small || !other || zone === undefined) throw new Error(`${cloud} has no place for the conformance kit`);
  return { region: region.id, zone, specId: small.id, otherSpecId: other.id, imageId: image.id(region.id), sshUser: image.sshUser, diskGiB: 20, trust: 'account:123456789012', policyIds: ['reader', 'writer'] };
}

/** The kit's hooks on one cloud of a world: its troubles, its truth, its log. */
export function boxFaults(world: BoxWorld, cloud: string): Required<BoxFaults> {
  const add = (effect: Fault['effect'], narrow: Partial<Fault>): void => void world.faults.add({ cloud, effect, ...narrow });
  return {
    loseNextAnswer: async (method) => add({ type: 'lost-answer' }, { method, times: 1 }),
    throttleNext: async (method) => add({ type: 'error', code: 'RATE_LIMITED', retryAfterMs: 40 }, { method, times: 1 }),
    outOfCapacity: async (region, zone) => add({ type: 'out-of-capacity' }, { region, ...(zone !== undefined && { zone }) }),
    clear: async () => void world.faults.remove(),
    count: async (kind, tags) => world.truth({ cloud, kind: kind as Kind, tags }).length,
    calls: async () => world.log.seq,
  };
}

/** Troubles that a right driver lives with all the time: what is new stays unseen, what is deleted lingers, each tenth call is throttled. Takes all others back. */
export function roughen(world: BoxWorld): void {
  world.faults.remove();
  world.faults.add({ effect: { type: 'unseen', ms: 30 } });
  world.faults.add({ effect: { type: 'slow-delete', ms: 30 } });
  world.faults.add({ effect: { type: 'error', code: 'RATE_LIMITED', retryAfterMs: 5 }, probability: 0.1 });
}
