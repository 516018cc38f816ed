import type { CatalogueRegion, CatalogueSpec } from '../connector/index.js';
import type { VmGroupRow } from './infra.entities.js';

/** Where and as what a VM may be made. An empty zone lets the cloud choose. */
export interface Candidate { connectionId: string; region: string; zone: string; specId: string; imageId: string; sshUser: string; pricePerHour: number | null; currency: string | null }

/**
 * The places that a VM of the group may try, in order: its own place, by zone where the group names none, then the group's alternatives.
 * @param zones zones of the group's region that offer its spec, open ones first
 * @param subnetScope whether subnets lie in a zone, so that one must be chosen
 */
export function candidatesOf(group: Pick<VmGroupRow, 'connectionId' | 'region' | 'zone' | 'specId' | 'imageId' | 'sshUser' | 'pricePerHour' | 'currency' | 'alternatives'>, zones: readonly string[], subnetScope: 'zone' | 'region'): Candidate[] {
  const { connectionId, region, specId, imageId, sshUser, pricePerHour, currency } = group;
  const own = group.zone !== '' ? [group.zone] : subnetScope === 'region' ? ['', ...zones] : zones.length > 0 ? [...zones] : [''];
  return [
    ...own.map((zone) => ({ connectionId, region, zone, specId, imageId, sshUser, pricePerHour, currency })),
    ...group.alternatives.map(({ zone, ...rest }) => ({ ...rest, zone: zone ?? '' })),
  ];
}

/** Zones of a region that are open and offer a spec; a VM that must lie in a zone and names none gets the first. */
export const offeredZones = (region: Pick<CatalogueRegion, 'zones'> | undefined, spec: Pick<CatalogueSpec, 'zones'> | undefined): string[] =>
  (region?.zones ?? []).filter((zone) => zone.available && (!spec?.zones || spec.zones.includes(zone.id))).map((zone) => zone.id);
