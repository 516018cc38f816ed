import type { Personality, PersonalitySpec } from '../world/types.js';
import { GCP_PRICES } from './data/gcp.js';
import { decimal } from './ids.js';
import { imagesOf } from './images.js';
import { THROTTLING_PAGES } from './limits.js';
import { offer, round, simulatedPrice, spec } from './offer.js';
import type { OfferRow } from './offer.js';
import { regionsOf } from './regions.js';
import { without } from './kinds.js';
import { SERVICES, serviceQuotas } from './services.js';

const regions = regionsOf('gcp');

/** Machine types by Google's naming rule `family-kind-vCPUs`; GiB per vCPU from "Machine families resource and comparison guide". */
const FAMILIES: { family: string; sizes: number[]; gibPerVcpu: Record<string, number>; arm?: boolean }[] = [
  { family: 'e2', sizes: [2, 4, 8, 16, 32], gibPerVcpu: { standard: 4, highcpu: 1 } },
  { family: 'e2', sizes: [2, 4, 8, 16], gibPerVcpu: { highmem: 8 } },
  { family: 'n1', sizes: [1], gibPerVcpu: { standard: 3.75 } },
  { family: 'n1', sizes: [2, 4, 8, 16, 32, 64, 96], gibPerVcpu: { standard: 3.75, highmem: 6.5, highcpu: 0.9 } },
  { family: 'n2', sizes: [2, 4, 8, 16, 32, 48, 64, 80], gibPerVcpu: { standard: 4, highmem: 8, highcpu: 1 } },
  { family: 'n2d', sizes: [2, 4, 8, 16, 32, 48, 64, 80, 96], gibPerVcpu: { standard: 4, highmem: 8, highcpu: 1 } },
  { family: 'c2', sizes: [4, 8, 16, 30, 60], gibPerVcpu: { standard: 4 } },
  { family: 't2a', sizes: [1, 2, 4, 8, 16, 32, 48], gibPerVcpu: { standard: 4 }, arm: true },
];
/** `billed` differs from vCPU for shared-core types only. */
interface MachineType { family: string; spec: PersonalitySpec; billed: number }
const machineTypes: MachineType[] = [
  ...([['micro', 0.25, 1], ['small', 0.5, 2], ['medium', 1, 4]] as const).map(([name, billed, gib]) => ({ family: 'e2', spec: spec(`e2-${name}`, 2, gib), billed })),
  ...FAMILIES.flatMap(({ family, sizes, gibPerVcpu, arm }) =>
    Object.entries(gibPerVcpu).flatMap(([kind, gib]) =>
      sizes.map((vcpu) => ({ family, spec: spec(`${family}-${kind}-${vcpu}`, vcpu, vcpu * gib, arm ? { architecture: 'arm64' } : {}), billed: vcpu })))),
  ...[1, 2, 4].map((gpus) => ({ family: 'a2', spec: spec(`a2-highgpu-${gpus}g`, 12 * gpus, 85 * gpus, { gpuCount: gpus, gpuModel: 'NVIDIA A100 40GB', gpuMemoryMiB: 40_960 * gpus }), billed: 12 * gpus })),
  ...[4, 8, 16].map((vcpu) => ({ family: 'g2', spec: spec(`g2-standard-${vcpu}`, vcpu, vcpu * 4, { gpuCount: 1, gpuModel: 'NVIDIA L4', gpuMemoryMiB: 24_576 }), billed: vcpu })),
];
/** USD per vCPU-hour and GiB-hour by `family/region`. */
const rates = new Map(GCP_PRICES.trim().split('\n').map((line) => {
  const [family = '', region = '', cpu, ram, spotCpu, spotRam] = line.split('|');
  return [`${family}/${region}`, { cpu: Number(cpu), ram: Number(ram), spotCpu: Number(spotCpu), spotRam: Number(spotRam) }];
}));
const known = new Set(regions.map((region) => region.id));

function rowsOf(region: string): OfferRow[] {
  if (!known.has(region)) return [];
  return machineTypes.map((type) => {
    const rate = rates.get(`${type.family}/${region}`);
    const gib = type.spec.memoryMiB / 1024;
    if (!rate?.cpu || !rate.ram) return { spec: type.spec, simulated: simulatedPrice(type.spec, 1, `gcp/${region}`) };
    // The table holds zeros where it knows no preemptible price.
    const spot = rate.spotCpu && rate.spotRam ? { spot: round(type.billed * rate.spotCpu + gib * rate.spotRam) } : {};
    return { spec: type.spec, published: { onDemand: round(type.billed * rate.cpu + gib * rate.ram), ...spot } };
  });
}

/** Real image families, alike in every region; keys in metadata carry the user name, here the one that each distribution is used to. */
const IMAGE: Record<string, [project: string, amd64: string, arm64: string, user: string]> = {
  'ubuntu-24.04': ['ubuntu-os-cloud', 'ubuntu-2404-lts-amd64', 'ubuntu-2404-lts-arm64', 'ubuntu'],
  'ubuntu-22.04': ['ubuntu-os-cloud', 'ubuntu-2204-lts', 'ubuntu-2204-lts-arm64', 'ubuntu'],
  'debian-12': ['debian-cloud', 'debian-12', 'debian-12-arm64', 'debian'],
  'rocky-9': ['rocky-linux-cloud', 'rocky-linux-9', 'rocky-linux-9-arm64', 'rocky'],
  'rhel-9': ['rhel-cloud', 'rhel-9', 'rhel-9', 'cloud-user'],
};

/** Google Compute Engine. `requestId` on every insert, networks span all regions, `TERMINATED` means stopped. Latencies and delays are guesses. */
export const gcp: Personality = {
  cloud: 'gcp',
  title: 'Google Cloud',
  regions,
  ...offer(rowsOf, { source: 'Apache Libcloud 3.9.1 pricing.json (Compute Engine vCPU-hour and GiB-hour)', asOf: '2025-03-02', spot: true }),
  images: imagesOf({ arm: true }, ({ os, architecture }) => {
    const [project = '', amd64 = '', arm64 = '', sshUser = ''] = IMAGE[os] ?? [];
    const id = `projects/${project}/global/images/family/${architecture === 'arm64' ? arm64 : amd64}`;
    return { id: () => id, name: id.slice(id.lastIndexOf('/') + 1), sshUser, publisher: project };
  }),
  latency: [['vm.create', [800, 2_000]], ['*.list', [100, 350]], ['*.get', [80, 300]], ['*', [300, 1_200]]],
  delays: { vmCreate: [10_000, 25_000], vmStart: [8_000, 20_000], vmStop: [15_000, 60_000], vmReboot: [8_000, 20_000], vmDelete: [20_000, 60_000], create: [2_000, 9_000], delete: [2_000, 12_000] },
  consistencyWindowMs: 2_000,
  terminatedShownMs: 0,
  limits: [
    { methods: ['*.list', '*.listZones'], scope: 'account', burst: 1_500, perSecond: 25, source: THROTTLING_PAGES.gce },
    { methods: ['*.get'], scope: 'account', burst: 1_500, perSecond: 25, source: THROTTLING_PAGES.gce },
    { methods: ['*'], scope: 'account', burst: 1_500, perSecond: 25, source: THROTTLING_PAGES.gce },
  ],
  quotas: [
    { id: 'CPUS', name: 'CPUs', measure: 'vcpu', limit: 500, source: 'guess: a project in use; a new one starts lower' },
    { id: 'IN_USE_ADDRESSES', name: 'In-use IP addresses', measure: 'public-ip', limit: 575, source: 'guess: a project in use' },
    { id: 'NETWORKS', name: 'VPC networks', measure: 'network', limit: 15, source: 'guess: a project in use; counted per region here' },
    { id: 'FIREWALLS', name: 'Firewall rules', measure: 'security-group', limit: 200, source: 'guess: a project in use' },
    ...serviceQuotas(),
  ],
  idempotencyToken: without('key-pair', 'bucket', 'cluster', 'node-group', 'file-system', 'database', 'queue', 'dns-zone', 'iam-user', 'iam-role'),
  uniqueName: without('key-pair'),
  networkScope: 'global',
  subnetScope: 'region',
  // instances.bulkInsert takes a count and a name for each VM (`perInstanceProperties`), all or none with `minCount`; no highest count was found, so a cautious one.
  vmBatch: 20,
  vmStates: {
    creating: 'PROVISIONING', running: 'RUNNING', suspending: 'STOPPING', suspended: 'TERMINATED', resuming: 'STAGING', rebooting: 'RUNNING', terminating: 'DEPROVISIONING', terminated: 'NOT_FOUND', failed: 'REPAIRING',
  },
  services: SERVICES.gcp,
  newId: (_kind, random) => decimal(random(16), 19),
};
