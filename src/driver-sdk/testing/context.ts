import { CAPABILITY_METHODS } from '../capabilities.js';
import type { ResourceKind } from '../kinds.js';
import type { Capability, ConnectInput, Driver, Session } from '../driver.js';
import { isDriverError } from '../errors.js';
import type { Manifest } from '../manifest.js';
import { CheckFailure, CheckSkipped, showError, skip } from './assert.js';
import type { Method, RequestOf, ResultOf } from './methods.js';
import type { CheckNeed, CheckOptions, CheckPlace, CheckSubject } from './options.js';

/** One reusable sentence about a right driver. */
export interface Check {
  /** `subject.what`, e.g. `vm.stop-again`. */
  id: string;
  capability: CheckSubject;
  sentence: string;
  needs?: readonly CheckNeed[];
  /** @throws CheckFailure, or whatever the driver throws, where the sentence does not hold; CheckSkipped where it says nothing here. */
  run(context: CheckContext): Promise<void> | void;
}

/** How one call is made. */
export interface CallOptions {
  signal?: AbortSignal;
  /** Another session than the shared one. */
  session?: Session;
  /** False takes a RATE_LIMITED as the answer; else the kit waits and asks again, as the host does. */
  patient?: boolean;
}

/** One call with its outcome. */
export interface JournalEntry {
  method: string;
  answer?: unknown;
  error?: unknown;
}

/** That of the host. */
const DEADLINE_MS = 30_000;
/** A call that goes on this long after its abort is not going to end. */
const ABORT_GRACE_MS = 2_000;

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** What the checks of one run share: sessions, calls with their journal, waiting, and the name of the run. */
export class CheckContext {
  /** Part of every name, token and tag of this run: 8 of `[a-z0-9]`. */
  readonly run = `k${Math.random().toString(36).slice(2, 9).padEnd(7, '0')}`;
  readonly journal: JournalEntry[] = [];
  /** Things that a call said it made. */
  readonly made = new Map<string, { kind: ResourceKind; id: string; clusterId?: string }>();
  readonly pollMs: number;
  readonly timeoutMs: number;
  /** Values that may be in no message: the secret fields of each credential that was used, passwords and keys that the kit made up. */
  readonly secrets = new Set<string>();
  readonly #memo = new Map<string, Promise<unknown>>();
  readonly #sessions: Session[] = [];
  readonly #counts = new Map<string, number>();
  #lacks: readonly Capability[] = [];

  constructor(readonly options: CheckOptions) {
    this.pollMs = options.pollMs ?? 500;
    this.timeoutMs = options.timeoutMs ?? 300_000;
  }

  get manifest(): Manifest {
    return this.options.manifest;
  }

  /** Makes a value the first time, and gives that value, or the failure of that time, ever after. */
  once<T>(key: string, make: () => Promise<T>): Promise<T> {
    let value = this.#memo.get(key);
    if (!value) this.#memo.set(key, (value = make()));
    return value as Promise<T>;
  }

  /** Counts from 1, for each name by itself. */
  next(name: string): number {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count;
  }

  /** A password that every cloud takes, and that may be told nowhere. */
  secret(): string {
    const value = `Kit${Array.from({ length: 3 }, () => Math.random().toString(36).slice(2, 8).padEnd(6, '0')).join('')}9`;
    this.secrets.add(value);
    return value;
  }

  place(): Promise<CheckPlace> {
    return this.once('place', async () => (typeof this.options.place === 'function' ? this.options.place() : this.options.place));
  }

  driver(): Promise<Driver> {
    return this.once('driver', async () => (typeof this.options.driver === 'function' ? this.options.driver() : this.options.driver));
  }

  /** The credential that the cloud refuses. */
  async broken(): Promise<ConnectInput> {
    const { broken } = this.options;
    return (typeof broken === 'function' ? await broken() : broken) ?? skip('needs `broken`, a credential that the cloud refuses');
  }

  /** A new session; closed with {@link close}. */
  async connect(input?: ConnectInput): Promise<Session> {
    const given = input ?? (await this.options.connect());
    for (const field of this.manifest.credential) {
      const value = given.credential[field.name];
      if (field.secret && value !== undefined && value.length >= 4) this.secrets.add(value);
    }
    const session = await (await this.driver()).connect(structuredClone(given));
    this.#sessions.push(session);
    return session;
  }

  /** The session of all checks that need no other, or why it could not be made. */
  opened(): Promise<Session> {
    return this.once('session', async () => {
      const session = await this.connect();
      this.#lacks = session?.traits?.lacks ?? [];
      return session;
    });
  }

  /** The same; @throws CheckSkipped where it could not be made. */
  async session(): Promise<Session> {
    return this.opened().catch((error: unknown) => {
      throw consequence('a session', error);
    });
  }

  async traits(): Promise<Session['traits']> {
    return (await this.session()).traits;
  }

  /** Whether a capability is declared, and the cloud has it. */
  has(capability: Capability): boolean {
    return this.manifest.capabilities.includes(capability) && !this.#lacks.includes(capability);
  }

  /** What the cloud lacks of these, by its traits; undefined where it has them all, or the session could not be made. */
  async lacking(capabilities: readonly string[]): Promise<string | undefined> {
    await this.opened().catch(() => undefined);
    return capabilities.find((capability) => (this.#lacks as string[]).includes(capability));
  }

  call<M extends Method>(method: M, request: RequestOf<M>, options: CallOptions = {}): Promise<ResultOf<M>> {
    return this.invoke(method, request as object, options) as Promise<ResultOf<M>>;
  }

  /**
   * Makes one call as the host would: with a copy of the request, a deadline and, where `patient`, again after RATE_LIMITED.
   * @throws what the driver throws; CheckSkipped where the method is missing; CheckFailure where the call never ends.
   */
  async invoke(method: string, request: object, { session, signal, patient = true }: CallOptions = {}): Promise<unknown> {
    const handler = await this.handler(method, session);
    for (let attempt = 1; ; attempt++) {
      try {
        const answer: unknown = await this.#bounded(method, signal, (bound) => handler(structuredClone(request), bound));
        this.journal.push({ method, answer });
        return answer;
      } catch (error) {
        if (error instanceof CheckFailure) throw error;
        this.journal.push({ method, error });
        // What may be absent may also be there for another cloud of the same driver, and say so.
        if (isDriverError(error) && error.code === 'UNSUPPORTED' && isOptional(...partsOf(method))) throw new CheckSkipped(`${method}: ${error.message}`);
        if (!patient || attempt > 10 || !isDriverError(error) || error.code !== 'RATE_LIMITED') throw error;
        await sleep(error.detail?.retryAfterMs ?? 500 * attempt);
      }
    }
  }

  /** The driver's own method. @throws CheckSkipped where it is missing. */
  async handler(method: string, session?: Session): Promise<(request: object, signal: AbortSignal) => Promise<unknown>> {
    const [capability = '', name = ''] = method.split('.');
    const group = (session ?? (await this.session()))[capability as Capability] as Record<string, unknown> | undefined;
    const handler = group?.[name];
    if (typeof handler !== 'function') throw new CheckSkipped(`needs ${method}, which is not there`, !isOptional(capability, name));
    return async (request, signal) => handler.call(group, request, signal) as Promise<unknown>;
  }

  /** Looks until `probe` gives a value. @throws CheckFailure after `timeoutMs`. */
  async until<T>(what: string, probe: () => Promise<T | undefined>, limitMs = this.timeoutMs): Promise<T> {
    const endsAt = Date.now() + limitMs;
    for (;;) {
      // Asked before the probe, so that a stalled process looks once more.
      const last = Date.now() >= endsAt;
      const value = await probe();
      if (value !== undefined) return value;
      if (last) throw new CheckFailure(`${what}: not within ${limitMs} ms`);
      await sleep(this.pollMs);
    }
  }

  /** Tries until the driver's consistency window has passed, and gives or throws what the last attempt did. */
  async eventually<T>(attempt: () => Promise<T>): Promise<T> {
    const endsAt = Date.now() + (await this.traits()).consistencyWindowMs;
    for (;;) {
      const last = !(Date.now() < endsAt);
      try {
        return await attempt();
      } catch (error) {
        const passing = error instanceof CheckFailure || (isDriverError(error) && error.code === 'NOT_FOUND');
        if (!passing || last) throw error;
        await sleep(this.pollMs);
      }
    }
  }

  /** Closes every session. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#sessions.splice(0).map((session) => session.close?.()));
  }

  /** A text without the secrets, for reports. */
  redact(text: string): string {
    return [...this.secrets].reduce((rest, secret) => rest.replaceAll(secret, '(secret)'), text);
  }

  async #bounded<T>(method: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const [capability = '', name = ''] = method.split('.');
    const patterns = [method, `${capability}.*`, `*.${name}`, '*'];
    const deadlineMs = patterns.map((pattern) => this.manifest.deadlinesMs?.[pattern]).find((ms) => ms !== undefined) ?? DEADLINE_MS;
    const deadline = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const endless = new Promise<never>((_, fail) => {
      timer = setTimeout(() => {
        deadline.abort();
        timer = setTimeout(() => fail(new CheckFailure(`${method}: did not end ${ABORT_GRACE_MS} ms after its deadline of ${deadlineMs} ms`)), ABORT_GRACE_MS);
      }, deadlineMs);
    });
    try {
      return await Promise.race([work(signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal), endless]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** All names of a group's methods, and those that may be absent. */
export function methodsOf(capability: Capability): { required: string[]; optional: string[] } {
  const all = CAPABILITY_METHODS[capability];
  return { required: all.filter((name) => !name.endsWith('?')), optional: all.filter((name) => name.endsWith('?')).map((name) => name.slice(0, -1)) };
}

/** Capability and name of a method. */
const partsOf = (method: string): [string, string] => {
  const [capability = '', name = ''] = method.split('.');
  return [capability, name];
};

const isOptional = (capability: string, name: string): boolean => capability in CAPABILITY_METHODS && methodsOf(capability as Capability).optional.includes(name);

/** Why something could not be had, for a check that is skipped in consequence. */
export const consequence = (what: string, error: unknown): CheckSkipped =>
  error instanceof CheckSkipped ? error : new CheckSkipped(`needs ${what}, which could not be had: ${showError(error)}`, true);
