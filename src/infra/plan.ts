import type { z } from 'zod';
import type { Quota } from '@mcmp/driver-sdk';
import type { Plan as PlanSchema } from './http/mci.dto.js';
import type { ResolvedGroup, ResolvedMci } from './resolve.js';

/** What a request would do, before anything is made. */
export type Plan = z.infer<typeof PlanSchema>;
type Finding = Plan['findings'][number];

/** Facts that a plan is made of; gathering them is the caller's, so that the plan itself is a pure function. */
export interface PlanFacts {
  /** Live networks and subnets of the project. */
  existing: { kind: string; connectionId: string; region: string; zone: string; name: string; cidr: string | null }[];
  /** Quotas by `connection id/region`; a text says why they are not known. */
  quotas: Map<string, Quota[] | string>;
  /** Whether subnets lie in zones and networks span all regions, by connection id. */
  traits: Map<string, { subnetScope: 'zone' | 'region'; networkScope: 'region' | 'global' }>;
  /** Zone that VMs of a group get which names none, by the group's name; only where subnets lie in zones. */
  zones: Map<string, string>;
  /** Seconds from request to running by cloud, from what was made before. */
  history: Map<string, number>;
}

const HOURS_PER_MONTH = 730;
const DEFAULT_SECONDS = 90;
const OLD_PRICE_DAYS = 180;

const placeOf = (group: ResolvedGroup): string => `${group.connection.id}/${group.spec.region}`;

/** Resources in dependency order, price, findings and time of a resolved request. */
export function makePlan(mci: ResolvedMci, facts: PlanFacts, now = new Date()): Plan {
  const seconds = mci.groups.map((group) => facts.history.get(group.connection.cloud));
  return {
    vms: mci.groups.reduce((sum, group) => sum + group.input.size, 0),
    resources: resources(mci, facts),
    price: prices(mci.groups),
    unpricedVms: mci.groups.filter((group) => !group.spec.price).reduce((sum, group) => sum + group.input.size, 0),
    findings: [...quotaFindings(mci.groups, facts), ...priceFindings(mci.groups, now)].sort((a, b) => RANK[a.severity] - RANK[b.severity]),
    estimatedSeconds: Math.ceil(Math.max(...seconds.map((value) => value ?? DEFAULT_SECONDS))),
    estimateBasis: seconds.every((value) => value !== undefined) ? 'history' : 'default',
  };
}

const RANK = { error: 0, warning: 1, info: 2 };

function resources(mci: ResolvedMci, facts: PlanFacts): Plan['resources'] {
  const found = new Map<string, Plan['resources'][number]>();
  const add = (key: string, step: number, kind: string, group: ResolvedGroup, more: { name: string; zone?: string; exists?: boolean; cidr?: string; count?: number }): void => {
    if (found.has(key)) return;
    const { connection, spec } = group;
    found.set(key, { step, kind, count: more.count ?? 1, connection: connection.name, cloud: connection.cloud, region: spec.region, ...(more.zone && { zone: more.zone }), name: more.name, exists: more.exists ?? false, ...(more.cidr && { cidr: more.cidr }) });
  };
  for (const group of mci.groups) {
    const place = placeOf(group);
    const traits = facts.traits.get(group.connection.id) ?? { subnetScope: 'region', networkScope: 'region' };
    const networkRegion = traits.networkScope === 'global' ? '*' : group.spec.region;
    const there = (kind: string, zone: string, region: string) => facts.existing.find((row) => row.kind === kind && row.connectionId === group.connection.id && row.region === region && row.zone === zone);
    const network = there('network', '', networkRegion);
    const zone = traits.subnetScope === 'zone' ? group.zone || (facts.zones.get(group.input.name) ?? '') : '';
    const subnet = there('subnet', zone, group.spec.region);
    const cidr = network?.cidr ?? mci.cidrs.get(place);
    add(`network ${group.connection.id}/${networkRegion}`, 1, 'network', group, { name: network?.name ?? 'network of the project', exists: network !== undefined, ...(cidr && { cidr }) });
    add(`key-pair ${place}`, 1, 'key-pair', group, { name: 'key pair of the MCI' });
    add(`subnet ${place}/${zone}`, 2, 'subnet', group, { name: subnet?.name ?? 'subnet of the project', zone, exists: subnet !== undefined, ...(subnet?.cidr && { cidr: subnet.cidr }) });
    add(`security-group ${place}`, 2, 'security-group', group, { name: 'security group of the MCI' });
    add(`vm ${group.input.name}`, 3, 'vm', group, { name: group.input.name, zone: group.zone, count: group.input.size });
  }
  return [...found.values()].sort((a, b) => a.step - b.step);
}

function prices(groups: readonly ResolvedGroup[]): Plan['price'] {
  const sums = new Map<string, Plan['price'][number]>();
  for (const { spec: { price }, input } of groups) {
    if (!price) continue;
    const sum = sums.get(price.currency) ?? { currency: price.currency, perHour: 0, perMonth: 0, asOf: price.asOf, sources: [], simulated: false };
    sum.perHour += price.perHour * input.size;
    if (price.asOf < sum.asOf) sum.asOf = price.asOf;
    if (!sum.sources.includes(price.source)) sum.sources.push(price.source);
    sum.simulated ||= price.simulated;
    sums.set(price.currency, sum);
  }
  return [...sums.values()].map((sum) => ({ ...sum, perHour: round(sum.perHour), perMonth: round(sum.perHour * HOURS_PER_MONTH) }));
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;

function quotaFindings(groups: readonly ResolvedGroup[], facts: PlanFacts): Finding[] {
  const findings: Finding[] = [];
  const places = new Map<string, ResolvedGroup[]>();
  for (const group of groups) places.set(placeOf(group), [...(places.get(placeOf(group)) ?? []), group]);
  for (const [place, here] of places) {
    const [first] = here as [ResolvedGroup];
    const where = `${first.connection.name} ${first.spec.region}`;
    const quotas = facts.quotas.get(place);
    if (quotas === undefined || typeof quotas === 'string') {
      findings.push({ severity: 'info', code: 'QUOTA_UNKNOWN', message: `The quotas of ${where} are not known${quotas ? `: ${quotas}` : ''}.`, values: { place: where, why: quotas ?? '' } });
      continue;
    }
    for (const quota of quotas) {
      const counted = here.filter((group) => !quota.specPrefixes || quota.specPrefixes.some((prefix) => group.spec.id.startsWith(prefix)));
      const needed = quota.measure === 'vcpu' ? sum(counted, (group) => group.spec.vcpu * group.input.size) : quota.measure === 'vm' ? sum(counted, (group) => group.input.size) : 0;
      const left = quota.limit - (quota.used ?? 0);
      if (needed === 0) continue;
      const values = { place: where, quota: quota.name, id: quota.id, needed, left, limit: quota.limit, excess: Math.max(0, needed - left) };
      const figures = `${needed} needed, ${left} left of ${quota.limit}${quota.source === 'default' ? ' (the published default)' : ''}`;
      if (needed > left) findings.push({ severity: quota.source === 'account' ? 'error' : 'warning', code: 'QUOTA_EXCEEDED', ...(counted.length === 1 && counted[0] && { group: counted[0].input.name }), message: `Quota "${quota.name}" (${quota.id}) of ${where}: ${figures}.`, help: `Ask the cloud for ${needed - left} more, or plan ${needed - left} fewer there.`, values });
      else if (needed > left * 0.8) findings.push({ severity: 'warning', code: 'QUOTA_NEAR', message: `Quota "${quota.name}" (${quota.id}) of ${where} will be nearly used: ${figures}.`, values });
    }
  }
  return findings;
}

const sum = (groups: readonly ResolvedGroup[], of: (group: ResolvedGroup) => number): number => groups.reduce((total, group) => total + of(group), 0);

function priceFindings(groups: readonly ResolvedGroup[], now: Date): Finding[] {
  return groups.flatMap((group): Finding[] => {
    const { price } = group.spec;
    const at = { spec: group.spec.id, region: group.spec.region };
    if (!price) return [{ severity: 'warning', code: 'PRICE_UNKNOWN', group: group.input.name, message: `No price is known for ${group.spec.id} in ${group.spec.region}; the sum leaves its VMs out.`, values: at }];
    const days = (now.getTime() - Date.parse(price.asOf)) / 86_400_000;
    if (price.simulated) return [{ severity: 'info', code: 'PRICE_SIMULATED', group: group.input.name, message: `Nobody published a price for ${group.spec.id} in ${group.spec.region}; a simulated one is shown.`, values: at }];
    return days > OLD_PRICE_DAYS ? [{ severity: 'info', code: 'PRICE_OLD', group: group.input.name, message: `The price of ${group.spec.id} in ${group.spec.region} is ${Math.floor(days)} days old (${price.source}).`, values: { ...at, days: Math.floor(days), source: price.source } }] : [];
  });
}
