import type { Tags } from '@mcmp/driver-sdk';
import type { Kind } from './attributes.js';
import type { Rate } from './price-book.js';
import type { Thing } from './types.js';

/** A stretch of time in which a thing cost the same. Dates in milliseconds; without `to` it goes on. */
export interface Stretch extends Rate { kind: Kind; id: string; name: string; region: string; tags: Tags; from: number; to?: number }

/** Stretches that are over, most per account; the oldest go first. */
const MOST = 100_000;
const accountOf = ({ cloud, account }: { cloud: string; account: string }): string => `${cloud}/${account}`;
const same = (one: Rate, other: Rate): boolean => one.sku === other.sku && one.quantity === other.quantity && one.perHour === other.perHour;

/** What was used from when to when: bills and metrics are worked out from it, so that no point and no row is stored. */
export class Ledger {
  readonly #stretches = new Map<string, Stretch[]>();
  readonly #byThing = new Map<string, Stretch[]>();
  readonly #open = new Map<string, Stretch[]>();

  /** Notes what a thing costs from a date on; what is as before goes on. */
  note(thing: Thing, rates: Rate[], at: number): void {
    const key = `${accountOf(thing)}/${thing.kind}/${thing.id}`;
    const open = this.#open.get(key) ?? [];
    const going = open.filter((stretch) => rates.some((rate) => same(rate, stretch)));
    for (const stretch of open) if (!going.includes(stretch)) stretch.to = at;
    for (const stretch of going) Object.assign(stretch, { name: thing.name, tags: { ...thing.tags } });
    const begun = rates.filter((rate) => !going.some((stretch) => same(rate, stretch))).map((rate): Stretch => ({ ...rate, kind: thing.kind, id: thing.id, name: thing.name, region: thing.region, tags: { ...thing.tags }, from: at }));
    for (const stretch of begun) this.#add(accountOf(thing), key, stretch);
    if (going.length + begun.length > 0) this.#open.set(key, [...going, ...begun]);
    else this.#open.delete(key);
  }

  /** Stretches of an account that touch a span of time. */
  *within(account: { cloud: string; account: string }, from: number, to: number): Iterable<Stretch> {
    for (const stretch of this.#stretches.get(accountOf(account)) ?? []) if (stretch.from < to && (stretch.to ?? Infinity) > from) yield stretch;
  }

  /** When the first use of an account began. */
  firstUse(account: { cloud: string; account: string }): number | undefined {
    return this.#stretches.get(accountOf(account))?.[0]?.from;
  }

  /** Stretches of one thing, also of one that has gone. */
  of(account: { cloud: string; account: string }, kind: Kind, id: string): readonly Stretch[] {
    return this.#byThing.get(`${accountOf(account)}/${kind}/${id}`) ?? [];
  }

  clear(): void {
    for (const index of [this.#stretches, this.#byThing, this.#open]) index.clear();
  }

  save(): [account: string, stretches: Stretch[]][] {
    return [...this.#stretches];
  }

  load(saved: [account: string, stretches: Stretch[]][]): void {
    for (const [account, stretches] of saved) {
      for (const stretch of stretches) {
        const key = `${account}/${stretch.kind}/${stretch.id}`;
        this.#add(account, key, stretch);
        if (stretch.to === undefined) this.#open.set(key, [...(this.#open.get(key) ?? []), stretch]);
      }
    }
  }

  #add(account: string, key: string, stretch: Stretch): void {
    let all = this.#stretches.get(account);
    if (!all) this.#stretches.set(account, (all = []));
    all.push(stretch);
    this.#byThing.set(key, [...(this.#byThing.get(key) ?? []), stretch]);
    if (all.length > MOST * 1.1) this.#forget(account, all);
  }

  /** Drops the oldest that are over. */
  #forget(account: string, all: Stretch[]): void {
    let surplus = all.length - MOST;
    const kept = all.filter((stretch) => {
      if (surplus <= 0 || stretch.to === undefined) return true;
      surplus -= 1;
      const key = `${account}/${stretch.kind}/${stretch.id}`;
      const rest = (this.#byThing.get(key) ?? []).filter((each) => each !== stretch);
      if (rest.length > 0) this.#byThing.set(key, rest);
      else this.#byThing.delete(key);
      return false;
    });
    this.#stretches.set(account, kept);
  }
}
