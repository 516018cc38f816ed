import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { type LiveEvent, useEvents } from '../../app/live';
import { REGIONS } from '../../app/asked';
import { allPages } from '../../app/pages';
import { useProject } from '../../app/project';
import { ApiError } from '../../app/queries';
import { catalogueSpecs, mciShow, mciVms } from '../../generated/sdk.gen';
import type { Region, Vm } from './types';

/** Changes are drawn together, so that a thousand VMs that change at once are one drawing. */
const DRAW_MS = 250;
/** Of a VM that is new here an event does not tell all (its group): it is asked for once it is quiet, and at the latest after this time. */
const QUIET_MS = 1200;
const LATEST_MS = 6000;

/** An MCI with its groups; asked again as events tell of it. */
export function useMci(name: string) {
  const project = useProject();
  return useQuery({ queryKey: ['mcis', project, 'one', name], queryFn: () => mciShow({ path: { project, mci: name } }), retry: (count, error) => !(error instanceof ApiError && error.problem.status === 404) && count < 3 });
}

/** All VMs of an MCI. Each change of a VM is put in place as its event comes. */
export function useVms(mciId: string | undefined) {
  const project = useProject();
  const client = useQueryClient();
  const key = useMemo(() => ['vm-rows', project, mciId ?? ''], [project, mciId]);
  const query = useQuery({ queryKey: key, queryFn: () => allPages((pageToken) => mciVms({ path: { project, mci: mciId ?? '' }, query: { pageSize: 200, ...(pageToken !== undefined && { pageToken }) } })), enabled: mciId !== undefined, structuralSharing: (before, after) => kept(before as Vm[] | undefined, after as Vm[]) });
  const changes = useRef(new Map<string, LiveEvent>());
  const draw = useRef<ReturnType<typeof setTimeout>>(undefined);
  const ask = useRef<ReturnType<typeof setTimeout>>(undefined);
  const since = useRef(0);
  const gone = useRef(false);

  const askSoon = useCallback(() => {
    if (since.current === 0) since.current = Date.now();
    clearTimeout(ask.current);
    ask.current = setTimeout(() => {
      since.current = 0;
      if (!gone.current) void client.invalidateQueries({ queryKey: key });
    }, Math.max(0, Math.min(QUIET_MS, since.current + LATEST_MS - Date.now())));
  }, [client, key]);
  const take = useCallback((event: LiveEvent) => {
    // Nobody is to be asked for the VMs of what is gone.
    if (event.type === 'mci.deleted' && event.subject.id === mciId) gone.current = true;
    if (event.subject.type !== 'vm' || event.data.mciId !== mciId) return;
    changes.current.set(event.subject.id, event);
    draw.current ??= setTimeout(() => {
      draw.current = undefined;
      const waiting = changes.current;
      changes.current = new Map();
      client.setQueryData<Vm[]>(key, (rows) => rows?.flatMap((vm) => changed(vm, waiting.get(vm.id))));
      const known = new Set(client.getQueryData<Vm[]>(key)?.map(({ id }) => id));
      // An answer that is on its way may be older than this.
      if (client.isFetching({ queryKey: key }) > 0 || [...waiting.values()].some(({ type, subject }) => type === 'vm.changed' && !known.has(subject.id))) askSoon();
    }, DRAW_MS);
  }, [client, key, mciId, askSoon]);
  useEvents(take);
  useEffect(() => {
    gone.current = false;
    return () => {
      clearTimeout(draw.current);
      clearTimeout(ask.current);
      draw.current = undefined;
      since.current = 0;
    };
  }, [key]);
  return query;
}

/** The same rows, of which those that did not change are the very same objects, so that they are not drawn again. */
function kept(before: Vm[] | undefined, after: Vm[]): Vm[] {
  if (!before) return after;
  const old = new Map(before.map((vm) => [vm.id, vm]));
  return after.map((vm) => {
    const was = old.get(vm.id);
    return was && (was === vm || alike(was, vm)) ? was : vm;
  });
}
const alike = (one: Vm, other: Vm): boolean => Object.entries(one).every(([name, value]) => {
  const beside = other[name as keyof Vm];
  return value === beside || (typeof value === 'object' && JSON.stringify(value) === JSON.stringify(beside));
});

function changed(vm: Vm, event: LiveEvent | undefined): Vm[] {
  if (!event) return [vm];
  if (event.type === 'vm.deleted') return [];
  // What is told beside the VM (its MCI) is no part of a row.
  const fields = Object.entries(event.data).filter(([name]) => name in vm);
  return [{ ...vm, ...(Object.fromEntries(fields) as Partial<Vm>) }];
}

/** Regions of all connections, with the connection's name and where on earth they are. */
export function useRegions(): Region[] {
  const { data } = useQuery(REGIONS);
  return data ?? NO_REGIONS;
}
const NO_REGIONS: Region[] = [];

/** How big a spec is; undefined until it is known. */
export function useSpec(connection: string, region: string, id: string) {
  const { data } = useQuery({ queryKey: ['specs', 'one', connection, region, id], queryFn: () => catalogueSpecs({ query: { connection, region, id, pageSize: 1 } }), staleTime: 3_600_000, placeholderData: keepPreviousData });
  return data?.items.find((spec) => spec.id === id);
}
