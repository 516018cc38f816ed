import type { IpPermission } from '@aws-sdk/client-ec2';
import type { SecurityRule } from '@mcmp/driver-sdk';

const NUMBERS: Record<string, SecurityRule['protocol']> = { '-1': 'all', '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmp', tcp: 'tcp', udp: 'udp', icmp: 'icmp', icmpv6: 'icmp', all: 'all' };

/** A permission with exactly one source or destination, so that two sets can be compared. */
export type SinglePermission = IpPermission;

/** Takes permissions of many ranges, groups and lists apart, without descriptions. */
export const single = (permissions: IpPermission[] | undefined): SinglePermission[] =>
  (permissions ?? []).flatMap(({ IpProtocol, FromPort, ToPort, IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [], PrefixListIds = [] }) => {
    const base = IpProtocol === '-1' ? { IpProtocol } : { IpProtocol, FromPort, ToPort };
    return [
      ...IpRanges.map(({ CidrIp }) => ({ ...base, IpRanges: [{ CidrIp }] })),
      ...Ipv6Ranges.map(({ CidrIpv6 }) => ({ ...base, Ipv6Ranges: [{ CidrIpv6 }] })),
      ...UserIdGroupPairs.map(({ GroupId, UserId }) => ({ ...base, UserIdGroupPairs: [{ GroupId, UserId }] })),
      ...PrefixListIds.map(({ PrefixListId }) => ({ ...base, PrefixListIds: [{ PrefixListId }] })),
    ];
  });

/** What AWS must hold for a rule of ours; icmp means all its types. */
export function permissionOf({ protocol, fromPort, toPort, cidr }: SecurityRule): SinglePermission {
  const range = cidr.includes(':') ? { Ipv6Ranges: [{ CidrIpv6: cidr }] } : { IpRanges: [{ CidrIp: cidr }] };
  if (protocol === 'all') return { IpProtocol: '-1', ...range };
  if (protocol === 'icmp') return { IpProtocol: cidr.includes(':') ? 'icmpv6' : 'icmp', FromPort: -1, ToPort: -1, ...range };
  return { IpProtocol: protocol, FromPort: fromPort ?? 0, ToPort: toPort ?? fromPort ?? 65_535, ...range };
}

/** Rules by addresses. A protocol that we have no word for is told as `all`, so that openness is never understated; rules by group or prefix list have no form here and are left out. */
export const rulesOf = (direction: SecurityRule['direction'], permissions: IpPermission[] | undefined): SecurityRule[] =>
  single(permissions).flatMap(({ IpProtocol = '-1', FromPort, ToPort, IpRanges, Ipv6Ranges }) => {
    const cidr = IpRanges?.[0]?.CidrIp ?? Ipv6Ranges?.[0]?.CidrIpv6;
    if (cidr === undefined) return [];
    const protocol = NUMBERS[IpProtocol] ?? 'all';
    return [protocol === 'tcp' || protocol === 'udp' ? { direction, protocol, fromPort: FromPort ?? 0, toPort: ToPort ?? 65_535, cidr } : { direction, protocol, cidr }];
  });

/** What must be added and what taken away to come from one set to the other; each once. */
export function difference(now: SinglePermission[], wanted: SinglePermission[]): { missing: SinglePermission[]; surplus: SinglePermission[] } {
  const held = new Map(now.map((permission) => [keyOf(permission), permission]));
  const asked = new Map(wanted.map((permission) => [keyOf(permission), permission]));
  return { missing: [...asked].filter(([key]) => !held.has(key)).map(([, permission]) => permission), surplus: [...held].filter(([key]) => !asked.has(key)).map(([, permission]) => permission) };
}

const keyOf = ({ IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, UserIdGroupPairs, PrefixListIds }: SinglePermission): string =>
  [IpProtocol, FromPort, ToPort, IpRanges?.[0]?.CidrIp, Ipv6Ranges?.[0]?.CidrIpv6, UserIdGroupPairs?.[0]?.GroupId, PrefixListIds?.[0]?.PrefixListId].join('|');

/** AWS lets every new group send everything. */
export const DEFAULT_EGRESS: SinglePermission[] = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
