import type { Kind, Personality } from '../world/types.js';
import { base36, digest } from './ids.js';
import { imagesOf } from './images.js';
import { guessedLimits } from './limits.js';
import { simulatedOffer, spec } from './offer.js';
import { regionsOf } from './regions.js';
import { NAMED } from './kinds.js';
import { SERVICES, serviceQuotas } from './services.js';

const regions = regionsOf('tencent');

/** CVM types by name, `family.SIZEgib`: SMALL has 1 vCPU, MEDIUM 2, LARGE 4, NXLARGE 4 × N; the number at the end is the memory in GB. */
const SIZES: [size: string, vcpu: number, gib: number][] = [
  ['SMALL1', 1, 1], ['SMALL2', 1, 2], ['SMALL4', 1, 4], ['MEDIUM2', 2, 2], ['MEDIUM4', 2, 4], ['MEDIUM8', 2, 8], ['LARGE8', 4, 8], ['LARGE16', 4, 16],
  ['2XLARGE16', 8, 16], ['2XLARGE32', 8, 32], ['4XLARGE32', 16, 32], ['4XLARGE64', 16, 64], ['8XLARGE64', 32, 64], ['8XLARGE128', 32, 128],
];
const specs = [
  ...['S5', 'SA2'].flatMap((family) => SIZES.map(([size, vcpu, gib]) => spec(`${family}.${size}`, vcpu, gib))),
  ...['S6', 'SA3'].flatMap((family) => SIZES.filter(([, vcpu]) => vcpu > 1).map(([size, vcpu, gib]) => spec(`${family}.${size}`, vcpu, gib))),
  ...[['MEDIUM4', 2, 4], ['MEDIUM8', 2, 8], ['LARGE8', 4, 8], ['LARGE16', 4, 16], ['2XLARGE32', 8, 32]].map(([size, vcpu, gib]) => spec(`SR1.${size}`, Number(vcpu), Number(gib), { architecture: 'arm64' })),
  spec('GN7.2XLARGE32', 8, 32, { gpuCount: 1, gpuModel: 'NVIDIA T4', gpuMemoryMiB: 16_384 }),
];
const PREFIX: Record<Kind, string> = {
  network: 'vpc', 'internet-gateway': 'igw', 'route-table': 'rtb', subnet: 'subnet', 'security-group': 'sg', 'key-pair': 'skey', vm: 'ins', disk: 'disk', 'public-ip': 'eip',
  'nat-gateway': 'nat', 'network-interface': 'eni', 'placement-group': 'ps', snapshot: 'snap', 'custom-image': 'img', 'load-balancer': 'lb', cluster: 'cls', 'node-group': 'np', bucket: 'bucket', 'file-system': 'cfs', database: 'cdb', queue: 'cmqq',
  'dns-zone': 'zone', 'vpn-gateway': 'vpngw', 'vpn-connection': 'vpnx', 'customer-gateway': 'cgw', 'iam-user': 'user', 'iam-role': 'role',
};

/** Tencent CVM. ClientToken on RunInstances, CreateDisks and AllocateAddresses, not on networks. Prices, limits, latencies and delays are guesses. */
export const tencent: Personality = {
  cloud: 'tencent',
  title: 'Tencent Cloud',
  regions,
  ...simulatedOffer(specs, regions, { cloud: 'tencent', factor: 0.8, spot: true }),
  images: imagesOf({ arm: true, families: ['ubuntu', 'debian', 'rocky'], minDiskGiB: 20 }, ({ os, osFamily, osVersion, architecture }) => {
    const name = `${osFamily === 'rocky' ? 'Rocky Linux' : osFamily === 'ubuntu' ? 'Ubuntu Server' : 'Debian'} ${osVersion} ${architecture === 'arm64' ? 'ARM' : ''}64bit`;
    const id = `img-${base36(digest(`tencent/${os}/${architecture}`, 12), 8)}`;
    return { id: () => id, name, sshUser: osFamily === 'ubuntu' ? 'ubuntu' : 'root', publisher: 'PUBLIC_IMAGE' };
  }),
  latency: [['vm.create', [900, 2_500]], ['*.list', [150, 500]], ['*.get', [120, 400]], ['*', [250, 900]]],
  delays: { vmCreate: [20_000, 50_000], vmStart: [10_000, 25_000], vmStop: [10_000, 40_000], vmReboot: [15_000, 40_000], vmDelete: [5_000, 25_000], create: [500, 3_000], delete: [300, 3_000] },
  consistencyWindowMs: 10_000,
  terminatedShownMs: 0,
  limits: guessedLimits(),
  quotas: [
    { id: 'PostPaidQuotaSet', name: 'Pay-as-you-go vCPUs', measure: 'vcpu', limit: 500, source: 'guess: none published' },
    { id: 'appid-max-vpcs', name: 'VPCs in a region', measure: 'network', limit: 20, source: 'Tencent VPC limits (default)' },
    { id: 'vpc-max-subnets', name: 'Subnets in a VPC', measure: 'subnet', limit: 100, source: 'Tencent VPC limits (default); counted per region here' },
    { id: 'SecurityGroupLimit', name: 'Security groups', measure: 'security-group', limit: 50, source: 'Tencent VPC limits (default)' },
    { id: 'TOTAL_EIP_QUOTA', name: 'Elastic IPs', measure: 'public-ip', limit: 20, source: 'Tencent EIP limits (default)' },
    ...serviceQuotas(),
  ],
  idempotencyToken: ['vm', 'disk', 'public-ip'],
  uniqueName: [...NAMED, 'queue'],
  networkScope: 'region',
  subnetScope: 'zone',
  vmBatch: 100,
  vmStates: {
    creating: 'PENDING', running: 'RUNNING', suspending: 'STOPPING', suspended: 'STOPPED', resuming: 'STARTING', rebooting: 'REBOOTING', terminating: 'TERMINATING', terminated: 'NOT_FOUND', failed: 'LAUNCH_FAILED',
  },
  services: SERVICES.tencent,
  newId: (kind, random) => `${PREFIX[kind]}-${base36(random(12), 8)}`,
};
