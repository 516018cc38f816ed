import { isRead, RESOURCE_KINDS } from '@mcmp/driver-sdk';
import { Engine } from './engine.js';
import type { Settings, WorldOptions } from './engine.js';
import type { CallLog } from './call-log.js';
import type { Faults } from './faults.js';
import { settle } from './life.js';
import { fits } from './patterns.js';
import { loadSnapshot, takeSnapshot, truth } from './snapshot.js';
import type { Snapshot, TruthFilter } from './snapshot.js';
import { drawMs, Step } from './step.js';
import { LostAnswer, WorldError } from './types.js';
import type { CallRecord, Personality, PersonalityRegion, RegionView, Thing, World, WorldCall } from './types.js';
import { viewOf } from './view.js';

/** The engine with all that its control door shows. */
export class BoxWorld implements World {
  readonly #engine: Engine;

  constructor(options: WorldOptions) {
    this.#engine = new Engine(options, settle);
  }

  get personalities(): ReadonlyMap<string, Personality> {
    return this.#engine.personalities;
  }

  get faults(): Pick<Faults, 'add' | 'list' | 'remove'> {
    return this.#engine.faults;
  }

  get log(): Pick<CallLog, 'after' | 'summary' | 'seq'> {
    return this.#engine.log;
  }

  get settings(): Readonly<Settings> {
    return this.#engine.settings;
  }

  /** Grows with each change of what a snapshot holds. */
  get revision(): number {
    return this.#engine.revision;
  }

  /** Whether a fault may send a signal. */
  get maySignal(): boolean {
    return this.#engine.signal !== undefined;
  }

  now(): number {
    return this.#engine.now();
  }

  date(): number {
    return this.#engine.date();
  }

  credential(cloud: string, account: string): { accessKeyId: string; secretKey: string } {
    return this.#engine.accounts.credential(cloud, account);
  }

  accountOf(cloud: string, accessKeyId: string): { account: string; secretKey: string; principal?: string } | undefined {
    const { accounts, issued } = this.#engine;
    const key = issued.find(cloud, accessKeyId);
    const known = key ? { account: key.account, principal: key.principal, secretKey: accounts.secretOf(cloud, accessKeyId) } : accounts.accountOf(cloud, accessKeyId);
    return known && !this.isExpired(cloud, accessKeyId) ? known : undefined;
  }

  isExpired(cloud: string, accessKeyId: string): boolean {
    return (this.#engine.issued.endOf(cloud, accessKeyId) ?? Infinity) <= this.date();
  }

  bucketOwner(cloud: string, bucketId: string): { account: string; region: string } | undefined {
    return this.#engine.bucketNamed(cloud, bucketId);
  }

  /** The work is done half-way through the latency: a caller that dies while it waits may have made something. */
  async call<T>(call: WorldCall, work: (view: RegionView) => T): Promise<T> {
    const engine = this.#engine;
    const { personality, region } = this.#place(call);
    const startedAt = engine.now();
    const record = { at: new Date(startedAt).toISOString(), cloud: call.cloud, account: call.account, region: call.region, method: call.method, api: call.api, ...(call.token !== undefined && { token: call.token }), count: call.count ?? 1 };
    const note = (outcome: string, more: Partial<CallRecord> = {}): void => engine.log.add({ ...record, latencyMs: Math.round(engine.now() - startedAt), outcome, ids: [], ...more });

    const retryAfterMs = engine.settings.throttling ? engine.throttle.take(call, personality, startedAt) : 0;
    if (retryAfterMs > 0) {
      note('RATE_LIMITED');
      throw new WorldError('RATE_LIMITED', `${call.api}: too many requests`, { retryAfterMs, reason: 'throttled' });
    }
    const fault = engine.faults.take(['error', 'lost-answer', 'dropped-request', 'latency'], call);
    if (fault?.type === 'dropped-request') {
      note('dropped-request');
      throw new LostAnswer('the connection dropped before anything was done');
    }
    const span = personality.latency.find(([pattern]) => fits(pattern, call))?.[1] ?? [0, 0];
    const halfMs = (drawMs(engine, call, span) + (fault?.type === 'latency' ? fault.ms : 0)) / 2;
    if (halfMs > 0) await engine.clock.sleep(halfMs);
    if (fault?.type === 'error') {
      if (halfMs > 0) await engine.clock.sleep(halfMs);
      note(fault.code);
      throw new WorldError(fault.code, fault.message ?? `the box was told to refuse ${call.api}`, { reason: 'fault', ...(fault.retryAfterMs !== undefined && { retryAfterMs: fault.retryAfterMs }) });
    }

    settle(engine);
    const step = new Step(engine, call, personality, region, engine.holding(call.cloud, call.account), engine.now() + halfMs);
    const done = outcomeOf(() => work(viewOf(step)));
    const kill = engine.faults.take(['signal'], call);
    if (kill) engine.signal?.(kill.pid, kill.signal);
    if (halfMs > 0) await engine.clock.sleep(halfMs);
    this.#enter(call, step, done);
    const lost = fault?.type === 'lost-answer';
    note(lost ? 'lost-answer' : done.outcome, { ids: [...step.ids], ...(step.settleMs > 0 && { settleMs: Math.round(step.settleMs) }) });
    if (lost) throw new LostAnswer('the answer was lost');
    if ('error' in done) throw done.error;
    return done.value;
  }

  /**
   * Does something as a person in the cloud's own console would: at once, past limits and faults, seen by nobody but in the cloud's log of events.
   * @throws WorldError as the same call would.
   */
  outside<T>(call: WorldCall & { actor: string }, work: (view: RegionView) => T): T {
    const engine = this.#engine;
    settle(engine);
    const { personality, region } = this.#place(call);
    const step = new Step(engine, call, personality, region, engine.holding(call.cloud, call.account), engine.now());
    const done = outcomeOf(() => work(viewOf(step)));
    this.#enter(call, step, done);
    if ('error' in done) throw done.error;
    settle(engine);
    return done.value;
  }

  /** Writes a change, or its refusal, into the cloud's log of events. */
  #enter(call: WorldCall, step: Step, done: Outcome<unknown>): void {
    if (isRead(call.method)) return;
    const { engine } = step;
    const [prefix = ''] = call.method.split('.');
    const failed = 'error' in done;
    const base = { at: engine.date(), region: step.region.id, type: call.api, actor: call.actor ?? `account/${call.account}`, failed, ...(failed && { message: done.error instanceof Error ? done.error.message : String(done.error) }) };
    const named = RESOURCE_KINDS.find((kind) => kind === prefix);
    const touched = failed ? [] : [...step.ids];
    for (const id of touched.length > 0 ? touched : [undefined]) {
      const kind = (id !== undefined && step.kinds.get(id)) || named;
      engine.events.add(call.cloud, call.account, { ...base, ...(kind && { kind }), ...(id !== undefined && { resourceId: id }) });
    }
    engine.revision += 1;
  }

  /** The clouds' date and how fast it passes. @throws WorldError INVALID_REQUEST where it would go back. */
  setDate(change: { now?: number; rate?: number }): { now: number; rate: number } {
    const { calendar } = this.#engine;
    // What is due by now happened by the old date.
    settle(this.#engine);
    calendar.set(change);
    this.#engine.revision += 1;
    return { now: calendar.now(), rate: calendar.rate };
  }

  /** Lets a key end at a date; undefined takes that back. */
  expire(cloud: string, accessKeyId: string, at: number | undefined): void {
    this.#engine.issued.expire(cloud, accessKeyId, at);
    this.#engine.revision += 1;
  }

  signingNow(): number {
    return Date.now() + this.#engine.settings.skewMs;
  }

  /** What really exists, seen or not. */
  truth(filter?: TruthFilter): Thing[] {
    return truth(this.#engine, filter);
  }

  /** A new seed begins all sequences anew; keys stay as they are. */
  change(settings: Partial<Settings>): Readonly<Settings> {
    Object.assign(this.#engine.settings, settings);
    if (settings.seed !== undefined) this.#engine.chance.reseed(settings.seed);
    if (settings.throttling !== undefined) this.#engine.throttle.clear();
    this.#engine.revision += 1;
    return this.#engine.settings;
  }

  /** Tells that something outside the engine's own doing changed what a snapshot holds (faults). */
  touch(): void {
    this.#engine.revision += 1;
  }

  /** Empties the world; settings stay, chance begins anew. */
  reset(): void {
    this.#engine.clear();
  }

  snapshot(): Snapshot {
    return takeSnapshot(this.#engine);
  }

  /** Into an empty world only. */
  restore(saved: Snapshot): void {
    loadSnapshot(this.#engine, saved);
  }

  /** When all SSH steps that were asked for are done. */
  async doorsSettled(): Promise<void> {
    settle(this.#engine);
    await this.#engine.doors.settled();
  }

  /** Closes all SSH; the world itself holds nothing else. */
  async close(): Promise<void> {
    await this.#engine.doors.closeAll();
  }

  /** A call without region, or to `global`, works in the cloud's first one. */
  #place(call: WorldCall): { personality: Personality; region: PersonalityRegion } {
    const personality = this.personalities.get(call.cloud);
    if (!personality) throw new WorldError('INVALID_REQUEST', `there is no cloud '${call.cloud}'`, { field: 'cloud' });
    const region = call.region === '' || call.region === 'global' ? personality.regions[0] : personality.regions.find((each) => each.id === call.region);
    if (!region) throw new WorldError('INVALID_REQUEST', `${personality.title} has no region '${call.region}'`, { field: 'region', reason: 'unknown-region' });
    return { personality, region };
  }
}

type Outcome<T> = { outcome: 'ok'; value: T } | { outcome: string; error: unknown };

function outcomeOf<T>(work: () => T): Outcome<T> {
  try {
    return { outcome: 'ok', value: work() };
  } catch (error) {
    return { outcome: error instanceof WorldError ? error.code : 'UNKNOWN', error };
  }
}
