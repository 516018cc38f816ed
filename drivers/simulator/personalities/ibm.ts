import type { Personality } from '../world/types.js';
import { digest, uuid } from './ids.js';
import { imagesOf } from './images.js';
import { guessedLimits } from './limits.js';
import { simulatedOffer, spec } from './offer.js';
import { regionsOf } from './regions.js';
import { without } from './kinds.js';
import { SERVICES, serviceQuotas } from './services.js';

const regions = regionsOf('ibm');

/** Profiles say vCPU × GiB in their name: bx2 1:4, cx2 1:2, mx2 1:8 ("x86 instance profiles"). */
const VCPUS = [2, 4, 8, 16, 32, 48, 64, 96, 128];
const GPU = { gpuCount: 1, gpuModel: 'NVIDIA V100', gpuMemoryMiB: 16_384 };
const specs = [
  ...VCPUS.map((vcpu) => spec(`bx2-${vcpu}x${vcpu * 4}`, vcpu, vcpu * 4)),
  ...VCPUS.map((vcpu) => spec(`cx2-${vcpu}x${vcpu * 2}`, vcpu, vcpu * 2)),
  ...VCPUS.map((vcpu) => spec(`mx2-${vcpu}x${vcpu * 8}`, vcpu, vcpu * 8)),
  ...[2, 4, 8, 16, 32, 48, 64].map((vcpu) => spec(`bx3d-${vcpu}x${vcpu * 5}`, vcpu, vcpu * 5)),
  spec('gx2-8x64x1v100', 8, 64, GPU), spec('gx2-16x128x1v100', 16, 128, GPU), spec('gx2-16x128x2v100', 16, 128, { ...GPU, gpuCount: 2, gpuMemoryMiB: 32_768 }),
  spec('gx3-16x80x1l4', 16, 80, { gpuCount: 1, gpuModel: 'NVIDIA L4', gpuMemoryMiB: 24_576 }),
];

/** IBM Cloud VPC, generation 2. No token anywhere; names are unique. Quotas are published, limits are not; prices, latencies and delays are guesses. */
export const ibm: Personality = {
  cloud: 'ibm',
  title: 'IBM Cloud',
  regions,
  ...simulatedOffer(specs, regions, { cloud: 'ibm', factor: 1.15, spot: false }),
  images: imagesOf({ arm: false, minDiskGiB: 100 }, ({ os, osFamily, osVersion }) => {
    const name = `ibm-${osFamily === 'rocky' ? 'rocky-linux' : osFamily === 'rhel' ? 'redhat' : osFamily}-${osVersion.replace('.', '-')}-minimal-amd64-1`;
    // Ids differ by region; the default users are from use and not checked against IBM's guide.
    return { id: (region) => `r${parseInt(digest(`ibm/${region}`, 4), 16) % 50}-${uuid(digest(`ibm/${region}/${os}`, 32))}`, name, sshUser: osFamily === 'ubuntu' ? 'ubuntu' : 'vpcuser', publisher: 'ibm' };
  }),
  latency: [['vm.create', [1_500, 4_000]], ['*.list', [250, 800]], ['*.get', [150, 500]], ['*', [400, 1_500]]],
  delays: { vmCreate: [20_000, 60_000], vmStart: [10_000, 30_000], vmStop: [10_000, 40_000], vmReboot: [10_000, 30_000], vmDelete: [20_000, 60_000], create: [1_000, 8_000], delete: [2_000, 12_000] },
  consistencyWindowMs: 5_000,
  terminatedShownMs: 0,
  limits: guessedLimits(),
  quotas: [
    { id: 'vcpu-per-region', name: 'vCPU per region', measure: 'vcpu', limit: 200, source: 'IBM Cloud VPC quotas (default); id invented, the VPC API tells no limits' },
    { id: 'vpcs-per-region', name: 'VPCs per region', measure: 'network', limit: 10, source: 'IBM Cloud VPC quotas (default); id invented, the VPC API tells no limits' },
    { id: 'subnets-per-vpc', name: 'Subnets per VPC', measure: 'subnet', limit: 100, source: 'IBM Cloud VPC quotas (default); counted per region here; id invented, the VPC API tells no limits' },
    { id: 'keys-per-region', name: 'SSH keys per region', measure: 'key-pair', limit: 200, source: 'IBM Cloud VPC quotas (default); id invented, the VPC API tells no limits' },
    { id: 'floating-ips-per-zone', name: 'Floating IPs per zone', measure: 'public-ip', limit: 120, source: 'IBM Cloud VPC quotas (default): 40 a zone, three zones; id invented, the VPC API tells no limits' },
    ...serviceQuotas([{ id: 'load-balancers-per-region', name: 'Load balancers per region', measure: 'load-balancer', limit: 50, source: 'IBM Cloud VPC quotas (default), of application ones; network ones are counted with them here; id invented' }]),
  ],
  idempotencyToken: [],
  uniqueName: without(),
  networkScope: 'region',
  subnetScope: 'zone',
  vmBatch: 1,
  vmStates: {
    creating: 'pending', running: 'running', suspending: 'stopping', suspended: 'stopped', resuming: 'starting', rebooting: 'restarting', terminating: 'deleting', terminated: 'not_found', failed: 'failed',
  },
  services: SERVICES.ibm,
  newId: (kind, random) => (kind === 'vm' || kind === 'subnet' ? `0717${kind === 'vm' ? '_' : '-'}${uuid(random(32))}` : `r006-${uuid(random(32))}`),
};
