import type { Price } from '@mcmp/driver-sdk';

/** Dollars come first in every order; other currencies follow, each by its own amounts. */
export const NOT_DOLLARS = 1e9;

/** The number by which people sort a price. */
export const priceSort = ({ currency, perHour }: Price): number => perHour + (currency === 'USD' ? 0 : NOT_DOLLARS);

/** Ranks in order of weight: Linux before other systems, the whole region's price before a zone's, dollars before other currencies, then the lowest. */
const ranks = (price: Price): number[] => [price.osFamily === 'linux' ? 0 : 1, price.zone ? 1 : 0, price.currency === 'USD' ? 0 : 1, price.perHour];

function isBetter(one: Price, other: Price): boolean {
  const [left, right] = [ranks(one), ranks(other)];
  const index = left.findIndex((rank, place) => rank !== right[place]);
  return index >= 0 && (left[index] as number) < (right[index] as number);
}

/** The price of each spec by which people sort, for one purchase; Windows never counts. */
export function bestPrices(prices: Price[], purchase: Price['purchase']): Map<string, Price> {
  const best = new Map<string, Price>();
  for (const price of prices) {
    if (price.purchase !== purchase || price.osFamily === 'windows') continue;
    const former = best.get(price.specId);
    if (!former || isBetter(price, former)) best.set(price.specId, price);
  }
  return best;
}
