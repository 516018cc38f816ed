import { useMemo } from 'react';
import { useOutcome } from '../../patterns/kind-words';
import { type Happened, Timeline } from '../../patterns/timeline';
import type { Gap, Snapshot } from './follow';
import { type Operation, hasEnded } from './types';
import { useOperationWords } from './words';

type Say = ReturnType<typeof useOperationWords>;

/** What happened between two looks, as entries; reports of progress that follow each other become one. */
function happenedOf(snapshots: readonly Snapshot[], t: Say, outcomeOf: ReturnType<typeof useOutcome>): Happened[] {
  const items: Happened[] = [];
  const told = new Map<string, Happened>();
  let progress: { item: Happened; reports: number; message: string | null } | undefined;
  let before: Operation | undefined;
  for (const { id, at, operation } of snapshots) {
    const { state, message, errors } = operation;
    const add = (key: string, item: Omit<Happened, 'id' | 'at'>): void => { items.push({ id: `${id}-${key}`, at, ...item }); progress = undefined; };
    if (!before) add('asked', { title: t('at.asked') });
    if (state === 'running' && before?.state !== 'running') add('began', { title: t('at.began'), tone: 'busy' });
    for (const { code, count, message: why } of errors) {
      const known = told.get(code);
      const title = t('at.error', { code, count });
      if (known) Object.assign(known, { title, note: why });
      else {
        const item: Happened = { id: `${id}-${code}`, at, title, note: why, tone: 'bad' };
        items.push(item);
        told.set(code, item);
        progress = undefined;
      }
    }
    if (state === 'cancelling' && before?.state !== 'cancelling') add('cancelling', { title: t('at.cancelling'), tone: 'warn' });
    if (before && !hasEnded(operation) && (operation.progress.done !== before.progress.done || message !== before.message)) {
      const title = t('at.progress', operation.progress);
      if (progress) {
        progress.reports += 1;
        Object.assign(progress.item, { title, at, note: message ?? t('at.steps', { count: progress.reports }) });
      } else {
        const item: Happened = { id: `${id}-progress`, at, title, ...(message && { note: message }), tone: 'busy' };
        items.push(item);
        progress = { item, reports: 1, message };
      }
    }
    const outcome = outcomeOf(operation);
    if (hasEnded(operation)) add('end', { title: t(`at.${state as 'failed'}`), ...(outcome && { note: outcome }), tone: state === 'succeeded' ? 'good' : state === 'failed' ? 'bad' : 'plain' });
    before = operation;
  }
  return items;
}

/** The little that the operation itself tells when its history is no longer kept. */
function shortHistory(operation: Operation): Snapshot[] {
  const asked: Operation = { ...operation, state: 'queued', errors: [], message: null, progress: { ...operation.progress, done: 0, failed: 0 } };
  return [{ id: 'asked', at: operation.createdAt, operation: asked }, ...(operation.state === 'queued' ? [] : [{ id: 'now', at: operation.finishedAt ?? operation.updatedAt, operation }])];
}

/** The operation as a timeline, with the times at which this page heard nothing. */
export function History({ operation, snapshots, gaps, more = [] }: { operation: Operation; snapshots: readonly Snapshot[]; gaps: readonly Gap[]; more?: readonly Happened[] }) {
  const t = useOperationWords();
  const outcomeOf = useOutcome();
  const items = useMemo(() => {
    const all = [
      ...happenedOf(snapshots.length > 0 ? snapshots : shortHistory(operation), t, outcomeOf), ...more,
      ...gaps.flatMap(({ from, to }): Happened[] => [{ id: `lost-${from}`, at: from, title: t('at.lost'), note: t('at.lostNote'), tone: 'warn' }, ...(to ? [{ id: `back-${to}`, at: to, title: t('at.back'), tone: 'good' as const }] : [])]),
    ].sort((one, other) => one.at.localeCompare(other.at));
    return all.map((item, index) => ({ ...item, ...(index > 0 && { seconds: (Date.parse(item.at) - Date.parse((all[index - 1] as Happened).at)) / 1000 }) }));
  }, [operation, snapshots, gaps, more, t, outcomeOf]);
  return <Timeline items={items} label={t('timeline')} />;
}
