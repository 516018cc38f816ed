import type { DriverErrorCode } from '@mcmp/driver-sdk';
import type { Kind, Personality } from '../../simulator/world/types.js';
import { WorldError } from '../../simulator/world/types.js';

/** Kinds of the world that this wire shows. */
export type Ec2Kind = Extract<Kind, 'network' | 'internet-gateway' | 'route-table' | 'subnet' | 'security-group' | 'key-pair' | 'vm' | 'disk' | 'public-ip'
  | 'network-interface' | 'nat-gateway' | 'snapshot' | 'custom-image' | 'placement-group' | 'vpn-gateway' | 'customer-gateway' | 'vpn-connection'>;

/** A refusal in EC2's own words. It is a WorldError too, so that the call log counts it by the shared code. */
export class Ec2Error extends WorldError {
  constructor(readonly providerCode: string, message: string, readonly status = 400, code: DriverErrorCode = 'INVALID_REQUEST') {
    super(code, message, { reason: providerCode });
  }
}

/** Shared checks' refusals, by the codes of the EC2 developer guide, "Error codes for the Amazon EC2 API". */
export const invalidValue = (message: string): Ec2Error => new Ec2Error('InvalidParameterValue', message);
export const missing = (parameter: string): Ec2Error => new Ec2Error('MissingParameter', `The request must contain the parameter ${parameter}`);
export const badCombination = (message: string): Ec2Error => new Ec2Error('InvalidParameterCombination', message);
export const inUse = (message: string): Ec2Error => new Ec2Error('DependencyViolation', message, 400, 'IN_USE');
export const wrongState = (message: string): Ec2Error => new Ec2Error('IncorrectState', message, 400, 'CONFLICT');
/** For what EC2 knows and the box does not play; better than to take it and do nothing. */
export const notPlayed = (message: string): Ec2Error => new Ec2Error('UnsupportedOperation', message, 400, 'UNSUPPORTED');

const NOT_FOUND: Record<Ec2Kind, (id: string) => [code: string, message: string]> = {
  network: (id) => ['InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`],
  'internet-gateway': (id) => ['InvalidInternetGatewayID.NotFound', `The internetGateway ID '${id}' does not exist`],
  'route-table': (id) => ['InvalidRouteTableID.NotFound', `The routeTable ID '${id}' does not exist`],
  subnet: (id) => ['InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`],
  'security-group': (id) => ['InvalidGroup.NotFound', `The security group '${id}' does not exist`],
  'key-pair': (id) => ['InvalidKeyPair.NotFound', `The key pair '${id}' does not exist`],
  vm: (id) => ['InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`],
  disk: (id) => ['InvalidVolume.NotFound', `The volume '${id}' does not exist.`],
  'public-ip': (id) => ['InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`],
  'network-interface': (id) => ['InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`],
  'nat-gateway': (id) => ['NatGatewayNotFound', `NatGateway ${id} was not found`],
  snapshot: (id) => ['InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`],
  'custom-image': (id) => ['InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`],
  'placement-group': (id) => ['InvalidPlacementGroup.Unknown', `The Placement Group '${id}' is unknown.`],
  'vpn-gateway': (id) => ['InvalidVpnGatewayID.NotFound', `The vpnGateway ID '${id}' does not exist`],
  'customer-gateway': (id) => ['InvalidCustomerGatewayID.NotFound', `The customerGateway ID '${id}' does not exist`],
  'vpn-connection': (id) => ['InvalidVpnConnectionID.NotFound', `The vpnConnection ID '${id}' does not exist`],
};

/** EC2's answer to an id that nothing visible has. */
export function notFound(kind: Ec2Kind, id: string): Ec2Error {
  const [code, message] = NOT_FOUND[kind](id);
  return new Ec2Error(code, message, 400, 'NOT_FOUND');
}

const DUPLICATE: Partial<Record<Kind, string>> = { 'key-pair': 'InvalidKeyPair.Duplicate', 'security-group': 'InvalidGroup.Duplicate', 'placement-group': 'InvalidPlacementGroup.Duplicate', 'custom-image': 'InvalidAMIName.Duplicate' };

const LIMIT_BY_MEASURE: Record<string, string> = {
  vcpu: 'VcpuLimitExceeded', vm: 'InstanceLimitExceeded', network: 'VpcLimitExceeded', subnet: 'SubnetLimitExceeded', 'security-group': 'SecurityGroupLimitExceeded',
  'public-ip': 'AddressLimitExceeded', disk: 'VolumeLimitExceeded', 'disk-gib': 'MaxIOPSLimitExceeded',
};
const LIMIT_BY_KIND: Partial<Record<Kind, string>> = {
  network: 'VpcLimitExceeded', 'internet-gateway': 'InternetGatewayLimitExceeded', 'route-table': 'RouteTableLimitExceeded', subnet: 'SubnetLimitExceeded',
  'security-group': 'SecurityGroupLimitExceeded', vm: 'InstanceLimitExceeded', disk: 'VolumeLimitExceeded', 'public-ip': 'AddressLimitExceeded',
  'network-interface': 'NetworkInterfaceLimitExceeded', 'nat-gateway': 'NatGatewayLimitExceeded', snapshot: 'SnapshotLimitExceeded', 'placement-group': 'PlacementGroupLimitExceeded',
  'vpn-gateway': 'VpnGatewayLimitExceeded', 'vpn-connection': 'VpnConnectionLimitExceeded',
};
/** What EC2 says of a thing that something else needs; DependencyViolation where it is not here. */
const IN_USE: Partial<Record<Kind, string>> = {
  disk: 'VolumeInUse', 'public-ip': 'InvalidIPAddress.InUse', 'network-interface': 'InvalidNetworkInterface.InUse', snapshot: 'InvalidSnapshot.InUse', 'placement-group': 'InvalidPlacementGroup.InUse',
  'vpn-gateway': 'IncorrectState', 'customer-gateway': 'IncorrectState',
};
const CIDR_BY_KIND: Partial<Record<Kind, string>> = { network: 'InvalidVpc.Range', subnet: 'InvalidSubnet.Range' };

/** Says any refusal of the world as EC2 would. */
export function toEc2Error(error: WorldError, personality: Personality | undefined, method = ''): Ec2Error {
  if (error instanceof Ec2Error) return error;
  const { id, field, quotaId, reason } = error.detail;
  // A trouble that was set by request names no kind; the call does.
  const named = error.detail.kind ?? method.split('.')[0]!, kind = Object.hasOwn(NOT_FOUND, named) ? (named as Ec2Kind) : undefined;
  const say = (providerCode: string, status = 400): Ec2Error => new Ec2Error(providerCode, error.message, status, error.code);
  switch (error.code) {
    case 'UNAUTHENTICATED': return say('AuthFailure', 401);
    case 'FORBIDDEN': return say('UnauthorizedOperation', 403);
    case 'NOT_FOUND': return kind ? (id ? notFound(kind, id) : say(NOT_FOUND[kind]('')[0])) : say('InvalidID');
    case 'ALREADY_EXISTS': return say((kind && DUPLICATE[kind]) ?? 'Resource.AlreadyAssociated');
    case 'QUOTA_EXCEEDED': {
      if (reason === 'no-free-addresses') return say('InsufficientFreeAddressesInSubnet');
      const measure = personality?.quotas.find((quota) => quota.id === quotaId)?.measure;
      return say((measure && LIMIT_BY_MEASURE[measure]) ?? (kind && LIMIT_BY_KIND[kind]) ?? (measure && LIMIT_BY_KIND[measure as Kind]) ?? 'ResourceLimitExceeded');
    }
    case 'PAYMENT_REQUIRED': return say('PendingVerification');
    case 'UNSUPPORTED': return say(field === 'specId' ? 'Unsupported' : 'UnsupportedOperation');
    case 'OUT_OF_CAPACITY': return kind === 'public-ip' ? say('InsufficientAddressCapacity') : say('InsufficientInstanceCapacity', 500);
    case 'CONFLICT': return say(kind === 'vm' ? 'IncorrectInstanceState' : 'IncorrectState');
    case 'IN_USE': return say((kind && IN_USE[kind]) ?? 'DependencyViolation');
    case 'RATE_LIMITED': return say('RequestLimitExceeded', 503);
    case 'TIMEOUT':
    case 'UNAVAILABLE': return say('Unavailable', 503);
    case 'UNKNOWN': return say('InternalError', 500);
    case 'INVALID_REQUEST': break;
  }
  if (reason === 'token-mismatch') return say('IdempotentParameterMismatch');
  if (reason === 'address-in-use') return say('InvalidIPAddress.InUse');
  if (field === 'cidr') return say(reason === 'overlap' && kind === 'subnet' ? 'InvalidSubnet.Conflict' : ((kind && CIDR_BY_KIND[kind]) ?? 'InvalidParameterValue'));
  if (field === 'imageId') return say('InvalidAMIID.NotFound');
  return say('InvalidParameterValue');
}
