import type { Capability, DatabaseEngine } from '@mcmp/driver-sdk';
import type { Kind, Personality, Services } from '../world/types.js';
import { BILLING } from './billing.js';

const VERSIONS = ['1.35', '1.34', '1.33', '1.32'];
const ENGINES: DatabaseEngine[] = [
  { engine: 'postgres', version: '17.5', default: true }, { engine: 'postgres', version: '16.9', default: false }, { engine: 'mysql', version: '8.4.5', default: true }, { engine: 'mysql', version: '8.0.42', default: false },
  { engine: 'mariadb', version: '11.4.7', default: true },
];

/** The services of a cloud that has everything; what is given replaces it. */
export const servicesOf = (own: Partial<Services> = {}): Services => ({
  lacks: [], clusterNeedsNodes: false, subnetsForServices: 1, assumesRoles: false, linger: [10_000, 60_000], expiredCode: 'CredentialExpired', billing: BILLING.openstack, kubernetes: VERSIONS, engines: ENGINES, ...own,
});

/** Ways out and ways between that are no things of their own in a cloud whose networks reach the internet by themselves. */
const NO_GATEWAYS: Capability[] = ['internet-gateway'];
const NO_VPN: Capability[] = ['vpn-gateway', 'vpn-connection'];
const NO_DNS: Capability[] = ['dns-zone', 'dns-record'];
const NO_CLUSTERS: Capability[] = ['cluster', 'node-group'];
const NO_OBJECTS: Capability[] = ['bucket', 'object'];
const NO_IDENTITIES: Capability[] = ['iam-user', 'iam-role'];

/**
 * What each cloud offers by API. Machines, networks, storage, clusters and databases go by tables of the providers' API calls; queues, logs of events, placement groups, NAT gateways and tables of routes
 * by what is known of the product, unverified. A service for which no API is known is listed as lacking. Versions and engines are alike everywhere, and so is no cloud's true list;
 * how long hidden interfaces linger is published nowhere, and AWS's is from use.
 */
export const SERVICES = {
  aws: servicesOf({ billing: BILLING.aws, expiredCode: 'ExpiredToken', subnetsForServices: 2, assumesRoles: true, linger: [60_000, 300_000] }),
  // Azure's virtual networks reach the internet by themselves; cards of VMs are things of their own.
  azure: servicesOf({ billing: BILLING.azure, expiredCode: 'ExpiredAuthenticationToken', lacks: [...NO_GATEWAYS], clusterNeedsNodes: true, linger: [5_000, 60_000] }),
  // Interfaces exist only with their VM.
  gcp: servicesOf({ billing: BILLING.gcp, expiredCode: 'invalid_grant', lacks: [...NO_GATEWAYS, 'network-interface'], clusterNeedsNodes: true }),
  alibaba: servicesOf({ billing: BILLING.alibaba, expiredCode: 'InvalidSecurityToken.Expired', assumesRoles: true, linger: [20_000, 90_000] }),
  tencent: servicesOf({ billing: BILLING.tencent, expiredCode: 'AuthFailure.TokenFailure', lacks: [...NO_GATEWAYS], assumesRoles: true }),
  ibm: servicesOf({ billing: BILLING.ibm, expiredCode: 'not_authorized', lacks: [...NO_GATEWAYS, ...NO_DNS, 'queue'], clusterNeedsNodes: true, linger: [20_000, 90_000] }),
  // No tags at all: owner marks live in descriptions, so that they are there from the create on and never change.
  ncp: servicesOf({ billing: BILLING.ncp, expiredCode: '200', lacks: [...NO_GATEWAYS, ...NO_VPN, ...NO_DNS, 'queue', 'tag'], clusterNeedsNodes: true }),
  nhn: servicesOf({ billing: BILLING.nhn, expiredCode: 'Unauthorized', lacks: [...NO_VPN, 'network-interface', 'placement-group', 'queue', 'metric'], clusterNeedsNodes: true }),
  kt: servicesOf({
    billing: BILLING.kt,
    expiredCode: 'Unauthorized',
    lacks: [
      ...NO_GATEWAYS, ...NO_VPN, ...NO_DNS, ...NO_CLUSTERS, ...NO_OBJECTS, ...NO_IDENTITIES, 'nat-gateway', 'route-table', 'network-interface', 'placement-group', 'snapshot', 'database', 'queue', 'metric', 'event', 'charge',
    ],
  }),
  // A deployment may have more or less; this one has Octavia, Magnum, Swift, Manila, Trove, Designate, VPNaaS, Gnocchi and CloudKitty.
  openstack: servicesOf({ expiredCode: 'Unauthorized', lacks: ['nat-gateway', 'queue', 'event'], clusterNeedsNodes: true }),
} satisfies Record<string, Services>;

const GUESS = 'guess: none published for all accounts';
const GUESSED: Partial<Record<Kind, number>> = {
  'network-interface': 500, 'internet-gateway': 20, 'nat-gateway': 20, 'route-table': 200, 'placement-group': 100, snapshot: 1_000, 'custom-image': 200, 'load-balancer': 50, cluster: 20, 'node-group': 200, bucket: 100,
  'file-system': 100, database: 40, queue: 1_000, 'vpn-gateway': 10, 'vpn-connection': 50,
};

/** Limits of managed things; a cloud's own published ones replace the guesses. */
export const serviceQuotas = (published: Personality['quotas'] = []): Personality['quotas'] => [
  ...published,
  ...Object.entries(GUESSED).filter(([measure]) => !published.some((quota) => quota.measure === measure)).map(([measure, limit]) => ({ id: `box-${measure}`, name: `${measure}s in a region`, measure, limit, source: GUESS })),
  { id: 'box-node', name: 'Nodes of all clusters', measure: 'node', limit: 2_000, source: GUESS },
];
