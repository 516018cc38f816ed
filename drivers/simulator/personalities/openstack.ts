import type { Personality } from '../world/types.js';
import { guessedLimits } from './limits.js';
import { simulatedOffer, spec } from './offer.js';
import { glanceImages, NOVA_STATES, uuidOf } from './openstack-family.js';
import { regionsOf } from './regions.js';
import { NAMED } from './kinds.js';
import { SERVICES, serviceQuotas } from './services.js';

const regions = regionsOf('openstack');

/** Every operator names flavors; these are Nova's old defaults and DevStack's (`lib/nova`). */
const specs = [
  spec('m1.tiny', 1, 0.5), spec('m1.small', 1, 2), spec('m1.medium', 2, 4), spec('m1.large', 4, 8), spec('m1.xlarge', 8, 16),
  spec('ds512M', 1, 0.5), spec('ds1G', 1, 1), spec('ds2G', 2, 2), spec('ds4G', 4, 4),
  spec('c1.medium', 2, 2), spec('c1.large', 4, 4), spec('c1.xlarge', 8, 8), spec('r1.medium', 2, 8), spec('r1.large', 4, 16), spec('r1.xlarge', 8, 32),
];

/** An OpenStack of one's own: no tokens, names repeat, no price. Quotas are upstream defaults where one region's work fits them; limits, latencies and delays are the operator's, here guesses. */
export const openstack: Personality = {
  cloud: 'openstack',
  title: 'OpenStack',
  regions,
  ...simulatedOffer(specs, regions, { cloud: 'openstack', factor: 0.6, spot: false }),
  images: glanceImages('openstack', 'operator', { arm: true }),
  latency: [['vm.create', [600, 2_000]], ['*.list', [80, 300]], ['*.get', [50, 200]], ['*', [150, 700]]],
  delays: { vmCreate: [12_000, 40_000], vmStart: [4_000, 12_000], vmStop: [5_000, 30_000], vmReboot: [6_000, 20_000], vmDelete: [4_000, 15_000], create: [300, 2_000], delete: [300, 2_000] },
  consistencyWindowMs: 1_000,
  terminatedShownMs: 0,
  limits: guessedLimits(),
  quotas: [
    { id: 'instances', name: 'Instances', measure: 'vm', limit: 100, source: 'guess: raised by the operator; upstream default 10' },
    { id: 'cores', name: 'VCPUs', measure: 'vcpu', limit: 200, source: 'guess: raised by the operator; upstream default 20' },
    { id: 'key_pairs', name: 'Key pairs', measure: 'key-pair', limit: 100, source: 'Nova default' },
    { id: 'network', name: 'Networks', measure: 'network', limit: 100, source: 'Neutron default' },
    { id: 'subnet', name: 'Subnets', measure: 'subnet', limit: 100, source: 'Neutron default' },
    { id: 'security_group', name: 'Security groups', measure: 'security-group', limit: 10, source: 'Neutron default' },
    { id: 'floatingip', name: 'Floating IPs', measure: 'public-ip', limit: 50, source: 'Neutron default' },
    { id: 'volumes', name: 'Volumes', measure: 'disk', limit: 10, source: 'Cinder default' },
    { id: 'gigabytes', name: 'Volume storage, GiB', measure: 'disk-gib', limit: 1_000, source: 'Cinder default' },
    ...serviceQuotas(),
  ],
  idempotencyToken: [],
  uniqueName: NAMED,
  networkScope: 'region',
  subnetScope: 'region',
  vmBatch: 1,
  vmStates: NOVA_STATES,
  services: SERVICES.openstack,
  newId: uuidOf,
};
