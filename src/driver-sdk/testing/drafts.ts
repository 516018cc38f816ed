import type { ResourceKind } from '../kinds.js';
import type { Listener } from '../loadbalancer.js';
import type { SecurityRule } from '../network.js';
import type { CreateRequest } from '../shapes.js';
import type { CheckPlace } from './options.js';

/** A create request of any kind; VMs have `names` instead of `name`. */
export type Draft = CreateRequest & { names?: string[] } & Record<string, unknown>;

/** What a draft stands on: things of the run, each made when it is first asked for. */
export interface Ground {
  place: CheckPlace;
  /** Tells drafts of one kind apart; the fixture's is `base`. */
  label: string;
  /** One for each thing that is made. */
  names: string[];
  subnetScope: 'zone' | 'region';
  clusterNeedsNodes: boolean;
  /** Id of the run's thing of a kind. */
  id(kind: ResourceKind): Promise<string>;
  /** Id of a thing that this draft has for itself. */
  own(kind: ResourceKind): Promise<string>;
  /** Subnets in as many zones as services need. */
  serviceSubnets(): Promise<string[]>;
  /** A number that no other draft of the run has, from 1. */
  number(): Promise<number>;
  /** The database engine to make. */
  engine(): Promise<string>;
  /** A value that may be in no answer and no message. */
  secret(): string;
  /** @throws CheckSkipped. */
  skip(why: string): never;
}

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC/TReLV28ADEVONJjZvaVomsjXvvOw7peTVRqoOM2M5 conformance-kit';
/** Rules that every cloud can hold. */
export const RULES: SecurityRule[] = [
  { direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' },
  { direction: 'ingress', protocol: 'udp', fromPort: 8000, toPort: 8010, cidr: '10.0.0.0/8' },
  { direction: 'egress', protocol: 'all', cidr: '0.0.0.0/0' },
];
/** A listener that every load balancer of layer 4 can have. */
export const listener = (port: number, targetPort: number): Listener => ({
  protocol: 'tcp', port, targetPort, healthCheck: { protocol: 'tcp', intervalSeconds: 10, timeoutSeconds: 5, healthyThreshold: 3, unhealthyThreshold: 3 },
});
/** Nodes of the kit's node groups. */
const nodes = ({ nodeSpecId, specId }: CheckPlace) => ({ specId: nodeSpecId ?? specId, size: 1, minSize: 1, maxSize: 2 });
const range = ({ networkCidr = '10.213.0.0/16' }: CheckPlace): string => networkCidr.split('.').slice(0, 2).join('.');

type Fields = (ground: Ground) => Promise<Record<string, unknown>>;

/** What a create of each kind asks for beside name, token and tags. */
const FIELDS: Record<ResourceKind, Fields> = {
  network: async ({ place }) => ({ cidr: `${range(place)}.0.0/16` }),
  subnet: async ({ place, subnetScope, id, number }) => ({ networkId: await id('network'), cidr: `${range(place)}.${await number()}.0/24`, ...(subnetScope === 'zone' && zoneOf(place)) }),
  'internet-gateway': async () => ({}),
  // Beside the first one in places of their own, since there are clouds with one NAT gateway per subnet, and one VPN gateway per network.
  'nat-gateway': async ({ label, id, own }) => ({ subnetId: await (label === 'base' ? id : own)('subnet') }),
  'route-table': async ({ id }) => ({ networkId: await id('network') }),
  'security-group': async ({ id }) => ({ networkId: await id('network'), description: 'made by the conformance kit', rules: RULES }),
  'key-pair': async ({ place }) => ({ publicKey: place.publicKey ?? PUBLIC_KEY }),
  'placement-group': async () => ({ policy: 'spread' }),
  'network-interface': async ({ id }) => ({ subnetId: await id('subnet'), securityGroupIds: [await id('security-group')] }),
  vm: async ({ place, names, id }) => ({
    ...zoneOf(place), names, specId: place.specId, imageId: place.imageId, networkId: await id('network'), subnetId: await id('subnet'), securityGroupIds: [await id('security-group')], keyPairId: await id('key-pair'),
    publicKey: place.publicKey ?? PUBLIC_KEY, sshUser: place.sshUser, publicAddress: true, ...(place.rootDiskGiB !== undefined && { rootDiskGiB: place.rootDiskGiB }),
  }),
  disk: async ({ place }) => ({ ...zoneOf(place), sizeGiB: place.diskGiB ?? 20 }),
  'public-ip': async () => ({}),
  snapshot: async ({ id }) => ({ diskId: await id('disk') }),
  'custom-image': async ({ id }) => ({ vmId: await id('vm') }),
  'load-balancer': async ({ id }) => ({ type: 'network', scheme: 'internal', networkId: await id('network'), subnetIds: [await id('subnet')], listeners: [listener(80, 8080)], vmIds: [await id('vm')] }),
  cluster: async ({ place, names, clusterNeedsNodes, id, serviceSubnets }) => ({
    networkId: await id('network'), subnetIds: await serviceSubnets(), ...(clusterNeedsNodes && { firstNodeGroup: { name: `${names[0]}-first`, ...nodes(place) } }),
  }),
  'node-group': async ({ place, id, serviceSubnets }) => ({ clusterId: await id('cluster'), subnetIds: await serviceSubnets(), ...nodes(place) }),
  bucket: async () => ({}),
  'file-system': async ({ id }) => ({ networkId: await id('network'), subnetIds: [await id('subnet')], securityGroupIds: [await id('security-group')], protocol: 'nfs', sizeGiB: 100 }),
  database: async ({ place, id, serviceSubnets, engine, secret }) => ({
    engine: await engine(), specId: place.databaseSpecId ?? place.specId, storageGiB: 20, networkId: await id('network'), subnetIds: await serviceSubnets(), securityGroupIds: [await id('security-group')], user: 'kituser', password: secret(), public: false,
  }),
  queue: async () => ({ fifo: false }),
  'dns-zone': async ({ place, names }) => ({ domain: `${names[0]}.${place.domain ?? 'mcmp-kit.test'}`, private: false }),
  'vpn-gateway': async ({ label, id, own }) => ({ networkId: await (label === 'base' ? id : own)('network') }),
  'vpn-connection': async ({ place, id, number, secret }) => {
    const peer = await number();
    return { vpnGatewayId: await id('vpn-gateway'), peerAddress: `203.0.113.${peer}`, peerCidrs: [`10.99.${peer}.0/24`], localCidrs: [`${range(place)}.0.0/16`], preSharedKey: secret() };
  },
  'iam-user': async () => ({}),
  'iam-role': async ({ place, skip }) => ({ trust: place.trust ?? skip('needs place.trust, who may take a role') }),
};

const zoneOf = ({ zone }: CheckPlace) => (zone === undefined ? {} : { zone });

/** What a create of a kind asks for, on that ground. */
export const fieldsOf = (kind: ResourceKind, ground: Ground): Promise<Record<string, unknown>> => FIELDS[kind](ground);
