import { createHash } from 'node:crypto';
import { Ec2Error, type Ec2Kind } from './errors.js';

/**
 * EC2 shows things that the world does not hold on their own: a VM's network interface and root volume, associations, rules, reservations.
 * Their ids are made from the id of the thing they belong to by shifting its hexadecimal digits, so they stay the same for ever and can be read backwards.
 */
const DERIVED = {
  interface: { of: 'i', prefix: 'eni', shift: 5 },
  interfaceAttachment: { of: 'i', prefix: 'eni-attach', shift: 7 },
  rootVolume: { of: 'i', prefix: 'vol', shift: 11 },
  subnetAssociation: { of: 'subnet', prefix: 'rtbassoc', shift: 3 },
  mainAssociation: { of: 'rtb', prefix: 'rtbassoc', shift: 9 },
  cardAttachment: { of: 'eni', prefix: 'eni-attach', shift: 3 },
  addressAssociation: { of: 'eipalloc', prefix: 'eipassoc', shift: 5 },
} as const;
type Derived = keyof typeof DERIVED;

const shiftDigits = (hex: string, by: number): string => [...hex].map((digit) => ((Number.parseInt(digit, 16) + by + 16) % 16).toString(16)).join('');

/** The id of a derived thing from the id of its owner. */
export const derivedId = (what: Derived, ownerId: string): string => `${DERIVED[what].prefix}-${shiftDigits(ownerId.slice(ownerId.lastIndexOf('-') + 1), DERIVED[what].shift)}`;
/** The owner's id from a derived one; nobody's id where it was never derived. */
export const ownerId = (what: Derived, id: string): string => `${DERIVED[what].of}-${shiftDigits(id.slice(id.lastIndexOf('-') + 1), -DERIVED[what].shift)}`;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 17);
/** The reservation of VMs that one RunInstances made. */
export const reservationId = (batch: string): string => `r-${digest(batch)}`;
/** The id of a rule, which depends on its group and contents alone. */
export const ruleId = (groupId: string, rule: string): string => `sgr-${digest(`${groupId} ${rule}`)}`;

/** Prefix, kind and the code that EC2 gives to an id of another form. */
const FORMS: Record<Ec2Kind, [prefix: string, malformed: string]> = {
  network: ['vpc', 'InvalidVpcID.Malformed'],
  'internet-gateway': ['igw', 'InvalidInternetGatewayId.Malformed'],
  'route-table': ['rtb', 'InvalidRouteTableId.Malformed'],
  subnet: ['subnet', 'InvalidSubnetID.Malformed'],
  'security-group': ['sg', 'InvalidGroupId.Malformed'],
  'key-pair': ['key', 'InvalidKeyPair.Format'],
  vm: ['i', 'InvalidInstanceID.Malformed'],
  disk: ['vol', 'InvalidVolumeID.Malformed'],
  'public-ip': ['eipalloc', 'InvalidAllocationID.Malformed'],
  'network-interface': ['eni', 'InvalidNetworkInterfaceId.Malformed'],
  'nat-gateway': ['nat', 'NatGatewayMalformed'],
  snapshot: ['snap', 'InvalidSnapshotID.Malformed'],
  'custom-image': ['ami', 'InvalidAMIID.Malformed'],
  'placement-group': ['pg', 'InvalidPlacementGroupId.Malformed'],
  'vpn-gateway': ['vgw', 'InvalidVpnGatewayId.Malformed'],
  'customer-gateway': ['cgw', 'InvalidCustomerGatewayId.Malformed'],
  'vpn-connection': ['vpn', 'InvalidVpnConnectionId.Malformed'],
};

/** @throws Ec2Error the kind's own `…Malformed` where an id has not the form of its kind. */
export function checkId(kind: Ec2Kind, id: string): string {
  const [prefix, code] = FORMS[kind];
  if (new RegExp(`^${prefix}-[0-9a-f]{8,17}$`).test(id)) return id;
  throw new Ec2Error(code, `Invalid id: "${id}" (expecting "${prefix}-...")`);
}

/** Which kind an id belongs to, by its prefix. */
export const kindOf = (id: string): Ec2Kind | undefined => (Object.keys(FORMS) as Ec2Kind[]).find((kind) => id.startsWith(`${FORMS[kind][0]}-`));
/** The word that EC2 has for a kind in tags. */
export const RESOURCE_TYPE: Record<Ec2Kind, string> = {
  network: 'vpc', 'internet-gateway': 'internet-gateway', 'route-table': 'route-table', subnet: 'subnet', 'security-group': 'security-group',
  'key-pair': 'key-pair', vm: 'instance', disk: 'volume', 'public-ip': 'elastic-ip',
  'network-interface': 'network-interface', 'nat-gateway': 'natgateway', snapshot: 'snapshot', 'custom-image': 'image', 'placement-group': 'placement-group', 'vpn-gateway': 'vpn-gateway',
  'customer-gateway': 'customer-gateway', 'vpn-connection': 'vpn-connection',
};
