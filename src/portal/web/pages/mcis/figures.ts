import { FREE, type Vm } from './types';

export type Prices = { currency: string; perHour: number }[];

export const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((one, other) => one + other, 0);

/** What VMs cost per hour in each currency, those that cost nothing left out. */
export function pricesOf(vms: readonly Pick<Vm, 'pricePerHour' | 'currency' | 'state'>[]): Prices {
  const sums = new Map<string, number>();
  for (const { pricePerHour, currency, state } of vms) if (pricePerHour !== null && currency !== null && !FREE.includes(state)) sums.set(currency, (sums.get(currency) ?? 0) + pricePerHour);
  return [...sums].map(([currency, perHour]) => ({ currency, perHour }));
}

/** Things by a key, in the order in which each key first comes. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

export const countsOf = (vms: readonly Pick<Vm, 'state'>[]): Record<string, number> => Object.fromEntries([...groupBy(vms, ({ state }) => state)].map(([state, items]) => [state, items.length]));

/** A random key by which a request may be sent twice and is done once; `randomUUID` needs https. */
export const newKey = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
