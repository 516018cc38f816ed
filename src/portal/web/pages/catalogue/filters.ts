import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { REGIONS } from '../../app/asked';

/** What is searched for; it stands in the address too, so that a search can be handed on. The address follows when typing rests, and is not typed into: it changes too late for the next key. */
export function useFilters() {
  const [address, setAddress] = useSearchParams();
  const [text, setText] = useState(() => address.toString());
  const written = useRef(text);
  const [settled] = useDebouncedValue(text, 300);
  const now = address.toString();
  // Changed by others, e.g. by a link or by going back.
  useEffect(() => {
    if (now === written.current) return;
    written.current = now;
    setText(now);
  }, [now]);
  useEffect(() => {
    if (settled === written.current) return;
    written.current = settled;
    setAddress(new URLSearchParams(settled), { replace: true });
  }, [settled, setAddress]);
  const set = useCallback((key: string, value: string | number | null | undefined) => setText((before) => {
    const next = new URLSearchParams(before);
    if (value === null || value === undefined || value === '') next.delete(key);
    else next.set(key, String(value));
    return next.toString();
  }), []);
  const params = useMemo(() => new URLSearchParams(text), [text]);
  const asked = useMemo(() => new URLSearchParams(settled), [settled]);
  return { params, set, asked };
}

/** Clouds and regions of all connections, to choose from. */
export function usePlaces() {
  const { data } = useQuery(REGIONS);
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
