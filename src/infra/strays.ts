import type { Vm } from '@mcmp/driver-sdk';
import type { CloudSession } from '../connector/index.js';
import { hasCode } from './failures.js';
import type { Rows } from './rows.js';

/** Patience beyond the cloud's own window with a thing that it told of and does not show. */
export const UNSEEN_MS = 30_000;

/** VMs of an MCI in one region, as its cloud shows them. */
export const shownVms = (session: CloudSession, { mciId, region }: { mciId: string; region: string }, signal: AbortSignal): Promise<Vm[]> => session.all('vm.list', { region, tags: { 'mcmp-mci': mciId } }, { signal, priority: 'provisioning' });

/**
 * Asks for the end of those that no row knows: the cloud made them, or showed them, after all patience with their create was over. `shown` is what {@link shownVms} gave; what does not carry the
 * owner tags is not ours, whatever a driver shows. What still needs them says so itself until they are gone.
 */
export async function endStrays(rows: Rows, session: CloudSession, { mciId, region }: { mciId: string; region: string }, shown: readonly Vm[], signal: AbortSignal): Promise<void> {
  const there = shown.filter(({ state, tags }) => state !== 'terminated' && state !== 'terminating' && tags['mcmp-mci'] === mciId && tags['mcmp-batch'] !== undefined);
  if (there.length === 0) return;
  // What is shown was asked for before, so its row is written; one that is being made may not know its id yet, but its batch. What came with a VM that ran and is wanted is left alone until
  // it is not: it may be that VM, which a cloud denied for a moment, or a person's copy of it.
  const known = await rows.manager.query<{ cloudId: string | null; batchId: string | null }[]>(`SELECT cloud_id AS "cloudId", CASE WHEN (state = 'creating' AND cloud_id IS NULL) OR (running_at IS NOT NULL AND desired <> 'absent') THEN batch_id END AS "batchId" FROM infra.vm WHERE mci_id = $1`, [mciId]);
  const ids = new Set(known.map(({ cloudId }) => cloudId));
  const batches = new Set(known.flatMap(({ batchId }) => batchId ?? []));
  const strays = there.filter(({ id, tags }) => !ids.has(id) && !batches.has(tags['mcmp-batch'] as string));
  await Promise.all(strays.map(async ({ id }) => {
    try {
      await session.call('vm.delete', { region, id }, { signal, priority: 'provisioning' });
    } catch (error) {
      if (!hasCode(error, 'NOT_FOUND', 'CONFLICT', 'IN_USE')) throw error;
    }
  }));
}
