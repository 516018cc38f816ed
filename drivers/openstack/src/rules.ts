import type { SecurityRule } from '@mcmp/driver-sdk';

/** One rule as Neutron tells it. */
export interface NeutronRule {
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  protocol: string | null;
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  remote_group_id?: string | null;
  remote_address_group_id?: string | null;
}

const PROTOCOLS: Record<string, SecurityRule['protocol']> = { tcp: 'tcp', udp: 'udp', icmp: 'icmp', icmpv6: 'icmp', 'ipv6-icmp': 'icmp', any: 'all', '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmp', '0': 'all' };
const FIRST = 1;
const LAST = 65_535;
const EVERYWHERE = { IPv4: '0.0.0.0/0', IPv6: '::/0' };
const hasPorts = (protocol: string): boolean => protocol === 'tcp' || protocol === 'udp';

/** What Neutron must hold for a rule of ours. It knows no port 0, and tells the whole range by none. */
export function neutronRuleOf({ direction, protocol, fromPort, toPort, cidr }: SecurityRule): NeutronRule {
  const ethertype = cidr.includes(':') ? 'IPv6' : 'IPv4';
  const named = protocol === 'all' ? null : protocol === 'icmp' && ethertype === 'IPv6' ? 'ipv6-icmp' : protocol;
  const ports = hasPorts(protocol) ? { port_range_min: Math.max(FIRST, fromPort ?? FIRST), port_range_max: toPort ?? fromPort ?? LAST } : { port_range_min: null, port_range_max: null };
  return { direction, ethertype, protocol: named, ...ports, remote_ip_prefix: cidr };
}

/** Rules by addresses. A protocol that we have no word for is told as `all`, so that openness is never understated; rules by group have no form here and are left out. */
export const rulesOf = (rules: NeutronRule[]): SecurityRule[] => rules.flatMap((rule): SecurityRule[] => {
  if (rule.remote_group_id || rule.remote_address_group_id) return [];
  const protocol = rule.protocol === null ? 'all' : (PROTOCOLS[rule.protocol] ?? 'all');
  const cidr = rule.remote_ip_prefix ?? EVERYWHERE[rule.ethertype];
  return [hasPorts(protocol) ? { direction: rule.direction, protocol, fromPort: rule.port_range_min ?? FIRST, toPort: rule.port_range_max ?? LAST, cidr } : { direction: rule.direction, protocol, cidr }];
});

/** No prefix means everywhere, no ports all of them. A rule by group is like no rule of ours. */
function keyOf(rule: NeutronRule): string {
  const protocol = rule.protocol === null ? 'all' : (PROTOCOLS[rule.protocol] ?? rule.protocol);
  const ports = hasPorts(protocol) ? [rule.port_range_min ?? FIRST, rule.port_range_max ?? LAST] : [rule.port_range_min, rule.port_range_max];
  return [rule.direction, rule.ethertype, protocol, ...ports, rule.remote_ip_prefix ?? EVERYWHERE[rule.ethertype], rule.remote_group_id, rule.remote_address_group_id].map((part) => part ?? '').join('|');
}

/** What must be added and what taken away to come from one set to the other; each once. */
export function difference<H extends NeutronRule>(now: H[], wanted: NeutronRule[]): { missing: NeutronRule[]; surplus: H[] } {
  const held = new Set(now.map(keyOf));
  const asked = new Map(wanted.map((rule) => [keyOf(rule), rule]));
  return { missing: [...asked].filter(([key]) => !held.has(key)).map(([, rule]) => rule), surplus: now.filter((rule) => !asked.has(keyOf(rule))) };
}
