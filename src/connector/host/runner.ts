import { type CallsLeft, type ConnectInput, DriverError, type Traits } from '@mcmp/driver-sdk';
import type { Logger } from '../../platform/index.js';
import { Deadline } from './deadline.js';
import type { LoadedDriver } from './bundle.js';
import { Crashes } from './crashes.js';
import { difference, trialValues } from './difference.js';
import type { FenceRules } from './fence.js';
import { Health, type Sickness, isOwnFault, ownFault } from './health.js';
import type { Redactor } from './output.js';
import { DriverProcess } from './process.js';
import type { ConnectAnswer } from './protocol.js';
import type { Trial } from './registry.js';
import { TraitsShape } from './shapes.js';

const CONNECT_MS = 15_000;
const PROBATION_MS = 900_000;
/** A retired version ends at the latest after this, whatever is under way. */
const DRAIN_MS = 120_000;

/** What opens a session. */
export interface OpenInput extends ConnectInput {
  /** Whose it is, e.g. the connection's id. */
  key: string;
  /** Whose budget its calls use: the cloud account as far as it is known by now, and the workspace that asks. Absent counts them by `key`. */
  spender?: { account(): string; workspaceId: string };
  /** Name of the driver. */
  driver: string;
  /** Names this state of credential, endpoint and options; another one makes the driver connect anew. */
  revision: string;
}

/** One account as a process holds it. */
interface Account { traits: Traits; call(method: string, request: unknown, deadline: Deadline, onLeft?: (left: CallsLeft) => void): Promise<unknown> }
interface Opened { key: string; session: string; account: Promise<Account>; usedAt: number }

export interface RunnerOptions {
  idleMs: number;
  permission: boolean;
  logger: Logger;
  redactor: Redactor;
  /** What its processes may not connect to, as of now. */
  fence: () => FenceRules;
  /** Makes sure that the bundle on disk is still the one that was checked; false where it is not and cannot be. */
  intact: () => Promise<boolean>;
}

/** Runs one driver version: starts its process when needed, again after a crash, and ends it when idle or retired. */
export class DriverRunner {
  calls = 0;
  errors = 0;
  restarts = 0;
  private users = 0;
  private usedAt = performance.now();
  private retired = false;
  private stopped = false;
  private fell = false;
  private sequence = 0;
  private process: DriverProcess | undefined;
  private starting: Promise<DriverProcess> | undefined;
  private readonly crashes = new Crashes();
  private opened = new Map<string, Opened>();
  private readonly drained: Promise<void>;
  private onDrained: () => void = () => undefined;
  private watch: ((fault: boolean) => void) | undefined;

  constructor(readonly driver: LoadedDriver, private readonly options: RunnerOptions) {
    this.drained = new Promise((done) => { this.onDrained = done; });
  }

  get current(): DriverProcess | undefined { return this.process?.usable ? this.process : undefined; }
  get inFlight(): number { return this.users; }

  /** Runs `work` and counts it, so that neither idleness nor a newer version ends the process under it. */
  async use<T>(work: (runner: DriverRunner) => Promise<T>): Promise<T> {
    this.users += 1;
    this.calls += 1;
    try {
      const answer = await work(this);
      this.watch?.(false);
      return answer;
    } catch (error) {
      this.errors += 1;
      this.watch?.(isOwnFault(error));
      throw error;
    } finally {
      this.users -= 1;
      this.usedAt = performance.now();
      if (this.retired && this.users === 0) this.onDrained();
    }
  }

  /** Watches the calls of a new version for a quarter of an hour, and tells once where it fails by its own fault. */
  probation(onSick: (sickness: Sickness) => void): void {
    const health = new Health();
    const until = performance.now() + PROBATION_MS;
    this.watch = (fault) => {
      const sickness = performance.now() < until ? health.record(fault) : undefined;
      if (sickness || performance.now() >= until) this.watch = undefined;
      if (sickness) onSick(sickness);
    };
  }

  /** The account of a connection in the running process: started and connected where it is not. */
  async connected(input: OpenInput, deadline: Deadline): Promise<Account> {
    const process = await this.running(deadline);
    const id = `${input.key}\n${input.revision}`;
    let opened = this.opened.get(id);
    if (!opened) {
      this.options.redactor.add(this.driver.manifest.credential.filter(({ secret }) => secret).map(({ name }) => input.credential[name] ?? ''));
      const session = `${++this.sequence}`;
      const made: Opened = { key: input.key, session, usedAt: 0, account: this.connect(process, session, input) };
      made.account.catch(() => { if (this.opened.get(id) === made) this.opened.delete(id); });
      this.opened.set(id, (opened = made));
    }
    opened.usedAt = performance.now();
    return deadline.within(opened.account);
  }

  /** Starts the process where it is not running. */
  async running(deadline: Deadline): Promise<DriverProcess> {
    const process = this.current;
    if (!this.starting && process && !process.worn) return process;
    this.starting ??= this.start(deadline).finally(() => { this.starting = undefined; });
    return deadline.within(this.starting);
  }

  /** Starts the bundle and connects with made-up values, which asks no cloud; says what is wrong with it. */
  async tryOut(deadline: Deadline): Promise<Trial | undefined> {
    const { manifest } = this.driver;
    let process: DriverProcess;
    try {
      process = await this.running(deadline);
    } catch (error) {
      return { why: (error as Error).message, again: (error as DriverError).code !== 'UNKNOWN' };
    }
    try {
      const input = { credential: trialValues(manifest.credential), options: trialValues(manifest.options), ...(manifest.endpoint !== 'none' && { endpoint: 'http://127.0.0.1:9' }) };
      const why = difference(this.driver, (await process.connect('trial', input, deadline)) as ConnectAnswer);
      process.close('trial');
      return why === undefined ? undefined : { why, again: false };
    } catch (error) {
      // A driver may refuse the made-up values; what it then gives is looked at when a real connection is made.
      return process.usable ? undefined : { why: (error as Error).message, again: true };
    }
  }

  /** Lets the running process know what it may not connect to now. */
  setFence(): void {
    this.process?.setFence(this.options.fence());
  }

  /** Forgets the accounts of a connection. */
  close(key: string): void {
    this.closeWhere((opened) => opened.key === key);
  }

  /** Ends what is idle: accounts first, then the process. */
  sweep(): void {
    const before = performance.now() - this.options.idleMs;
    if (this.users === 0 && this.usedAt < before) void this.end();
    else this.closeWhere((opened) => opened.usedAt < before);
  }

  /** Takes no part in new calls any more: ends when those under way have ended. */
  async retire(): Promise<void> {
    this.retired = true;
    if (this.users === 0) this.onDrained();
    const timer = setTimeout(() => this.onDrained(), DRAIN_MS);
    await this.drained;
    clearTimeout(timer);
    await this.end();
  }

  /** Ends the process, and waits until it is gone. */
  async end(): Promise<void> {
    const process = this.process;
    this.process = undefined;
    this.opened.clear();
    await process?.stop();
  }

  /** Ends the process for good. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.end();
    await this.starting?.catch(() => undefined);
  }

  private async start(deadline: Deadline): Promise<DriverProcess> {
    const { manifest, label, folder, entry } = this.driver;
    const pauseMs = this.crashes.pauseMs();
    if (pauseMs > 0) {
      const why = `driver ${label} crashed ${this.crashes.count} times within ${Crashes.WINDOW_MS / 1000} s and is started again in ${Math.ceil(pauseMs)} ms`;
      if (pauseMs > deadline.remainingMs) throw ownFault(new DriverError('UNAVAILABLE', why, { retryAfterMs: Math.ceil(pauseMs) }));
      this.options.logger.warn(why, { driver: label });
      await new Promise((done) => setTimeout(done, pauseMs));
    }
    if (!(await this.options.intact())) throw new DriverError('UNAVAILABLE', `the files of driver ${label} changed after they were checked; drop the driver in again`);
    if (this.stopped) throw new DriverError('UNAVAILABLE', `driver ${label} is stopped`);
    this.process?.drain();
    const process = new DriverProcess({ folder, entry, label, permission: this.options.permission, fence: this.options.fence(), redactor: this.options.redactor, logger: this.options.logger });
    this.process = process;
    this.opened = new Map();
    if (this.fell) this.restarts += 1;
    this.fell = false;
    void process.ended.then((how) => this.ended(process, how));
    try {
      await process.loaded;
    } catch (error) {
      // A process that still runs has judged the bundle, and would judge it so again.
      const code = process.usable ? 'UNKNOWN' : 'UNAVAILABLE';
      void process.stop();
      if (this.process === process) this.process = undefined;
      throw new DriverError(code, `driver ${label}: ${(error as Error).message}`);
    }
    this.options.logger.info(`the process of driver ${label} runs`, { driver: label, pid: process.pid, startMs: process.startMs, sdk: manifest.sdk });
    return process;
  }

  private ended(process: DriverProcess, how: string): void {
    if (this.process === process) {
      this.process = undefined;
      this.opened = new Map();
    }
    if (process.dismissed) return;
    this.fell = true;
    this.options.logger.error(`the process of driver ${this.driver.label} ${how}`, { driver: this.driver.label, pid: process.pid, crashes: this.crashes.note() });
  }

  private async connect(process: DriverProcess, session: string, { credential, endpoint, options }: OpenInput): Promise<Account> {
    const input = { credential, options, ...(endpoint !== undefined && { endpoint }) };
    const answer = (await process.connect(session, input, new Deadline(CONNECT_MS, `${this.driver.manifest.name} connect`))) as ConnectAnswer;
    const why = difference(this.driver, answer);
    if (why !== undefined) {
      process.close(session);
      throw new DriverError('UNKNOWN', `driver ${this.driver.label}: ${why}`);
    }
    const traits = TraitsShape.parse(answer.traits);
    const has = new Set(Object.entries(answer.groups).flatMap(([group, methods]) => methods.map((method) => `${group}.${method}`)));
    return {
      traits,
      call: (method, request, deadline, onLeft) => (has.has(method) ? process.call(session, method, request, deadline, onLeft) : Promise.reject(new DriverError('UNSUPPORTED', `driver ${this.driver.label} has no ${method}`))),
    };
  }

  private closeWhere(matches: (opened: Opened) => boolean): void {
    for (const [id, opened] of this.opened) {
      if (!matches(opened)) continue;
      this.opened.delete(id);
      opened.account.then(() => this.current?.close(opened.session), () => undefined);
    }
  }
}
