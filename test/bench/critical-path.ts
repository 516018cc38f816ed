import type { CallRecord } from '../../drivers/simulator/world/types.js';

/**
 * The least time in which a cloud could have done what its log holds, in real milliseconds: per cloud and region the network's calls one after another,
 * then subnet or security group (the longer), then the slowest VM with its boot; of all regions the longest. Reads are not counted: they are the platform's own choice.
 */
export function criticalPathMs(calls: readonly CallRecord[]): number {
  const done = calls.filter((call) => call.outcome === 'ok' && !/\.(get|list|listZones|verify)$/.test(call.method));
  const regions = new Map<string, CallRecord[]>();
  for (const call of done) {
    const key = `${call.cloud}/${call.region}`;
    regions.set(key, [...(regions.get(key) ?? []), call]);
  }
  return Math.max(0, ...[...regions.values()].map((here) => {
    const chain = (kind: string): number => {
      const mine = here.filter((call) => call.method.startsWith(`${kind}.`));
      return mine.reduce((sum, call) => sum + call.latencyMs, 0) + Math.max(0, ...mine.map((call) => call.settleMs ?? 0));
    };
    const vms = here.filter((call) => call.method === 'vm.create').map((call) => call.latencyMs + (call.settleMs ?? 0));
    return chain('network') + Math.max(chain('subnet'), chain('security-group')) + Math.max(0, ...vms);
  }));
}
