import type { PersonalityRegion } from '../world/types.js';
import { REGION_TABLES } from './data/regions.js';

/** The regions of a cloud, with coordinates in degrees. Azure's regions without availability zones get one zone, `1`, since the world puts every VM into a zone. */
export function regionsOf(cloud: keyof typeof REGION_TABLES): PersonalityRegion[] {
  return REGION_TABLES[cloud].trim().split('\n').map((line) => {
    const [id = '', name = '', latitude, longitude, zones = ''] = line.split('|');
    return { id, name, latitude: Number(latitude), longitude: Number(longitude), zones: zones === '' ? ['1'] : zones.split(',') };
  });
}
