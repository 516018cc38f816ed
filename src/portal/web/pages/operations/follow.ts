import { useQuery } from '@tanstack/react-query';
import { useEffect, useReducer } from 'react';
import { operationsGet } from '../../generated/sdk.gen';
import { type Operation, hasEnded } from './types';

/** An operation as it was at one time. */
export interface Snapshot { id: string; at: string; operation: Operation }
/** A while during which no news came. */
export interface Gap { from: string; to: string | null }

interface State { snapshots: Snapshot[]; gaps: Gap[] }
type Action = { type: 'news'; snapshot: Snapshot } | { type: 'lost' | 'found'; at: string } | { type: 'other' };

function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'other': return { snapshots: [], gaps: [] };
    // Read again from its beginning, a stream tells what is known already.
    case 'news': return state.snapshots.some(({ id }) => id === action.snapshot.id) ? state : { ...state, snapshots: [...state.snapshots, action.snapshot] };
    case 'lost': return state.gaps.at(-1)?.to === null ? state : { ...state, gaps: [...state.gaps, { from: action.at, to: null }] };
    case 'found': return { ...state, gaps: state.gaps.map((gap) => (gap.to === null ? { ...gap, to: action.at } : gap)) };
  }
}

const AGAIN_MS = 2000;

/**
 * Follows an operation by its own stream, which begins with its history and ends with it. The browser reads on after the last event (`Last-Event-ID`) when the server is back.
 * The operation itself is asked too, since history is kept for some days only.
 */
export function useOperation(id: string): { operation: Operation | undefined; error: Error | null; refetch(): void; snapshots: readonly Snapshot[]; gaps: readonly Gap[]; staleSince: string | undefined } {
  const query = useQuery({ queryKey: ['operations', id], queryFn: () => operationsGet({ path: { operation: id } }) });
  const [{ snapshots, gaps }, tell] = useReducer(reduce, { snapshots: [], gaps: [] });
  const there = query.data !== undefined;
  const { refetch } = query;
  useEffect(() => {
    if (!there) return;
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const open = (): void => {
      source = new EventSource(`/v1/operations/${id}/events`);
      source.onopen = () => tell({ type: 'found', at: new Date().toISOString() });
      source.onerror = () => {
        if (over) return;
        tell({ type: 'lost', at: new Date().toISOString() });
        if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
      };
      source.addEventListener('operation.changed', (message: MessageEvent<string>) => {
        const event = JSON.parse(message.data) as { id: string; at: string; data: Operation };
        tell({ type: 'news', snapshot: { id: event.id, at: event.at, operation: event.data } });
        if (!hasEnded(event.data)) return;
        over = true;
        source?.close();
        void refetch();
      });
    };
    open();
    return () => {
      over = true;
      clearTimeout(again);
      source?.close();
      tell({ type: 'other' });
    };
  }, [id, there, refetch]);
  const last = snapshots.at(-1)?.operation;
  const operation = last && query.data ? (last.updatedAt >= query.data.updatedAt ? last : query.data) : query.data;
  const open = gaps.at(-1);
  return { operation, error: query.error, refetch: () => void refetch(), snapshots, gaps, staleSince: open?.to === null && operation && !hasEnded(operation) ? open.from : undefined };
}
