import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { SecurityRule } from '@mcmp/driver-sdk';
import { canonicalCidr } from './cidr.js';
import { invalidValue, missing, notPlayed } from './errors.js';
import { ruleId } from './ids.js';

/** A rule with the words that EC2 lets a person put beside it. */
export type Ec2Rule = SecurityRule & { description?: string };
type Direction = SecurityRule['direction'];

const PROTOCOLS: Record<string, SecurityRule['protocol']> = { tcp: 'tcp', 6: 'tcp', udp: 'udp', 17: 'udp', icmp: 'icmp', 1: 'icmp', '-1': 'all', all: 'all' };
const anyPorts = (protocol: SecurityRule['protocol']): boolean => protocol === 'icmp' || protocol === 'all';

/** Everything that makes a rule the same rule. */
export const ruleKey = ({ direction, protocol, fromPort, toPort, cidr }: SecurityRule): string => `${direction} ${protocol} ${fromPort ?? '*'}-${toPort ?? '*'} ${cidr}`;

/** EC2's permissions as single rules. @throws Ec2Error InvalidParameterValue, InvalidPermission.Malformed, UnsupportedOperation (sources that the world's rules cannot say). */
export function toRules(direction: Direction, permissions: IpPermission[]): Ec2Rule[] {
  return permissions.flatMap((permission) => {
    const { IpProtocol: name, FromPort: fromPort, ToPort: toPort, IpRanges: ranges = [], Ipv6Ranges: ranges6 = [], UserIdGroupPairs: groups = [], PrefixListIds: lists = [] } = permission;
    if (!name) throw missing('ipPermissions.ipProtocol');
    const protocol = PROTOCOLS[name.toLowerCase()];
    if (!protocol) throw notPlayed(`The cloud in a box plays rules for tcp, udp, icmp and all traffic, not for protocol ${name}`);
    if (groups.length || lists.length) throw notPlayed('The cloud in a box plays rules whose source is an address range, not a security group or a prefix list');
    const ports = portsOf(protocol, fromPort, toPort);
    const sources = [...ranges.map(({ CidrIp: cidr, Description: words }) => ({ cidr, words })), ...ranges6.map(({ CidrIpv6: cidr, Description: words }) => ({ cidr, words }))];
    if (!sources.length) throw missing('ipPermissions.ipRanges');
    return sources.map(({ cidr, words }) => ({ direction, protocol, ...ports, cidr: checkCidr(cidr), ...(words ? { description: words } : {}) }));
  });
}

function portsOf(protocol: SecurityRule['protocol'], from: number | undefined, to: number | undefined): { fromPort?: number; toPort?: number } {
  if (protocol === 'all') return {};
  if (protocol === 'icmp') {
    if ((from ?? -1) !== -1 || (to ?? -1) !== -1) throw notPlayed('The cloud in a box plays icmp rules for all types and codes only');
    return {};
  }
  if (from === undefined || to === undefined) throw invalidValue(`Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`);
  if (from < 0 || to > 65_535 || from > to) throw invalidValue(`Invalid value '${from}-${to}' for portRange. Must be between 0 and 65535, the first not above the last.`);
  return { fromPort: from, toPort: to };
}

function checkCidr(given: string | undefined): string {
  const cidr = canonicalCidr(given ?? '')?.cidr ?? (/^[0-9a-f:]*::?[0-9a-f:]*\/(\d|[1-9]\d|1[01]\d|12[0-8])$/i.test(given ?? '') ? given : undefined);
  if (!cidr) throw invalidValue(`CIDR block ${given ?? ''} is malformed`);
  return cidr;
}

/** Rules as EC2 lists them on a group: one entry per protocol and ports, its ranges together. */
export function toPermissions(rules: Ec2Rule[], direction: Direction): IpPermission[] {
  const entries = new Map<string, IpPermission>();
  for (const rule of rules.filter((each) => each.direction === direction)) {
    const key = `${rule.protocol} ${rule.fromPort ?? ''} ${rule.toPort ?? ''}`;
    let entry = entries.get(key);
    if (!entry) entries.set(key, (entry = { IpProtocol: rule.protocol === 'all' ? '-1' : rule.protocol, ...shownPorts(rule), IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] }));
    const words = rule.description ? { Description: rule.description } : {};
    if (rule.cidr.includes(':')) entry.Ipv6Ranges!.push({ CidrIpv6: rule.cidr, ...words });
    else entry.IpRanges!.push({ CidrIp: rule.cidr, ...words });
  }
  return [...entries.values()];
}

const shownPorts = (rule: SecurityRule): { FromPort?: number; ToPort?: number } =>
  rule.protocol === 'icmp' ? { FromPort: -1, ToPort: -1 } : anyPorts(rule.protocol) ? {} : { FromPort: rule.fromPort!, ToPort: rule.toPort! };

/** One rule by itself, with an id of its own. */
export const showRule = (groupId: string, account: string, rule: Ec2Rule): SecurityGroupRule => ({
  SecurityGroupRuleId: ruleId(groupId, ruleKey(rule)), GroupId: groupId, GroupOwnerId: account, IsEgress: rule.direction === 'egress', IpProtocol: rule.protocol === 'all' ? '-1' : rule.protocol,
  ...(rule.protocol === 'all' ? { FromPort: -1, ToPort: -1 } : shownPorts(rule)), ...(rule.cidr.includes(':') ? { CidrIpv6: rule.cidr } : { CidrIpv4: rule.cidr }),
  ...(rule.description ? { Description: rule.description } : {}), Tags: [],
});
