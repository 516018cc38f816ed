import type { Personality } from '../world/types.js';
import { guessedLimits } from './limits.js';
import { simulatedOffer, spec } from './offer.js';
import { glanceImages, NOVA_STATES, uuidOf } from './openstack-family.js';
import { regionsOf } from './regions.js';
import { NAMED } from './kinds.js';
import { SERVICES, serviceQuotas } from './services.js';

const regions = regionsOf('kt');

/** Flavors that can be launched say `vCPUxGB.itl`. */
const specs = ['1x1', '1x2', '2x2', '2x4', '2x8', '4x4', '4x8', '4x16', '8x8', '8x16', '8x32', '12x24', '16x32', '16x64', '32x64', '32x128'].map((size) => {
  const [vcpu, gib] = size.split('x');
  return spec(`${size}.itl`, Number(vcpu), Number(gib));
});

/**
 * KT Cloud (D platform): Nova with a firewall instead of security groups and one VPC per account. Of the ten clouds the least certain: nothing was checked against KT,
 * and prices, quotas, limits, latencies and delays are guesses. One region with one zone.
 */
export const kt: Personality = {
  cloud: 'kt',
  title: 'KT Cloud',
  regions,
  ...simulatedOffer(specs, regions, { cloud: 'kt', factor: 1.1, spot: false }),
  images: glanceImages('kt', 'KT Cloud', { arm: false, minDiskGiB: 50 }),
  latency: [['vm.create', [2_000, 5_000]], ['*.list', [300, 900]], ['*.get', [250, 800]], ['*', [800, 2_500]]],
  delays: { vmCreate: [45_000, 100_000], vmStart: [15_000, 40_000], vmStop: [15_000, 50_000], vmReboot: [20_000, 50_000], vmDelete: [15_000, 60_000], create: [4_000, 15_000], delete: [3_000, 15_000] },
  consistencyWindowMs: 5_000,
  terminatedShownMs: 0,
  limits: guessedLimits('account'),
  quotas: [
    { id: 'instances', name: 'Servers', measure: 'vm', limit: 100, source: 'guess: none published; one published test account had 15; id invented, no API tells limits' },
    { id: 'networks', name: 'Tiers', measure: 'subnet', limit: 50, source: 'guess: none published; id invented, no API tells limits' },
    { id: 'publicIp', name: 'Public IPs', measure: 'public-ip', limit: 100, source: 'guess: none published; id invented, no API tells limits' },
    ...serviceQuotas(),
  ],
  idempotencyToken: [],
  uniqueName: NAMED,
  networkScope: 'region',
  subnetScope: 'zone',
  vmBatch: 1,
  vmStates: NOVA_STATES,
  services: SERVICES.kt,
  newId: uuidOf,
};
