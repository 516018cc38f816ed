import type { Kind, Personality, PersonalityImage } from '../world/types.js';
import { AWS_REGIONS, AWS_TYPES } from './data/aws.js';
import { digest } from './ids.js';
import { bucketEach, THROTTLING_PAGES } from './limits.js';
import { tableOffer } from './offer.js';
import { regionsOf } from './regions.js';
import { NAMED } from './kinds.js';
import { SERVICES, serviceQuotas } from './services.js';

const regions = regionsOf('aws');

/** AMI ids differ in every region; these are invented, of the real shape. Users: Canonical `ubuntu`, Debian `admin`, Amazon and Red Hat `ec2-user`, Rocky `rocky`. */
const image = (osFamily: string, osVersion: string, architecture: PersonalityImage['architecture'], name: string, sshUser: string, publisher: string, createdAt: string): PersonalityImage => ({
  id: (region) => `ami-0${digest(`aws/${region}/${name}`, 16)}`,
  name, osFamily, osVersion, architecture, sshUser, publisher, createdAt, minDiskGiB: 8,
});
const images = [
  image('ubuntu', '24.04', 'amd64', 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20261103', 'ubuntu', '099720109477', '2026-11-03T08:11:02Z'),
  image('ubuntu', '24.04', 'arm64', 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20261103', 'ubuntu', '099720109477', '2026-11-03T08:09:41Z'),
  image('ubuntu', '22.04', 'amd64', 'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20261027', 'ubuntu', '099720109477', '2026-10-27T07:52:13Z'),
  image('ubuntu', '22.04', 'arm64', 'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-20261027', 'ubuntu', '099720109477', '2026-10-27T07:50:30Z'),
  image('debian', '12', 'amd64', 'debian-12-amd64-20260914-2236', 'admin', '136693071363', '2026-09-14T20:30:11Z'),
  image('debian', '12', 'arm64', 'debian-12-arm64-20260914-2236', 'admin', '136693071363', '2026-09-14T20:31:47Z'),
  image('amazon', '2023', 'amd64', 'al2023-ami-2023.9.20261020.0-kernel-6.1-x86_64', 'ec2-user', 'amazon', '2026-10-20T21:02:19Z'),
  image('amazon', '2023', 'arm64', 'al2023-ami-2023.9.20261020.0-kernel-6.1-arm64', 'ec2-user', 'amazon', '2026-10-20T21:02:24Z'),
  image('rhel', '9', 'amd64', 'RHEL-9.6.0_HVM-20260805-x86_64-0-Hourly2-GP3', 'ec2-user', '309956199498', '2026-08-05T12:40:55Z'),
  image('rocky', '9', 'amd64', 'Rocky-9-EC2-Base-9.6-20260819.0.x86_64', 'rocky', '792107900819', '2026-08-19T03:18:44Z'),
  image('rocky', '9', 'arm64', 'Rocky-9-EC2-Base-9.6-20260819.0.aarch64', 'rocky', '792107900819', '2026-08-19T03:20:09Z'),
];

/** "17 digits after the dash" since 2018; key pairs have `key-`, Elastic IPs `eipalloc-`. */
const PREFIX: Record<Kind, string> = {
  network: 'vpc', 'internet-gateway': 'igw', 'route-table': 'rtb', subnet: 'subnet', 'security-group': 'sg', 'key-pair': 'key', vm: 'i', disk: 'vol', 'public-ip': 'eipalloc',
  'nat-gateway': 'nat', 'network-interface': 'eni', 'placement-group': 'pg', snapshot: 'snap', 'custom-image': 'ami', 'load-balancer': 'lb', cluster: 'eks', 'node-group': 'ng', bucket: 'bucket', 'file-system': 'fs', database: 'db', queue: 'sqs',
  'dns-zone': 'zone', 'vpn-gateway': 'vgw', 'vpn-connection': 'vpn', 'customer-gateway': 'cgw', 'iam-user': 'user', 'iam-role': 'role',
};

const DOCUMENTED = THROTTLING_PAGES.ec2;
/** Each API has its bucket in each account and region; beside them stand buckets that count VMs. */
const limits: Personality['limits'] = [
  { methods: ['RunInstances', 'StartInstances', 'vm.create', 'vm.start'], scope: 'region', burst: 1000, perSecond: 2, weight: 'things', source: DOCUMENTED },
  { methods: ['TerminateInstances', 'StopInstances', 'vm.delete', 'vm.stop'], scope: 'region', burst: 1000, perSecond: 20, weight: 'things', source: DOCUMENTED },
  ...bucketEach([['RunInstances', 'vm.create'], ['StartInstances', 'vm.start']], 5, 2, DOCUMENTED),
  ...bucketEach([['TerminateInstances', 'vm.delete'], ['StopInstances', 'vm.stop'], ['CreateVolume', 'disk.create']], 100, 5, DOCUMENTED),
  ...bucketEach([['CreateTags', 'tag.set']], 100, 10, DOCUMENTED),
  ...bucketEach(
    [
      'DescribeInstances', 'DescribeVpcs', 'DescribeSubnets', 'DescribeSecurityGroups', 'DescribeSecurityGroupRules', 'DescribeKeyPairs', 'DescribeVolumes', 'DescribeAddresses',
      'DescribeInternetGateways', 'DescribeRouteTables', 'DescribeImages', 'DescribeInstanceTypes', 'DescribeInstanceTypeOfferings', 'DescribeRegions', 'DescribeAvailabilityZones',
      'DescribeInstanceStatus', 'DescribeNetworkInterfaces', 'DescribeTags', 'DescribeSpotPriceHistory', 'DescribeAccountAttributes', 'DescribeVpcAttribute',
      'DescribeNatGateways', 'DescribeSnapshots', 'DescribePlacementGroups', 'DescribeVpnGateways', 'DescribeVpnConnections', 'DescribeCustomerGateways',
    ].map((api) => [api]), 100, 20, DOCUMENTED),
  ...bucketEach(
    [
      'CreateInternetGateway', 'AttachInternetGateway', 'DetachInternetGateway', 'DeleteInternetGateway', 'CreateRouteTable', 'DeleteRouteTable', 'CreateRoute', 'DeleteRoute',
      'AssociateRouteTable', 'DisassociateRouteTable', 'ModifyVpcAttribute', 'ModifySubnetAttribute', 'AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress',
      'RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress', 'ModifyInstanceAttribute', 'DeleteTags',
      'CreateVpc', 'DeleteVpc', 'CreateSubnet', 'DeleteSubnet', 'CreateSecurityGroup', 'DeleteSecurityGroup', 'ImportKeyPair', 'CreateKeyPair', 'DeleteKeyPair', 'RebootInstances',
      'AttachVolume', 'DetachVolume', 'ModifyVolume', 'DeleteVolume', 'AllocateAddress', 'ReleaseAddress', 'AssociateAddress', 'DisassociateAddress',
      'CreateNatGateway', 'DeleteNatGateway', 'CreateNetworkInterface', 'AttachNetworkInterface', 'DetachNetworkInterface', 'DeleteNetworkInterface', 'ModifyNetworkInterfaceAttribute', 'ReplaceRoute', 'ReplaceRouteTableAssociation',
      'CreateSnapshot', 'DeleteSnapshot', 'CreateImage', 'RegisterImage', 'DeregisterImage', 'CreatePlacementGroup', 'DeletePlacementGroup', 'CreateVpnGateway', 'AttachVpnGateway', 'DetachVpnGateway', 'DeleteVpnGateway',
      'CreateCustomerGateway', 'DeleteCustomerGateway', 'CreateVpnConnection', 'DeleteVpnConnection', 'CreateVpnConnectionRoute', 'DeleteVpnConnectionRoute', 'EnableVgwRoutePropagation', 'DisableVgwRoutePropagation',
    ].map((api) => [api]), 50, 5, DOCUMENTED),
  ...bucketEach(
    ['vm', 'network', 'subnet', 'security-group', 'key-pair', 'disk', 'public-ip', 'image', 'spec', 'region', 'price', 'quota'].map((kind) => [`${kind}.list`, `${kind}.get`, `${kind}.listZones`]),
    100, 20, DOCUMENTED),
  ...bucketEach(['network', 'subnet', 'security-group', 'key-pair', 'public-ip', 'vm', 'disk', 'tag'].map((kind) => [`${kind}.*`]), 50, 5, DOCUMENTED),
  ...bucketEach([['*']], 100, 20, DOCUMENTED),
];

/** Amazon EC2. States, tokens, window and limits: AWS's EC2 API reference and user guide; latencies and delays are guesses from use, none is published. */
export const aws: Personality = {
  cloud: 'aws',
  title: 'Amazon Web Services',
  regions,
  ...tableOffer(AWS_TYPES, AWS_REGIONS.split(','), regions, { source: 'Apache Libcloud 3.9.1 pricing.json (EC2 on-demand Linux)', asOf: '2025-03-02', spot: true, familyOf: (id) => id.slice(0, id.indexOf('.')) }),
  images,
  latency: [['vm.create', [900, 2200]], ['vm.*', [250, 700]], ['*.list', [120, 400]], ['*.get', [120, 350]], ['*', [180, 600]]],
  delays: { vmCreate: [8_000, 20_000], vmStart: [6_000, 15_000], vmStop: [12_000, 40_000], vmReboot: [5_000, 15_000], vmDelete: [15_000, 40_000], create: [300, 2_500], delete: [0, 1_500] },
  consistencyWindowMs: 10_000,
  terminatedShownMs: 3_600_000,
  limits,
  quotas: [
    { id: 'L-1216C47A', name: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances', measure: 'vcpu', limit: 1152, specPrefixes: ['a', 'c', 'd', 'h', 'i', 'm', 'r', 't', 'z'], source: 'AWS, vCPU-based limits of an account in use (2019); a new account starts at 5' },
    { id: 'L-DB2E81BA', name: 'Running On-Demand G and VT instances', measure: 'vcpu', limit: 128, specPrefixes: ['g', 'vt'], source: 'AWS, vCPU-based limits of an account in use (2019); a new account starts at 0' },
    { id: 'L-417A185B', name: 'Running On-Demand P instances', measure: 'vcpu', limit: 128, specPrefixes: ['p'], source: 'AWS, vCPU-based limits of an account in use (2019); a new account starts at 0' },
    { id: 'L-F678F1CE', name: 'VPCs per Region', measure: 'network', limit: 5, source: 'AWS default' },
    { id: 'L-0263D0A3', name: 'EC2-VPC Elastic IPs', measure: 'public-ip', limit: 5, source: 'AWS default' },
    { id: 'L-E79EC296', name: 'VPC security groups per Region', measure: 'security-group', limit: 2500, source: 'AWS default' },
    { id: 'L-407747CB', name: 'Subnets per VPC', measure: 'subnet', limit: 200, source: 'AWS default; counted per region here' },
    ...serviceQuotas([
      { id: 'L-DF5E4CA3', name: 'Network interfaces per Region', measure: 'network-interface', limit: 5_000, source: 'AWS default' },
      { id: 'L-A4707A72', name: 'Internet gateways per Region', measure: 'internet-gateway', limit: 5, source: 'AWS default' },
      { id: 'L-FE5A380F', name: 'NAT gateways per Availability Zone', measure: 'nat-gateway', limit: 15, source: 'AWS default: 5 a zone; counted for three zones here' },
      { id: 'L-53DA6B97', name: 'Application Load Balancers per Region', measure: 'load-balancer', limit: 50, source: 'AWS default; network ones are counted with them here' },
      { id: 'L-1194D53C', name: 'Clusters', measure: 'cluster', limit: 100, source: 'AWS default' },
      { id: 'L-7B6409FD', name: 'DB instances', measure: 'database', limit: 40, source: 'AWS default' },
      { id: 'L-848C634D', name: 'File systems per account', measure: 'file-system', limit: 1_000, source: 'AWS default' },
      { id: 'L-7029FAB6', name: 'Virtual private gateways per region', measure: 'vpn-gateway', limit: 5, source: 'AWS default' },
      { id: 'L-3E6EC3A3', name: 'VPN connections per region', measure: 'vpn-connection', limit: 50, source: 'AWS default' },
    ]),
  ],
  idempotencyToken: ['vm', 'disk', 'route-table', 'nat-gateway', 'network-interface', 'cluster', 'node-group', 'file-system', 'dns-zone'],
  uniqueName: [...NAMED, 'security-group', 'placement-group', 'load-balancer', 'cluster', 'node-group', 'database', 'queue', 'custom-image'],
  networkScope: 'region',
  subnetScope: 'zone',
  vmBatch: 100,
  vmStates: {
    creating: 'pending', running: 'running', suspending: 'stopping', suspended: 'stopped', resuming: 'pending', rebooting: 'running', terminating: 'shutting-down', terminated: 'terminated',
    // EC2 has no failed state: such a VM goes to `terminated` with a StateReason of `Server.*`.
    failed: 'terminated',
  },
  services: SERVICES.aws,
  newId: (kind, random) => `${PREFIX[kind]}-0${random(16)}`,
};
