import type { Granularity, WorldCharge } from './charges-shapes.js';
import type { Engine } from './engine.js';
import { fraction, textHash } from './hash.js';
import type { Stretch } from './ledger.js';
import type { Billing, Personality } from './personality.js';

const HOUR = 3_600_000, DAY = 24 * HOUR;
/** So much of what is not settled yet is told wrong, and by how much at most. */
const WRONG_SHARE = 0.1, WRONG_BY = 0.08;
/** Credit of each month's usage, up to a sum in USD; correction of the month before. */
const CREDIT = 0.05, MOST_CREDIT_USD = 100, CORRECTION = 0.004;
/** The day of the next month on which a month is corrected. */
const CORRECTED_ON = 3;

export const monthStart = (date: number, months = 0): number => Date.UTC(new Date(date).getUTCFullYear(), new Date(date).getUTCMonth() + months, 1);
/** The beginning of the period of a date, and of the next one. */
const periodOf = (date: number, granularity: Granularity): [from: number, to: number] => {
  if (granularity === 'month') return [monthStart(date), monthStart(date, 1)];
  const length = granularity === 'hour' ? HOUR : DAY, from = Math.floor(date / length) * length;
  return [from, from + length];
};

/** The bill of one account as it was known at a date. */
export class Bill {
  readonly #billing: Billing;
  constructor(private readonly engine: Engine, private readonly personality: Personality, private readonly account: { cloud: string; account: string }, private readonly asOf: number) {
    this.#billing = personality.services.billing;
  }

  /** Beginnings of the periods within a span that can have rows. */
  periods(from: number, to: number, granularity: Granularity): number[] {
    const first = Math.max(from, monthStart(this.engine.ledger.firstUse(this.account) ?? Infinity));
    const periods: number[] = [];
    if (!Number.isFinite(first)) return periods;
    let [begin, next] = periodOf(first, granularity);
    if (begin < from) [begin, next] = periodOf(next, granularity);
    for (; begin < Math.min(to, this.asOf); [begin, next] = periodOf(next, granularity)) periods.push(begin);
    return periods;
  }

  /** All rows of the period that begins then, always in the same order. */
  rows(begin: number, granularity: Granularity): WorldCharge[] {
    const [from, to] = periodOf(begin, granularity);
    const rows = this.#usage(from, to);
    const own = (category: WorldCharge['category'], service: string, billedCost: number, estimated: boolean): void => {
      const cost = this.#round(billedCost);
      if (cost !== 0) rows.push({ from, to, billedCost: cost, effectiveCost: cost, currency: this.#billing.currency, category, service, tags: {}, estimated });
    };
    // What is of a month stands in the period that its first day begins.
    const month = monthStart(from);
    if (month === from) {
      const usage = this.#sum(month, monthStart(month, 1));
      const credit = -Math.min(usage * CREDIT, MOST_CREDIT_USD * this.#billing.perUsd);
      const estimated = !this.#isFinal(monthStart(month, 1) - 1);
      own('credit', 'Promotional credit', credit, estimated);
      own('tax', 'Tax', (usage + credit) * this.#billing.taxRate, estimated);
    }
    const corrected = month + (CORRECTED_ON - 1) * DAY;
    if (granularity === 'month' ? month === from && this.asOf >= corrected : corrected === from) own('adjustment', 'Correction of metered usage', -this.#sum(monthStart(month, -1), month) * CORRECTION, false);
    return rows;
  }

  /** Usage of a period, one row per thing and price. */
  #usage(from: number, to: number): WorldCharge[] {
    const rows = new Map<string, WorldCharge>();
    for (const stretch of this.engine.ledger.within(this.account, from, Math.min(to, this.#known()))) {
      const key = `${this.#billing.services[stretch.service]} ${stretch.id} ${stretch.sku}`;
      const row = rows.get(key) ?? {
        from, to, billedCost: 0, effectiveCost: 0, currency: this.#billing.currency, category: 'usage' as const, service: this.#billing.services[stretch.service], ...(stretch.region !== 'global' && { region: stretch.region }),
        resourceId: stretch.id, resourceName: stretch.name, sku: stretch.sku, usageQuantity: 0, usageUnit: stretch.unit, tags: stretch.tags, estimated: !this.#isFinal(to - 1),
      };
      rows.set(key, row);
      row.usageQuantity = Number(((row.usageQuantity ?? 0) + stretch.quantity * this.#hours(stretch, from, to)).toFixed(6));
      row.billedCost = row.effectiveCost = row.billedCost + this.#cost(stretch, from, to);
    }
    return [...rows].filter(([, row]) => (row.usageQuantity ?? 0) > 0).sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => ({ ...row, billedCost: this.#round(row.billedCost), effectiveCost: this.#round(row.effectiveCost) }));
  }

  /** Usage tells itself late. */
  #known(): number {
    return this.asOf - this.#billing.lagHours * HOUR;
  }

  #hours({ from, to = Infinity }: Stretch, begin: number, end: number): number {
    return Math.max(0, Math.min(to, end, this.#known()) - Math.max(from, begin)) / HOUR;
  }

  /** Cost of a stretch within a period, day by day: each day settles by itself. */
  #cost(stretch: Stretch, from: number, to: number): number {
    let cost = 0;
    for (let day = Math.floor(Math.max(from, stretch.from) / DAY) * DAY; day < Math.min(to, stretch.to ?? Infinity, this.#known()); day += DAY) {
      const hours = this.#hours(stretch, Math.max(from, day), Math.min(to, day + DAY));
      if (hours > 0) cost += hours * stretch.perHour * (this.#isFinal(day) ? 1 : this.#mistake(stretch, day));
    }
    return cost * this.#billing.perUsd;
  }

  #sum(from: number, to: number): number {
    let sum = 0;
    for (const stretch of this.engine.ledger.within(this.account, from, to)) sum += this.#cost(stretch, from, to);
    return sum;
  }

  /** Whether the day of a date is settled. */
  #isFinal(date: number): boolean {
    return this.asOf >= Math.floor(date / DAY) * DAY + DAY + this.#billing.settleHours * HOUR;
  }

  /** By what an estimate is wrong, the same for a thing's whole day. */
  #mistake({ id, sku }: Stretch, day: number): number {
    const own = textHash(`${this.engine.boxSeed} bill ${this.account.cloud} ${id} ${sku}`);
    return fraction(own, day / DAY) < WRONG_SHARE ? 1 + (fraction(own, day / DAY + 0x1000000) * 2 - 1) * WRONG_BY : 1;
  }

  #round(cost: number): number {
    return Number(cost.toFixed(this.#billing.decimals));
  }
}
