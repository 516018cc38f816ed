import { RESOURCE_KINDS } from '@mcmp/driver-sdk';
import type { Engine } from './engine.js';
import type { Holding } from './holding.js';
import type { Step } from './step.js';
import { WorldError } from './types.js';
import type { Kind, Personality, RegionView, Thing } from './types.js';

type CloudQuota = Personality['quotas'][number];

/** What a request adds to what is counted. */
export interface Claim { measure: string; amount: number; specId?: string }

const counts = (quota: CloudQuota, specId: string): boolean => !quota.specPrefixes || quota.specPrefixes.some((prefix) => specId.startsWith(prefix));

/** @throws WorldError QUOTA_EXCEEDED for the first limit that the claims would pass. */
export function checkQuotas(step: Step, claims: Claim[]): void {
  for (const { measure, amount, specId } of claims) {
    for (const quota of step.personality.quotas) {
      if (quota.measure !== measure || (specId !== undefined && !counts(quota, specId))) continue;
      const used = usedOf(step.engine, step.holding, step.region.id, step.regionOf, quota);
      const limit = limitOf(step, quota);
      if (used + amount <= limit) continue;
      step.engine.faults.take(['quota'], step.call, (effect) => effect.quotaId === quota.id);
      throw new WorldError('QUOTA_EXCEEDED', `${quota.name}: ${used} of ${limit} are in use in ${step.region.id}, ${amount} more were asked for`, { quotaId: quota.id, reason: 'quota' });
    }
  }
}

/** Every limit with what is used of it. */
export const quotasOf = (step: Step): ReturnType<RegionView['quotas']> =>
  step.personality.quotas.map(({ id, name, measure, specPrefixes, ...quota }) => ({
    id, name, measure, limit: limitOf(step, { id, name, measure, ...quota }),
    used: usedOf(step.engine, step.holding, step.region.id, step.regionOf, { id, name, measure, ...(specPrefixes && { specPrefixes }), ...quota }), ...(specPrefixes && { specPrefixes }),
  }));

function limitOf(step: Step, quota: CloudQuota): number {
  const place = { cloud: step.call.cloud, account: step.call.account, region: step.region.id };
  return step.engine.faults.stands('quota', place, (effect) => effect.quotaId === quota.id)?.limit ?? quota.limit;
}

function usedOf(engine: Engine, holding: Holding, region: string, regionOf: (kind: Kind) => string, quota: CloudQuota): number {
  let used = 0;
  if (quota.measure === 'vcpu') {
    const specs = engine.specs(holding.cloud, region);
    for (const vm of holding.of('vm', region)) if (vm.state !== 'terminated' && counts(quota, vm.attributes.specId)) used += specs.get(vm.attributes.specId)?.vcpu ?? 0;
    return used;
  }
  if (quota.measure === 'node') {
    for (const nodes of holding.of('node-group', region)) used += nodes.attributes.size;
    return used;
  }
  if (quota.measure === 'disk-gib') {
    for (const disk of holding.of('disk', region)) used += disk.attributes.sizeGiB;
    return used;
  }
  const kind = RESOURCE_KINDS.find((each) => each === quota.measure);
  if (kind) for (const thing of holding.of(kind, regionOf(kind)) as Iterable<Thing>) if (thing.state !== 'terminated') used += 1;
  return used;
}
