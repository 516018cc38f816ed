import type { Personality, PersonalityPrice, PersonalitySpec } from '../world/types.js';
import { digest } from './ids.js';

/** Source of a price that is invented, because no price table is at hand. */
export const NO_PRICE_TABLE = 'simulated: no published price table';
/** When the invented prices were invented. */
const INVENTED_ON = '2026-11-24';

/** One spec in one region with what it costs there; `published` is USD per hour. */
export interface OfferRow {
  spec: PersonalitySpec;
  published?: { onDemand: number; spot?: number };
  /** USD per hour where nothing was published. */
  simulated?: number;
}

/** Where published prices were read, and whether the cloud sells spot VMs. */
export interface OfferTerms {
  source?: string;
  asOf?: string;
  spot: boolean;
}

/** Rounds USD per hour to six digits behind the point. */
export const round = (perHour: number): number => Math.round(perHour * 1e6) / 1e6;

/** An invented but steady price: cores, memory and GPUs, and up to a fifth more by region. */
export function simulatedPrice(spec: PersonalitySpec, cloudFactor: number, place: string): number {
  const arm = spec.architecture === 'arm64' ? 0.8 : 1;
  const base = (spec.vcpu * 0.022 + (spec.memoryMiB / 1024) * 0.0031) * arm + spec.gpuCount * 0.65;
  return Math.round(base * cloudFactor * (1 + (parseInt(digest(place, 4), 16) % 21) / 100) * 1e4) / 1e4;
}

const SPOT_SHARE = 0.35;

function pricesOf(row: OfferRow, terms: OfferTerms): PersonalityPrice[] {
  const invented = { currency: 'USD', source: NO_PRICE_TABLE, asOf: INVENTED_ON, simulated: true };
  const published = { currency: 'USD', source: terms.source ?? '', asOf: terms.asOf ?? '', simulated: false };
  const specId = row.spec.id;
  const onDemand = row.published?.onDemand ?? row.simulated ?? 0;
  const prices: PersonalityPrice[] = [{ specId, purchase: 'on-demand', perHour: onDemand, ...(row.published ? published : invented) }];
  if (terms.spot) {
    const spot = row.published?.spot;
    prices.push({ specId, purchase: 'spot', perHour: spot ?? round(onDemand * SPOT_SHARE), ...(spot === undefined ? invented : published) });
  }
  return prices;
}

/** `specs` and `prices` of a personality from the rows of a region; each region is worked out once, when it is first asked for. An unknown region offers nothing. */
export function offer(rows: (region: string) => OfferRow[], terms: OfferTerms): Pick<Personality, 'specs' | 'prices'> {
  const kept = new Map<string, { specs: PersonalitySpec[]; prices: PersonalityPrice[] }>();
  const of = (region: string): { specs: PersonalitySpec[]; prices: PersonalityPrice[] } => {
    let made = kept.get(region);
    if (!made) {
      const here = rows(region);
      made = { specs: here.map((row) => row.spec), prices: here.flatMap((row) => pricesOf(row, terms)) };
      kept.set(region, made);
    }
    return made;
  };
  return { specs: (region) => of(region).specs, prices: (region) => of(region).prices };
}

/** The same specs in every region at invented prices. */
export function simulatedOffer(specs: PersonalitySpec[], regions: { id: string }[], terms: { cloud: string; factor: number; spot: boolean }): Pick<Personality, 'specs' | 'prices'> {
  const known = new Set(regions.map((region) => region.id));
  return offer((region) => (known.has(region) ? specs.map((spec) => ({ spec, simulated: simulatedPrice(spec, terms.factor, `${terms.cloud}/${region}`) })) : []), { spot: terms.spot });
}

/** A spec without GPU unless told; memory in GiB. */
export function spec(id: string, vcpu: number, memoryGiB: number, more: Partial<PersonalitySpec> = {}): PersonalitySpec {
  return { id, vcpu, memoryMiB: Math.round(memoryGiB * 1024), architecture: 'amd64', gpuCount: 0, ...more };
}

/**
 * Specs and prices from a table with one line per spec: `id|vCPU|MiB|architecture|count*GPU*MiB|network|prices`, prices in the order of `pricedRegions`, empty where the table has none.
 * A gap in a family that the region sells is filled from the nearest size by memory, and a region that the table does not know sells what most of the others sell, at their dearest price;
 * both are marked as simulated.
 */
export function tableOffer(table: string, pricedRegions: string[], regions: { id: string }[], terms: Required<OfferTerms> & { familyOf(id: string): string }): Pick<Personality, 'specs' | 'prices'> {
  const lines = table.trim().split('\n').map((line) => {
    const [id = '', vcpu, memoryMiB, architecture, gpus = '', network, prices = ''] = line.split('|');
    const [gpuCount, gpuModel, gpuMemoryMiB] = gpus.split('*');
    const made: PersonalitySpec = {
      id, vcpu: Number(vcpu), memoryMiB: Number(memoryMiB), architecture: architecture === 'arm64' ? 'arm64' : 'amd64',
      gpuCount: Number(gpuCount), ...(gpuModel && { gpuModel, gpuMemoryMiB: Number(gpuMemoryMiB) }), ...(network && { networkPerformance: network }),
    };
    return { spec: made, family: terms.familyOf(id), prices: prices.split(',').map(Number) };
  });
  const families = new Map<string, typeof lines>();
  for (const line of lines) families.set(line.family, [...(families.get(line.family) ?? []), line]);
  const column = new Map(pricedRegions.map((region, index) => [region, index]));
  const known = new Set(regions.map((region) => region.id));
  const soldWidely = lines.filter((line) => line.prices.filter(Boolean).length > pricedRegions.length * 0.75);

  return offer((region) => {
    const index = column.get(region);
    if (index === undefined) return known.has(region) ? soldWidely.map((line) => ({ spec: line.spec, simulated: round(Math.max(...line.prices)) })) : [];
    return lines.flatMap((line): OfferRow[] => {
      const perHour = line.prices[index];
      if (perHour) return [{ spec: line.spec, published: { onDemand: perHour } }];
      const distance = (other: { spec: PersonalitySpec }): number => Math.abs(Math.log(other.spec.memoryMiB / line.spec.memoryMiB));
      const [nearest] = (families.get(line.family) ?? []).filter((other) => other.prices[index]).sort((one, other) => distance(one) - distance(other));
      return nearest ? [{ spec: line.spec, simulated: round(((nearest.prices[index] ?? 0) * line.spec.memoryMiB) / nearest.spec.memoryMiB) }] : [];
    });
  }, terms);
}
