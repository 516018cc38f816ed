import type { Kind } from './attributes.js';

/** What happened to a thing, or what was refused, as a cloud's own log keeps it. */
export interface WorldEvent {
  serial: number;
  /** Milliseconds of the clouds' date. */
  at: number;
  region: string;
  /** The provider's own word. */
  type: string;
  kind?: Kind;
  resourceId?: string;
  actor: string;
  message?: string;
  failed: boolean;
}

/** Most events of one account; the oldest go first. */
const MOST = 20_000;

/** The clouds' logs of what was changed, one per account. Reads are in no log. */
export class Events {
  readonly #logs = new Map<string, WorldEvent[]>();
  #serial = 0;

  add(cloud: string, account: string, event: Omit<WorldEvent, 'serial'>): void {
    const key = `${cloud}/${account}`;
    const log = this.#logs.get(key) ?? [];
    log.push({ serial: ++this.#serial, ...event });
    // Dropping one by one from the front would copy the array each time.
    this.#logs.set(key, log.length > MOST * 1.1 ? log.slice(-MOST) : log);
  }

  /** Newest first, older than `before`. Those of a span, a region, a thing. */
  list(cloud: string, account: string, narrow: { from: number; to: number; region: string; resourceId?: string | undefined; before?: number | undefined }, limit: number): WorldEvent[] {
    const log = this.#logs.get(`${cloud}/${account}`) ?? [];
    const found: WorldEvent[] = [];
    for (let place = log.length - 1; place >= 0 && found.length < limit; place--) {
      const event = log[place] as WorldEvent;
      if (event.serial >= (narrow.before ?? Infinity) || event.at < narrow.from || event.at >= narrow.to || event.region !== narrow.region) continue;
      if (narrow.resourceId === undefined || event.resourceId === narrow.resourceId) found.push(event);
    }
    return found;
  }

  clear(): void {
    this.#logs.clear();
  }

  save(): { serial: number; logs: [string, WorldEvent[]][] } {
    return { serial: this.#serial, logs: [...this.#logs] };
  }

  load(saved: { serial: number; logs: [string, WorldEvent[]][] }): void {
    this.#serial = saved.serial;
    for (const [key, log] of saved.logs) this.#logs.set(key, log);
  }
}
