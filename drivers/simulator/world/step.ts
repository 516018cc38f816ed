import type { Engine } from './engine.js';
import type { Holding } from './holding.js';
import { WorldError } from './types.js';
import type { Kind, Personality, PersonalityImage, PersonalityRegion, Span, Thing, WorldCall } from './types.js';

/** Kinds that belong to the account, in no region. */
const GLOBAL: readonly Kind[] = ['dns-zone', 'iam-user', 'iam-role'];

/** The moment in which one call works: where it works, what it sees, and what it leaves behind. */
export class Step {
  /** Things that this call made or was given again by its token: it sees them at once. */
  readonly made = new Set<Thing>();
  /** Ids of things made or touched, for the call log. */
  readonly ids = new Set<string>();
  /** Kinds of those, for the cloud's own log. */
  readonly kinds = new Map<string, Kind>();
  /** Longest time after the answer until a change is complete. */
  settleMs = 0;
  #unseenMs: number | undefined;
  #unseenAsked = false;

  constructor(
    readonly engine: Engine,
    readonly call: WorldCall,
    readonly personality: Personality,
    readonly region: PersonalityRegion,
    readonly holding: Holding,
    /** When the caller will have the answer; delays begin then. */
    readonly answerAt: number,
  ) {}

  /** The region under which a kind is kept. */
  readonly regionOf = (kind: Kind): string => (GLOBAL.includes(kind) || (kind === 'network' && this.personality.networkScope === 'global') ? 'global' : this.region.id);

  /** What is known of an image, public or of the account's own. */
  imageOf(id: string): Pick<PersonalityImage, 'architecture' | 'osFamily' | 'osVersion' | 'sshUser' | 'minDiskGiB'> | undefined {
    const own = this.holding.find('custom-image', id, this.region.id);
    return this.engine.images(this.call.cloud, this.region.id).get(id) ?? (own && this.sees(own) && own.state === 'available' ? own.attributes : undefined);
  }

  sees(thing: Thing): boolean {
    return thing.visibleAt <= this.engine.now() || this.made.has(thing);
  }

  /** @throws WorldError NOT_FOUND, also for what is not visible yet. */
  find<K extends Kind>(kind: K, id: string): Thing<K> {
    const thing = this.holding.find(kind, id, this.regionOf(kind));
    if (!thing || !this.sees(thing)) throw new WorldError('NOT_FOUND', `the ${kind} '${id}' does not exist`, { kind, id });
    return thing;
  }

  /** @throws WorldError NOT_FOUND; CONFLICT where it is going away. */
  findStaying<K extends Kind>(kind: K, id: string): Thing<K> {
    const thing = this.find(kind, id);
    if (thing.state === 'deleting' || thing.state === 'terminating' || thing.state === 'terminated') throw new WorldError('CONFLICT', `the ${kind} '${id}' is ${thing.state}`, { kind, id });
    return thing;
  }

  /** A length of time drawn from a span, in real milliseconds. */
  draw(span: Span): number {
    return drawMs(this.engine, this.call, span);
  }

  /** A thing enters a state now, and another one `ms` after the answer. */
  begin(thing: Thing, state: Thing['state'], ms: number, to: Thing['state']): void {
    thing.state = state;
    thing.since = this.engine.now();
    this.engine.schedule.set(thing, this.answerAt + ms, to);
    this.settleMs = Math.max(this.settleMs, ms);
    this.touch(thing);
  }

  touch(thing: Thing): void {
    this.ids.add(thing.id);
    this.kinds.set(thing.id, thing.kind);
    this.engine.meter(thing);
    this.engine.revision += 1;
  }

  /** When a thing that is made now can be seen; mostly soon, at the latest after the cloud's window. A trouble set for it holds for all that the call makes. */
  visibleAt(): number {
    if (!this.#unseenAsked) {
      this.#unseenAsked = true;
      this.#unseenMs = this.engine.faults.take(['unseen'], this.call)?.ms;
    }
    if (this.#unseenMs !== undefined) return this.answerAt + this.#unseenMs;
    const { timeScale } = this.engine.settings;
    return this.engine.now() + this.chance('time') ** 2 * this.personality.consistencyWindowMs * timeScale;
  }

  newId(kind: Kind): string {
    for (;;) {
      const id = this.personality.newId(kind, (digits) => this.engine.chance.hex(this.call.cloud, this.region.id, digits));
      if (!this.holding.hasId(kind, id)) return id;
    }
  }

  chance(stream: 'time' | 'place'): number {
    return this.engine.chance.next(this.call.cloud, this.region.id, stream);
  }
}

/** A length of time drawn from a span at the world's time scale, in real milliseconds. */
export function drawMs(engine: Engine, call: WorldCall, [minMs, maxMs]: Span): number {
  const { timeScale } = engine.settings;
  return timeScale === 0 ? 0 : (minMs + engine.chance.next(call.cloud, call.region, 'time') * (maxMs - minMs)) * timeScale;
}
