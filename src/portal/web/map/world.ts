import { type GeoPermissibleObjects, geoGraticule10, geoNaturalEarth1, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import type { Topology } from 'topojson-specification';
import landUrl from 'world-atlas/land-110m.json?url';

/** Size of the map's own plane; the picture is scaled to its place. The far south, where no cloud is, is cut off. */
export const WIDTH = 1000;
export const HEIGHT = 430;

const projection = geoNaturalEarth1().fitExtent([[4, 4], [WIDTH - 4, 500]], { type: 'Sphere' });
const path = geoPath(projection);

/** Where a place on earth is on the map. */
export const placeOf = (longitude: number, latitude: number): [number, number] => projection([longitude, latitude]) ?? [0, 0];

export const GRID = path(geoGraticule10()) ?? '';
export const SPHERE = path({ type: 'Sphere' }) ?? '';

let land: Promise<string> | undefined;
/** The outline of all land (Natural Earth, by world-atlas), read from this server once. */
export const landPath = (): Promise<string> => (land ??= fetch(landUrl).then(async (answer) => {
  const topology = (await answer.json()) as Topology;
  return path(feature(topology, topology.objects.land as never) as unknown as GeoPermissibleObjects) ?? '';
}));

/** A dot of the map, with what stands there. */
export interface Dot { key: string; x: number; y: number; size: number }
export interface Cluster<D extends Dot> { key: string; x: number; y: number; dots: D[] }

/** Puts dots that would touch each other at this zoom together, the largest first. */
export function clustered<D extends Dot>(dots: readonly D[], zoom: number): Cluster<D>[] {
  const clusters: (Cluster<D> & { reach: number })[] = [];
  for (const dot of [...dots].sort((one, other) => other.size - one.size)) {
    const near = clusters.find((cluster) => Math.hypot(cluster.x - dot.x, cluster.y - dot.y) * zoom < cluster.reach);
    if (near) near.dots.push(dot);
    else clusters.push({ key: dot.key, x: dot.x, y: dot.y, dots: [dot], reach: 14 });
  }
  return clusters;
}
