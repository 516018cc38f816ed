import type { EntityManager } from 'typeorm';

/** VMs of an MCI by state. */
export type StateCounts = Record<string, number>;

/** Counts VMs by state for each of these MCIs. */
export async function countStates(manager: EntityManager, mciIds: readonly string[]): Promise<Map<string, StateCounts>> {
  const rows = await manager.query<{ mci_id: string; state: string; count: number }[]>('SELECT mci_id, state, count(*)::int AS count FROM infra.vm WHERE mci_id = ANY($1::uuid[]) GROUP BY mci_id, state ORDER BY state', [mciIds]);
  const counts = new Map<string, StateCounts>();
  for (const { mci_id, state, count } of rows) counts.set(mci_id, { ...counts.get(mci_id), [state]: count });
  return counts;
}

/**
 * One word for all VMs: `deleting`; the one state that all have; `creating`, `changing` while some are on their way; `partly-running` where some run and others
 * failed or are suspended; `empty`.
 */
export function statusOf(counts: StateCounts, desired: 'present' | 'absent'): string {
  if (desired === 'absent') return 'deleting';
  const states = Object.keys(counts);
  if (states.length === 0) return 'empty';
  if (states.length === 1 && states[0] !== 'planned') return states[0] as string;
  if (counts.planned || counts.creating) return 'creating';
  if (['suspending', 'resuming', 'rebooting', 'terminating'].some((state) => counts[state])) return 'changing';
  return counts.running ? 'partly-running' : 'mixed';
}
