import { geoNaturalEarth1Raw } from 'd3-geo';
import earthUrl from '../generated/earth.json?url';
import { HEIGHT, SCALE, SHIFT, WIDTH } from '../generated/earth';

export { HEIGHT, WIDTH };

/** Outlines on the map's plane, as paths of SVG. */
export interface Earth { land: string; grid: string; sphere: string }

const RADIAN = Math.PI / 180;
/** Where a place on earth is on the map. */
export function placeOf(longitude: number, latitude: number): [number, number] {
  const [x, y] = geoNaturalEarth1Raw(longitude * RADIAN, latitude * RADIAN);
  return [SHIFT[0] + SCALE * x, SHIFT[1] - SCALE * y];
}

let earth: Promise<Earth> | undefined;
/** The outlines, drawn when the portal was built; read from this server once. */
export const readEarth = (): Promise<Earth> => (earth ??= fetch(earthUrl).then((answer) => answer.json() as Promise<Earth>));

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

/** What lies nearest in a direction along one axis, e.g. `[1, 0]` to the right; what lies aside counts as further. Undefined where nothing lies there. */
export function towards<P extends { x: number; y: number }>(from: P, all: readonly P[], [dx, dy]: readonly [number, number]): P | undefined {
  let [best, least]: [P | undefined, number] = [undefined, Infinity];
  for (const to of all) {
    const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const way = along + 2 * Math.abs((to.x - from.x) * dy + (to.y - from.y) * dx);
    if (along > 0 && way < least) [best, least] = [to, way];
  }
  return best;
}
