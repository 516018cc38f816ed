import { useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { REGIONS } from '../../app/asked';
import { ApiError, queries } from '../../app/queries';
import { useSession } from '../../app/session';
import { catalogueImages, catalogueSpecs, connectionsSync } from '../../generated/sdk.gen';
import type { CatalogueImagesResponse, CatalogueRegionsResponse, CatalogueSpecsResponse } from '../../generated/types.gen';
import { type Draft, type Need, placeKey, suggestionKey } from './draft';

export type Region = CatalogueRegionsResponse['items'][number];
export type Spec = CatalogueSpecsResponse['items'][number];
export type Image = CatalogueImagesResponse['items'][number];

/** What fits a need in a place: the cheapest first; `spec` and `image` are what is taken. */
export interface Suggestion { state: 'reading' | 'loading' | 'ready' | 'missing' | 'failed'; specs: Spec[]; images: Image[]; spec?: Spec; image?: Image; error?: Error; lacks?: 'spec' | 'image' }

export type Suggestions = Map<string, Suggestion>;

const READING_MS = 1500;

/** Regions of all connections by place; looked at again while one of `wanted` is still being read. */
export function useRegions(wanted: ReadonlySet<string>): { regions: Region[] | undefined; byPlace: Map<string, Region>; error: Error | null; retry(): void } {
  const { data, error, refetch } = useQuery({
    ...REGIONS,
    refetchInterval: ({ state }) => (state.data?.some((region) => wanted.has(placeKey({ connection: region.connection, region: region.id })) && unread(region)) ? READING_MS : false),
  });
  const byPlace = useMemo(() => new Map(data?.map((region) => [placeKey({ connection: region.connection, region: region.id }), region])), [data]);
  return { regions: data, byPlace, error, retry: () => void refetch() };
}

export const unread = (region: Region): boolean => region.specCount === 0 || region.imageCount === 0;

/** Has the catalogue of places read that were chosen before anybody read them. */
export function useReading(wanted: ReadonlySet<string>, byPlace: Map<string, Region>): void {
  const { may } = useSession();
  const asked = useRef(new Map<string, number>());
  const allowed = may('connection:sync');
  useEffect(() => {
    if (!allowed) return;
    const missing = new Map<string, string[]>();
    for (const key of wanted) {
      const region = byPlace.get(key);
      if (region && unread(region) && (asked.current.get(key) ?? 0) < Date.now()) missing.set(region.connection, [...(missing.get(region.connection) ?? []), region.id]);
    }
    for (const [connection, regions] of missing) {
      const until = (ms: number): void => regions.forEach((region) => asked.current.set(placeKey({ connection, region }), Date.now() + ms));
      until(120_000);
      // Another reading of this connection comes first; it may hold these regions, and else it is asked again.
      connectionsSync({ path: { connection }, body: { regions } }).catch((error: unknown) => until(error instanceof ApiError && error.problem.code === 'CONFLICT' ? 2 * READING_MS : 30_000));
    }
  }, [wanted, byPlace, allowed]);
}

const specQuery = (need: Need) => ({ vcpuMin: need.vcpu, memoryMiBMin: Math.round(need.memoryGiB * 1024), gpuCountMax: 0, ...(need.architecture !== 'any' && { architecture: need.architecture }), sort: 'price' as const });

/** Specs and images that fit, for each place of each need. */
export function useSuggestions(draft: Draft, byPlace: Map<string, Region>): Suggestions {
  const pairs = draft.needs.flatMap((need) => need.places.map((place) => ({ need, place, region: byPlace.get(placeKey(place)) })));
  const specs = useQueries({
    queries: pairs.map(({ need, place, region }) => ({
      queryKey: ['specs', place.connection, place.region, specQuery(need), region?.specCount ?? 0],
      queryFn: () => catalogueSpecs({ query: { connection: place.connection, region: place.region, ...specQuery(need), pageSize: 30 } }),
      enabled: (region?.specCount ?? 0) > 0, staleTime: 300_000,
    })),
  });
  const images = useQueries({
    queries: pairs.map(({ need, place, region }) => ({
      queryKey: ['images', place.connection, place.region, need.osFamily, need.osVersion, region?.imageCount ?? 0],
      queryFn: () => catalogueImages({ query: { connection: place.connection, region: place.region, osFamily: need.osFamily, ...(need.osVersion !== '' && { osVersion: need.osVersion }), sort: 'newest', pageSize: 100 } }),
      enabled: (region?.imageCount ?? 0) > 0, staleTime: 300_000,
    })),
  });
  return new Map(pairs.map(({ need, place, region }, index) => [suggestionKey(need, place), suggestionOf(place, region, specs[index]?.data?.items, images[index]?.data?.items, specs[index]?.error ?? images[index]?.error ?? null)]));
}

function suggestionOf(place: { spec: string | null; image: string | null }, region: Region | undefined, specs: Spec[] | undefined, images: Image[] | undefined, error: Error | null): Suggestion {
  if (error) return { state: 'failed', specs: [], images: [], error };
  if (region && unread(region) && region.lastError) return { state: 'failed', specs: [], images: [], error: new Error(region.lastError.message) };
  if (!region || unread(region)) return { state: 'reading', specs: [], images: [] };
  if (!specs || !images) return { state: 'loading', specs: [], images: [] };
  const fits = specs.filter((spec) => place.image !== null || images.some((image) => image.architecture === spec.architecture));
  const spec = specs.find(({ id }) => id === place.spec) ?? (place.spec === null ? fits[0] : undefined);
  const image = images.find(({ id }) => id === place.image) ?? images.find(({ architecture }) => architecture === spec?.architecture);
  const lacks = images.length === 0 && place.image === null ? 'image' : !spec && place.spec === null ? (specs.length === 0 ? 'spec' : 'image') : undefined;
  return { state: lacks ? 'missing' : 'ready', specs: fits, images, ...(spec && { spec }), ...(image && { image }), ...(lacks && { lacks }) };
}

/** The cheapest places for a need among those whose catalogue is read: the `most` cheapest, or the cheapest of each cloud. */
export async function cheapestPlaces(need: Need, regions: readonly Region[], choice: { most: number } | 'each-cloud'): Promise<{ connection: string; region: string }[]> {
  const enabled = new Set(regions.filter((region) => region.enabled).map((region) => placeKey({ connection: region.connection, region: region.id })));
  const ask = (more: { cloud?: string; pageSize: number; pageToken?: string }) => queries.fetchQuery({ queryKey: ['specs', 'cheapest', specQuery(need), more], staleTime: 60_000, queryFn: () => catalogueSpecs({ query: { ...specQuery(need), ...more } }) });
  if (choice === 'each-cloud') {
    const clouds = [...new Set(regions.filter((region) => region.enabled).map(({ cloud }) => cloud))].sort();
    const found = await Promise.all(clouds.map(async (cloud) => {
      const { items } = await ask({ cloud, pageSize: 20 });
      const best = items.find((spec) => enabled.has(placeKey(spec)));
      const first = regions.find((region) => region.cloud === cloud && region.enabled);
      return best ? { connection: best.connection, region: best.region } : first && { connection: first.connection, region: first.id };
    }));
    return found.filter((place) => place !== undefined);
  }
  const found = new Map<string, { connection: string; region: string }>();
  let pageToken: string | undefined;
  for (let page = 0; page < 8 && found.size < choice.most; page += 1) {
    const answer = await ask({ pageSize: 200, ...(pageToken !== undefined && { pageToken }) });
    for (const spec of answer.items) if (found.size < choice.most && enabled.has(placeKey(spec))) found.set(placeKey(spec), { connection: spec.connection, region: spec.region });
    if (answer.nextPageToken === null) break;
    pageToken = answer.nextPageToken;
  }
  return [...found.values()];
}
