import type { Personality } from '../world/types.js';
import { guessedLimits } from './limits.js';
import { simulatedOffer, spec } from './offer.js';
import { glanceImages, NOVA_STATES, uuidOf } from './openstack-family.js';
import { regionsOf } from './regions.js';
import { NAMED } from './kinds.js';
import { SERVICES, serviceQuotas } from './services.js';

const regions = regionsOf('nhn');

/** Flavor names say vCPU and GB: `m2.c2m4`. The flavors' UUIDs are the cloud's inner matter; people and this box use the names. */
const specs = [
  't2.c1m1', 'u2.c1m2', 'u2.c2m4', 'u2.c4m8', 'u2.c8m16', 'm2.c1m2', 'm2.c2m4', 'm2.c2m8', 'm2.c4m8', 'm2.c4m16', 'm2.c8m16', 'm2.c8m32', 'm2.c16m32', 'm2.c16m64',
  'c2.c2m2', 'c2.c4m4', 'c2.c8m8', 'c2.c16m16', 'r2.c2m8', 'r2.c4m16', 'r2.c4m32', 'r2.c8m32', 'r2.c8m64', 'x1.c16m128', 'x1.c32m128', 'x1.c32m256',
].map((name) => {
  const [, vcpu, gib] = /c(\d+)m(\d+)$/.exec(name) ?? [];
  return spec(name, Number(vcpu), Number(gib));
});

/** NHN Cloud: Nova with networks of its own. No tokens, names repeat, at most 10 VMs by `max_count`. Quotas are published; prices, limits, latencies and delays are guesses. */
export const nhn: Personality = {
  cloud: 'nhn',
  title: 'NHN Cloud',
  regions,
  ...simulatedOffer(specs, regions, { cloud: 'nhn', factor: 1.1, spot: false }),
  images: glanceImages('nhn', 'NHN Cloud', { arm: false, families: ['ubuntu', 'debian', 'rocky'], minDiskGiB: 20 }),
  latency: [['vm.create', [1_200, 3_000]], ['*.list', [200, 700]], ['*.get', [150, 500]], ['*', [300, 1_200]]],
  delays: { vmCreate: [30_000, 70_000], vmStart: [10_000, 30_000], vmStop: [10_000, 40_000], vmReboot: [15_000, 40_000], vmDelete: [10_000, 40_000], create: [1_000, 5_000], delete: [1_000, 6_000] },
  consistencyWindowMs: 3_000,
  terminatedShownMs: 0,
  limits: guessedLimits(),
  quotas: [
    { id: 'cores', name: 'vCPU', measure: 'vcpu', limit: 100, source: 'NHN Cloud resource policy (default); id invented after the words of the API, which tells no limits' },
    { id: 'vpcs', name: 'VPCs', measure: 'network', limit: 3, source: 'NHN Cloud resource policy (default); id invented after the words of the API, which tells no limits' },
    { id: 'vpcsubnets', name: 'Subnets', measure: 'subnet', limit: 30, source: 'NHN Cloud resource policy (default): 10 a VPC, three VPCs; id invented after the words of the API, which tells no limits' },
    { id: 'floatingips', name: 'Floating IPs', measure: 'public-ip', limit: 50, source: 'NHN Cloud resource policy (default); id invented after the words of the API, which tells no limits' },
    { id: 'gigabytes', name: 'Block storage, GB', measure: 'disk-gib', limit: 10_240, source: 'NHN Cloud resource policy (default); id invented after the words of the API, which tells no limits' },
    ...serviceQuotas([
      { id: 'internet-gateway', name: 'Internet gateways', measure: 'internet-gateway', limit: 3, source: 'NHN Cloud resource policy (default); id invented' },
      { id: 'nat-gateway', name: 'NAT gateways', measure: 'nat-gateway', limit: 3, source: 'NHN Cloud resource policy (default); id invented' },
      { id: 'routing-table', name: 'Routing tables', measure: 'route-table', limit: 30, source: 'NHN Cloud resource policy (default): 10 a VPC, three VPCs; id invented' },
    ]),
  ],
  idempotencyToken: [],
  uniqueName: NAMED,
  networkScope: 'region',
  subnetScope: 'region',
  vmBatch: 10,
  vmStates: NOVA_STATES,
  services: SERVICES.nhn,
  newId: uuidOf,
};
