import { catalogueSpecs } from '../../generated/sdk.gen';
import type { CatalogueImagesResponse, CatalogueSpecsResponse } from '../../generated/types.gen';

export type Spec = CatalogueSpecsResponse['items'][number];
export type Image = CatalogueImagesResponse['items'][number];
export type Purchase = 'on-demand' | 'spot';

/** Where a spec is: one id may be offered in many regions, by many connections. */
export interface SpecPlace { connection: string; region: string; id: string }

const HOURS_PER_MONTH = 730;
export const perMonth = (perHour: number): number => perHour * HOURS_PER_MONTH;
export const gib = (mib: number): number => mib / 1024;
export const rowIdOf = ({ connectionId, region, id }: Pick<Spec, 'connectionId' | 'region' | 'id'>): string => `${connectionId}/${region}/${id}`;

const query = (values: Record<string, string>): string => new URLSearchParams(values).toString();
/** The page of a spec. */
export const pageOfSpec = ({ connectionId, region, id }: Spec): string => `/catalogue/spec?${query({ connection: connectionId, region, id })}`;
/** The wizard, begun with a spec or an image. */
export const wizardWithSpec = ({ connection, region, id, vcpu, memoryMiB }: Spec): string => `/mcis/new?${query({ connection, region, spec: id, vcpu: String(vcpu), memoryGiB: String(gib(memoryMiB)) })}`;
export const wizardWithImage = ({ connection, region, id, osFamily, osVersion }: Image): string => `/mcis/new?${query({ connection, region, image: id, osFamily, osVersion })}`;

/** A place as one parameter of an address; ids may hold every character but a line break. */
export const placeText = ({ connectionId, region, id }: Spec): string => [connectionId, region, id].join('|');
export function placeOfText(text: string): SpecPlace | undefined {
  const [connection, region, ...id] = text.split('|');
  return connection && region && id.length > 0 ? { connection, region, id: id.join('|') } : undefined;
}

/** The spec at a place; the search takes globs, so what it finds is compared. */
export async function findSpec({ connection, region, id }: SpecPlace, purchase: Purchase = 'on-demand'): Promise<Spec | null> {
  const { items } = await catalogueSpecs({ query: { connection, region, id, purchase, pageSize: 200 } });
  return items.find((item) => item.id === id && item.region === region) ?? null;
}
