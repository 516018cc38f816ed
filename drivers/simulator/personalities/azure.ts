import type { Kind, Personality } from '../world/types.js';
import { AZURE_REGIONS, AZURE_SIZES } from './data/azure.js';
import { THROTTLING_PAGES } from './limits.js';
import { imagesOf } from './images.js';
import { without } from './kinds.js';
import { offer, simulatedPrice, spec, tableOffer } from './offer.js';
import { regionsOf } from './regions.js';
import { SERVICES, serviceQuotas } from './services.js';

const regions = regionsOf('azure');
const priced = tableOffer(AZURE_SIZES, AZURE_REGIONS.split(','), regions, { source: 'Apache Libcloud 3.9.1 pricing.json (Azure pay-as-you-go Linux)', asOf: '2025-03-02', spot: true, familyOf: (id) => id.replace(/\d+/, '') });
/** Azure's Arm sizes are not in the price table; they are sold in regions with zones. */
const armSizes = [2, 4, 8, 16, 32].map((vcpu) => spec(`Standard_D${vcpu}ps_v5`, vcpu, vcpu * 4, { architecture: 'arm64' }));
const both = <T>(one: (region: string) => T[], other: (region: string) => T[]): ((region: string) => T[]) => {
  const kept = new Map<string, T[]>();
  return (region) => kept.get(region) ?? kept.set(region, [...one(region), ...other(region)]).get(region) ?? [];
};
const withZones = new Set(regions.filter((region) => region.zones.length > 1).map((region) => region.id));
const arm = offer((region) => (withZones.has(region) ? armSizes.map((size) => ({ spec: size, simulated: simulatedPrice(size, 1.1, `azure/${region}`) })) : []), { spot: true });

/** `publisher:offer:sku:version`, alike in every region. */
const URN: Record<string, [amd64: string, arm64: string]> = {
  'ubuntu-24.04': ['Canonical:ubuntu-24_04-lts:server:latest', 'Canonical:ubuntu-24_04-lts:server-arm64:latest'],
  'ubuntu-22.04': ['Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:latest', 'Canonical:0001-com-ubuntu-server-jammy:22_04-lts-arm64:latest'],
  'debian-12': ['Debian:debian-12:12-gen2:latest', 'Debian:debian-12:12-arm64:latest'],
  'rocky-9': ['resf:rockylinux-x86_64:9-base:latest', 'resf:rockylinux-aarch64:9-base:latest'],
  'rhel-9': ['RedHat:RHEL:9-lvm-gen2:latest', 'RedHat:RHEL:9-lvm-gen2:latest'],
};

/** Azure names things in Resource Manager paths; internet gateways do not exist there. */
const TYPE: Record<Kind, string> = {
  network: 'Microsoft.Network/virtualNetworks', 'internet-gateway': 'Microsoft.Network/internetGateways', 'nat-gateway': 'Microsoft.Network/natGateways', 'route-table': 'Microsoft.Network/routeTables', subnet: 'Microsoft.Network/virtualNetworks/subnets',
  'security-group': 'Microsoft.Network/networkSecurityGroups', 'key-pair': 'Microsoft.Compute/sshPublicKeys', vm: 'Microsoft.Compute/virtualMachines', disk: 'Microsoft.Compute/disks',
  'public-ip': 'Microsoft.Network/publicIPAddresses', 'network-interface': 'Microsoft.Network/networkInterfaces', 'placement-group': 'Microsoft.Compute/proximityPlacementGroups', snapshot: 'Microsoft.Compute/snapshots',
  'custom-image': 'Microsoft.Compute/images', 'load-balancer': 'Microsoft.Network/loadBalancers', cluster: 'Microsoft.ContainerService/managedClusters', 'node-group': 'Microsoft.ContainerService/managedClusters/agentPools',
  bucket: 'Microsoft.Storage/storageAccounts', 'file-system': 'Microsoft.Storage/fileShares', database: 'Microsoft.DBforPostgreSQL/flexibleServers', queue: 'Microsoft.ServiceBus/namespaces', 'dns-zone': 'Microsoft.Network/dnsZones',
  'vpn-gateway': 'Microsoft.Network/virtualNetworkGateways', 'vpn-connection': 'Microsoft.Network/connections', 'customer-gateway': 'Microsoft.Network/localNetworkGateways', 'iam-user': 'Microsoft.ManagedIdentity/userAssignedIdentities', 'iam-role': 'Microsoft.Authorization/roleDefinitions',
};
const named = without();

/** Microsoft Azure. A create is a PUT by name: no token, but names are unique, and a second create is refused (`If-None-Match: *`). Latencies and delays are guesses. */
export const azure: Personality = {
  cloud: 'azure',
  title: 'Microsoft Azure',
  regions,
  specs: both(priced.specs, arm.specs),
  prices: both(priced.prices, arm.prices),
  images: imagesOf({ arm: true, minDiskGiB: 30 }, ({ os, architecture }) => {
    const urn = URN[os]?.[architecture === 'arm64' ? 1 : 0] ?? '';
    return { id: () => urn, name: urn, sshUser: 'azureuser', publisher: urn.split(':')[0] ?? '' };
  }),
  latency: [['vm.create', [1_200, 3_500]], ['vm.*', [500, 1_500]], ['*.list', [200, 700]], ['*.get', [100, 400]], ['*', [400, 1_800]]],
  delays: { vmCreate: [20_000, 55_000], vmStart: [15_000, 40_000], vmStop: [20_000, 60_000], vmReboot: [15_000, 35_000], vmDelete: [25_000, 70_000], create: [1_000, 6_000], delete: [1_000, 10_000] },
  consistencyWindowMs: 5_000,
  terminatedShownMs: 0,
  limits: [
    { methods: ['*.list', '*.get', '*.listZones', 'account.verify'], scope: 'region', burst: 250, perSecond: 25, source: THROTTLING_PAGES.arm },
    { methods: ['*.delete'], scope: 'region', burst: 200, perSecond: 10, source: THROTTLING_PAGES.arm },
    { methods: ['*'], scope: 'region', burst: 200, perSecond: 10, source: THROTTLING_PAGES.arm },
  ],
  quotas: [
    { id: 'cores', name: 'Total Regional vCPUs', measure: 'vcpu', limit: 350, source: 'Azure default of an enterprise agreement; pay-as-you-go starts at 20' },
    { id: 'virtualMachines', name: 'Virtual Machines', measure: 'vm', limit: 25_000, source: 'Azure subscription limits' },
    { id: 'VirtualNetworks', name: 'Virtual Networks', measure: 'network', limit: 1_000, source: 'Azure subscription limits' },
    { id: 'PublicIPAddresses', name: 'Public IP Addresses', measure: 'public-ip', limit: 1_000, source: 'Azure subscription limits' },
    { id: 'NetworkSecurityGroups', name: 'Network Security Groups', measure: 'security-group', limit: 5_000, source: 'Azure subscription limits' },
    ...serviceQuotas(),
  ],
  idempotencyToken: [],
  uniqueName: named,
  networkScope: 'region',
  subnetScope: 'region',
  vmBatch: 1,
  vmStates: {
    creating: 'Creating', running: 'running', suspending: 'deallocating', suspended: 'deallocated', resuming: 'starting', rebooting: 'running', terminating: 'Deleting', terminated: 'NotFound', failed: 'Failed',
  },
  services: SERVICES.azure,
  newId: (kind, random) => {
    const [provider = '', type = '', child] = TYPE[kind].split('/');
    const parent = `/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/mcmp/providers/${provider}/${type}/${random(16)}`;
    return child ? `${parent}/${child}/${random(8)}` : parent;
  },
};
