import type { Kind, Personality } from '../world/types.js';
import { base36 } from './ids.js';
import { imagesOf } from './images.js';
import { guessedLimits } from './limits.js';
import { simulatedOffer, spec } from './offer.js';
import { regionsOf } from './regions.js';
import { NAMED, without } from './kinds.js';
import { SERVICES, serviceQuotas } from './services.js';

const regions = regionsOf('alibaba');

/** ECS sizes by name: `large` has 2 vCPU, `xlarge` 4, `Nxlarge` 4 × N; c families have 2 GiB per vCPU, g 4, r 8 ("Overview of instance families"). */
const SIZES: [size: string, vcpu: number][] = [['large', 2], ['xlarge', 4], ['2xlarge', 8], ['3xlarge', 12], ['4xlarge', 16], ['8xlarge', 32]];
const GIB_PER_VCPU: Record<string, number> = { c: 2, g: 4, r: 8 };
const specs = [
  spec('ecs.t6-c1m1.large', 2, 2), spec('ecs.t6-c1m2.large', 2, 4), spec('ecs.t6-c1m4.large', 2, 8), spec('ecs.t6-c1m4.xlarge', 4, 16),
  ...['c6', 'g6', 'r6', 'c7', 'g7', 'r7', 'c8y', 'g8y', 'r8y'].flatMap((family) =>
    SIZES.filter(([size]) => !family.endsWith('8y') || size !== '3xlarge').map(([size, vcpu]) =>
      spec(`ecs.${family}.${size}`, vcpu, vcpu * (GIB_PER_VCPU[family.charAt(0)] ?? 4), family.endsWith('8y') ? { architecture: 'arm64' } : {}))),
  spec('ecs.gn6i-c4g1.xlarge', 4, 15, { gpuCount: 1, gpuModel: 'NVIDIA T4', gpuMemoryMiB: 16_384 }),
  spec('ecs.gn6i-c8g1.2xlarge', 8, 31, { gpuCount: 1, gpuModel: 'NVIDIA T4', gpuMemoryMiB: 16_384 }),
  spec('ecs.gn6v-c8g1.2xlarge', 8, 32, { gpuCount: 1, gpuModel: 'NVIDIA V100', gpuMemoryMiB: 16_384 }),
];

const IMAGE: Record<string, string> = { 'ubuntu-24.04': 'ubuntu_24_04', 'ubuntu-22.04': 'ubuntu_22_04', 'debian-12': 'debian_12', 'rocky-9': 'rockylinux_9' };
const PREFIX: Record<Kind, string> = {
  network: 'vpc', 'internet-gateway': 'ipv4gw', 'route-table': 'vtb', subnet: 'vsw', 'security-group': 'sg', 'key-pair': 'kp', vm: 'i', disk: 'd', 'public-ip': 'eip',
  'nat-gateway': 'ngw', 'network-interface': 'eni', 'placement-group': 'ds', snapshot: 's', 'custom-image': 'm', 'load-balancer': 'nlb', cluster: 'c', 'node-group': 'np', bucket: 'bucket', 'file-system': 'nas', database: 'rm', queue: 'mns',
  'dns-zone': 'zone', 'vpn-gateway': 'vpn', 'vpn-connection': 'vco', 'customer-gateway': 'cgw', 'iam-user': 'user', 'iam-role': 'role',
};

/** Alibaba Cloud ECS. ClientToken on most creates but not on key pairs, whose names are unique; a stopped VM leaves the list at once when it is deleted. Prices, latencies and delays are guesses. */
export const alibaba: Personality = {
  cloud: 'alibaba',
  title: 'Alibaba Cloud',
  regions,
  ...simulatedOffer(specs, regions, { cloud: 'alibaba', factor: 0.85, spot: true }),
  images: imagesOf({ arm: true, families: ['ubuntu', 'debian', 'rocky'], minDiskGiB: 20 }, ({ os, architecture }) => {
    const id = `${IMAGE[os]}_${architecture === 'arm64' ? 'arm64' : 'x64'}_20G_alibase_20261015.vhd`;
    return { id: () => id, name: id, sshUser: 'root', publisher: 'system' };
  }),
  latency: [['vm.create', [1_000, 2_500]], ['*.list', [150, 500]], ['*.get', [120, 400]], ['*', [250, 900]]],
  delays: { vmCreate: [20_000, 45_000], vmStart: [12_000, 30_000], vmStop: [10_000, 40_000], vmReboot: [15_000, 35_000], vmDelete: [3_000, 20_000], create: [1_000, 4_000], delete: [500, 5_000] },
  consistencyWindowMs: 5_000,
  terminatedShownMs: 0,
  limits: guessedLimits(),
  quotas: [
    { id: 'q_ecs-postpaid-vcpu', name: 'Total vCPU quota for pay-as-you-go instances', measure: 'vcpu', limit: 500, source: 'guess: none published for all accounts; id guessed after those of the Quota Center' },
    { id: 'vpc_quota_vpc_num', name: 'VPCs in a region', measure: 'network', limit: 10, source: 'Alibaba Cloud VPC limits (default); id guessed after those of the Quota Center' },
    { id: 'vpc_quota_vswitch_num', name: 'vSwitches in a VPC', measure: 'subnet', limit: 150, source: 'Alibaba Cloud VPC limits (default); counted per region here; id guessed after those of the Quota Center' },
    { id: 'ecs_security_group_num', name: 'Security groups in a region', measure: 'security-group', limit: 100, source: 'Alibaba Cloud ECS limits (default); id guessed after those of the Quota Center' },
    { id: 'eip_quota_num', name: 'Elastic IP addresses', measure: 'public-ip', limit: 20, source: 'Alibaba Cloud EIP limits (default); id guessed after those of the Quota Center' },
    ...serviceQuotas(),
  ],
  idempotencyToken: without('key-pair', 'bucket', 'queue', 'dns-zone', 'iam-user', 'iam-role'),
  uniqueName: [...NAMED, 'queue'],
  networkScope: 'region',
  subnetScope: 'zone',
  vmBatch: 100,
  vmStates: {
    creating: 'Pending', running: 'Running', suspending: 'Stopping', suspended: 'Stopped', resuming: 'Starting', rebooting: 'Running', terminating: 'Stopping', terminated: 'NotFound', failed: 'Error',
  },
  services: SERVICES.alibaba,
  newId: (kind, random) => `${PREFIX[kind]}-bp1${base36(random(22), 17)}`,
};
