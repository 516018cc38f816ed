import { useMemo } from 'react';
import { placeOf } from '../../map/world';
import type { Place } from '../../map/world-map';
import { type Connection, type Region, useRegions } from './queries';

/** Regions of one connection, and those of them that have coordinates as places of the map. */
export function useOwnRegions(connection: Connection): { regions: Region[] | undefined; places: Place[]; error: Error | null; refetch(): void } {
  const { data, error, refetch } = useRegions();
  const regions = useMemo(() => data?.filter(({ connectionId }) => connectionId === connection.id), [data, connection.id]);
  const places = useMemo(() => (regions ?? []).flatMap((region): Place[] => {
    if (region.latitude === undefined || region.longitude === undefined) return [];
    const [x, y] = placeOf(region.longitude, region.latitude);
    return [{ key: region.id, x, y, size: 0, name: `${region.name} · ${region.id}`, parts: [], color: `var(--mantine-color-${region.lastError ? 'red' : region.enabled ? 'teal' : 'gray'}-6)` }];
  }), [regions]);
  return { regions, places, error, refetch: () => void refetch() };
}
