import type { Personality } from '../world/types.js';
import { decimal, digest } from './ids.js';
import { imagesOf } from './images.js';
import { guessedLimits } from './limits.js';
import { simulatedOffer, spec } from './offer.js';
import { regionsOf } from './regions.js';
import { without } from './kinds.js';
import { SERVICES, serviceQuotas } from './services.js';

const regions = regionsOf('ncp');

/** Spec codes say type and vCPU: c 1:2, s 1:4, m 1:8 GiB; `-g3` is KVM, `-g2-s50` XEN with an SSD of 50 GB (NAVER's Terraform provider: `c2-g3` is "vCPU 2EA, Memory 4GB"). */
const specs = [
  spec('mi1-g3', 1, 1),
  ...([['c', 2], ['s', 4], ['m', 8]] as const).flatMap(([type, gib]) => [
    ...[2, 4, 8, 16, 32, 48, 64].map((vcpu) => spec(`${type}${vcpu}-g3`, vcpu, vcpu * gib)),
    ...[2, 4, 8, 16, 32].map((vcpu) => spec(`${type}${vcpu}-g2-s50`, vcpu, vcpu * gib)),
  ]),
];
/** Two numbers seen in public code; the others are invented. */
const IMAGE_NUMBER: Record<string, string> = { 'ubuntu-24.04': '104630229', 'ubuntu-22.04': '23214590' };

/** NAVER Cloud (VPC platform). No token in the v2 API; names are unique; reads lag behind creates by up to 15 s. Prices, quotas, limits, latencies and delays are guesses. */
export const ncp: Personality = {
  cloud: 'ncp',
  title: 'NAVER Cloud Platform',
  regions,
  ...simulatedOffer(specs, regions, { cloud: 'ncp', factor: 1.2, spot: false }),
  images: imagesOf({ arm: false, families: ['ubuntu', 'rocky', 'debian'] }, ({ os, osFamily, osVersion }) => {
    const id = IMAGE_NUMBER[os] ?? decimal(digest(`ncp/${os}`, 12), 9);
    return { id: () => id, name: `${osFamily}-${osVersion}-base`, sshUser: 'root', publisher: 'NCP' };
  }),
  latency: [['vm.create', [1_500, 4_000]], ['*.list', [250, 800]], ['*.get', [200, 600]], ['*', [400, 1_500]]],
  delays: { vmCreate: [60_000, 150_000], vmStart: [30_000, 90_000], vmStop: [20_000, 60_000], vmReboot: [30_000, 90_000], vmDelete: [30_000, 120_000], create: [5_000, 20_000], delete: [5_000, 30_000] },
  consistencyWindowMs: 15_000,
  terminatedShownMs: 0,
  limits: guessedLimits(),
  quotas: [
    { id: 'server', name: 'Servers', measure: 'vm', limit: 100, source: 'guess: none published; trial accounts have 3; id invented, no API tells limits' },
    { id: 'vpc', name: 'VPCs', measure: 'network', limit: 10, source: 'guess: none published; id invented, no API tells limits' },
    { id: 'acg', name: 'Access control groups', measure: 'security-group', limit: 500, source: 'guess: none published; id invented, no API tells limits' },
    { id: 'public-ip', name: 'Public IPs', measure: 'public-ip', limit: 100, source: 'guess: none published; id invented, no API tells limits' },
    ...serviceQuotas(),
  ],
  idempotencyToken: [],
  uniqueName: without('public-ip'),
  networkScope: 'region',
  subnetScope: 'zone',
  vmBatch: 20,
  // Status code and, while something runs, operation code.
  vmStates: {
    creating: 'INIT', running: 'RUN', suspending: 'RUN+SHTDN', suspended: 'NSTOP', resuming: 'NSTOP+SETUP', rebooting: 'RUN+REBT', terminating: 'TERMT', terminated: 'NOT_FOUND', failed: 'ERROR',
  },
  // Instance numbers have 8 digits in truth; 11 here, so that drawn ones never meet.
  services: SERVICES.ncp,
  newId: (_kind, random) => decimal(random(12), 11),
};
