import { Group, Text, Tooltip } from '@mantine/core';
import { useEffect, useSyncExternalStore } from 'react';
import { useFormat } from '../i18n/format';
import { useT } from '../i18n/words';
import { queries } from './queries';
import { lookAfterSession } from './renew';

/** An event of `GET /v1/events`. */
export interface LiveEvent { id: string; type: string; at: string; projectId: string | null; subject: { type: string; id: string; name?: string }; data: Record<string, unknown> }

const TYPES = ['vm.changed', 'vm.deleted', 'mci.changed', 'mci.deleted', 'operation.changed', 'connection.changed', 'connection.deleted', 'driver.changed'];
/** Which answers become old by an event of this noun; the first part of their keys. */
const TOUCHED: Record<string, string[]> = { vm: ['summary', 'mcis', 'vms'], mci: ['summary', 'mcis', 'vms'], operation: ['operations'], connection: ['connections', 'regions', 'health'], driver: ['drivers', 'health'] };
/** Answers are asked again at most this often, however many events come. */
const PACE_MS = 1000;
/** A page that is hidden for longer than this has no stream. */
const UNSEEN_MS = 5000;

type Status = { state: 'connecting' | 'live' | 'stale'; since: string };
let status: Status = { state: 'connecting', since: new Date().toISOString() };
const watchers = new Set<() => void>();
const readers = new Set<(event: LiveEvent) => void>();

function become(state: Status['state']): void {
  if (status.state === state) return;
  status = { state, since: new Date().toISOString() };
  for (const watcher of watchers) watcher();
}

const waiting = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Has the answers of these keys asked again, soon and together. */
function touch(keys: readonly string[]): void {
  for (const key of keys) waiting.add(key);
  timer ??= setTimeout(() => {
    timer = undefined;
    for (const key of [...waiting]) {
      // One that is being asked is not begun anew, or a busy server would never get to its end; it is asked again after it.
      if (queries.isFetching({ queryKey: [key] }) > 0) continue;
      waiting.delete(key);
      void queries.invalidateQueries({ queryKey: [key] });
    }
    if (waiting.size > 0) touch([]);
  }, PACE_MS);
}

function take(message: MessageEvent<string>): void {
  const event = JSON.parse(message.data) as LiveEvent;
  touch(TOUCHED[event.type.split('.')[0] as string] ?? []);
  // Regions come with the reading of a connection's catalogue, and no other event tells them.
  if (event.type === 'operation.changed' && event.subject.name === 'connection.sync') touch(['connections', 'regions']);
  for (const reader of readers) reader(event);
}

/**
 * Follows the events of everything that the person may see, while mounted; the browser comes back by itself with `Last-Event-ID`. A page that nobody sees lets go of its stream: over HTTP/1.1 a browser
 * keeps six connections to a server for all of its tabs together, and the seventh tab would wait for ever.
 */
export function useLiveEvents(): void {
  useEffect(() => {
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const close = (): void => {
      clearTimeout(again);
      source?.close();
      source = undefined;
    };
    const open = (): void => {
      close();
      source = new EventSource('/v1/events');
      source.onopen = () => {
        // What happened before the first event of this stream is not told by it.
        if (status.state === 'stale') void queries.invalidateQueries();
        become('live');
      };
      source.onerror = () => {
        become('stale');
        // Closed for good by an answer that is no stream, e.g. of a proxy while the server starts, or because the session is over.
        if (source?.readyState !== EventSource.CLOSED) return;
        again = setTimeout(open, 3000);
        void lookAfterSession();
      };
      for (const type of TYPES) source.addEventListener(type, take);
    };
    const look = (): void => {
      clearTimeout(rest);
      if (document.visibilityState === 'visible') {
        if (!source) open();
      } else {
        rest = setTimeout(() => {
          close();
          become('stale');
        }, UNSEEN_MS);
      }
    };
    if (document.visibilityState === 'visible') open();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      clearTimeout(rest);
      close();
      become('connecting');
    };
  }, []);
}

/** Hands every live event to `reader` while mounted. */
export function useEvents(reader: (event: LiveEvent) => void): void {
  useEffect(() => {
    readers.add(reader);
    return () => void readers.delete(reader);
  }, [reader]);
}

/** Whether what is shown is live, and since when not. */
export function LiveMark() {
  const t = useT();
  const format = useFormat();
  const { state, since } = useSyncExternalStore((watcher) => { watchers.add(watcher); return () => watchers.delete(watcher); }, () => status);
  const text = state === 'live' ? t('live.live') : state === 'connecting' ? t('live.connecting') : t('live.stale', { time: format.time(since) });
  const color = state === 'live' ? 'var(--mantine-color-teal-6)' : state === 'connecting' ? 'var(--mantine-color-gray-5)' : 'var(--mantine-color-orange-6)';
  return (
    <Tooltip label={text}>
      <Group gap={6} wrap="nowrap" role="status" data-live={state}>
        <span aria-hidden style={{ width: 9, height: 9, borderRadius: 9, background: color, display: 'inline-block' }} />
        <Text size="xs" visibleFrom="md">{text}</Text>
      </Group>
    </Tooltip>
  );
}
