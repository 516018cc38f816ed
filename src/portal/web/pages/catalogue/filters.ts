import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { allPages } from '../../app/pages';
import { catalogueRegions } from '../../generated/sdk.gen';

/** What is searched for stands in the address, so that a search can be handed on; it is asked once typing rests. */
export function useFilters() {
  const [params, setParams] = useSearchParams();
  const set = useCallback((key: string, value: string | number | null | undefined) => setParams((before) => {
    if (value === null || value === undefined || value === '') before.delete(key);
    else before.set(key, String(value));
    return before;
  }, { replace: true }), [setParams]);
  const text = params.toString();
  const [settled] = useDebouncedValue(text, 300);
  const asked = useMemo(() => new URLSearchParams(settled), [settled]);
  return { params, set, asked };
}

/** Clouds and regions of all connections, to choose from. */
export function usePlaces() {
  const { data } = useQuery({ queryKey: ['regions'], queryFn: () => allPages((pageToken) => catalogueRegions({ query: { pageSize: 200, ...(pageToken !== undefined && { pageToken }) } })), staleTime: 60_000 });
  return useMemo(() => ({
    none: data?.length === 0,
    clouds: [...new Set(data?.map(({ cloud }) => cloud))].sort(),
    regions: (cloud: string | null) => {
      const names = new Map(data?.filter((region) => cloud === null || region.cloud === cloud).map(({ id, name }) => [id, name]));
      return [...names].map(([value, name]) => ({ value, label: name === value ? value : `${value} · ${name}` })).sort((one, other) => one.value.localeCompare(other.value));
    },
  }), [data]);
}

/** What of an address goes to the API as it is; empty parts are left out. */
export const only = (asked: URLSearchParams, keys: readonly string[]): Record<string, string> => Object.fromEntries(keys.flatMap((key) => { const value = asked.get(key); return value ? [[key, value]] : []; }));
