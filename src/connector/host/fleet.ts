import type { Logger } from '../../platform/index.js';
import type { LoadedDriver } from './bundle.js';
import { Deadline } from './deadline.js';
import type { FenceRules } from './fence.js';
import type { Sickness } from './health.js';
import { isOwnFault } from './health.js';
import { Redactor } from './output.js';
import type { Trial } from './registry.js';
import { DriverRunner, type OpenInput } from './runner.js';
import { type Serving, GuardedSession } from './session.js';

/** One driver version and its process. */
export interface DriverStats {
  driver: string;
  version: string;
  /** `draining` is a former version whose last calls are under way. */
  state: 'running' | 'idle' | 'draining';
  pid?: number;
  /** Of the last heartbeat; 0 before the first. */
  rssBytes: number;
  /** From start of the process until the bundle was loaded. */
  startMs: number;
  calls: number;
  errors: number;
  /** Starts after a crash. */
  restarts: number;
  inFlight: number;
}

export interface FleetOptions {
  idleMs: number;
  permission: boolean;
  logger: Logger;
  /** Makes sure that the kept copy of a version is whole. */
  intact: (driver: LoadedDriver) => Promise<boolean>;
  /** What the processes may not connect to, as of now. */
  fence: () => FenceRules;
  budget: Serving['budget'];
}

const TRIAL_MS = 30_000;
const PROOF_MS = 10_000;
const TRIALS_AT_ONCE = 3;
/** What a cloud says of an account, and never of the driver: the call has come through. */
const REFUSALS = ['UNAUTHENTICATED', 'FORBIDDEN', 'PAYMENT_REQUIRED', 'QUOTA_EXCEEDED', 'RATE_LIMITED'];

/** The versions that run: one current per name, those that were just tried, and former ones whose last calls are under way. */
export class Fleet {
  private readonly runners = new Map<string, DriverRunner>();
  private readonly tried = new Map<string, DriverRunner>();
  private readonly retiring = new Set<DriverRunner>();
  private readonly redactors = new Map<string, Redactor>();
  /** Trials wait in a few lines, so that a first start with many drivers does not start all their processes together. */
  private readonly lines: Promise<unknown>[] = Array.from({ length: TRIALS_AT_ONCE }, () => Promise.resolve());
  private trials = 0;

  constructor(private readonly options: FleetOptions) {}

  current(name: string): DriverRunner | undefined {
    return this.runners.get(name);
  }

  /** Gives a version all calls from now on; the former one ends when its last call has. `onSick` puts the new one on probation. */
  serve(driver: LoadedDriver, onSick?: (sickness: Sickness) => void): void {
    const { name } = driver.manifest;
    const former = this.runners.get(name);
    const runner = this.tried.get(driver.hash) ?? this.runnerOf(driver);
    this.tried.delete(driver.hash);
    if (onSick) runner.probation(onSick);
    this.runners.set(name, runner);
    if (former) this.retire(former);
  }

  /** Gives a name no calls any more. */
  withdraw(name: string): void {
    const former = this.runners.get(name);
    this.runners.delete(name);
    if (former) this.retire(former);
  }

  /**
   * Starts a version beside the current one: it must load and give what it declares, and where accounts are handed in, one of them must get through to its cloud.
   * Where a former version is at work, the process is kept for the calls that will follow; {@link dismiss} ends it where none do.
   */
  tryOut(driver: LoadedDriver, accounts: OpenInput[] = []): Promise<Trial | undefined> {
    const line = (this.trials += 1) % TRIALS_AT_ONCE;
    const trial = (this.lines[line] ?? Promise.resolve()).then(() => this.tryNow(driver, accounts));
    this.lines[line] = trial.catch(() => undefined);
    return trial;
  }

  /** Ends the process that a trial left, where the version did not come to serve. */
  async dismiss(hash: string): Promise<void> {
    const runner = this.tried.get(hash);
    this.tried.delete(hash);
    await runner?.stop();
  }

  /** Forgets the accounts that are connected under a key. */
  close(key: string): void {
    for (const runner of this.runners.values()) runner.close(key);
  }

  /** Lets all processes know what they may not connect to now. */
  setFence(): void {
    for (const runner of [...this.runners.values(), ...this.retiring, ...this.tried.values()]) runner.setFence();
  }

  /** Ends processes that are idle. */
  sweep(): void {
    for (const runner of [...this.runners.values(), ...this.tried.values()]) runner.sweep();
  }

  /** Ends all processes, and waits until they are gone. */
  async stop(): Promise<void> {
    const runners = [...this.runners.values(), ...this.retiring, ...this.tried.values()];
    this.runners.clear();
    await Promise.all(runners.map((runner) => runner.stop()));
  }

  stats(): DriverStats[] {
    const of = (runner: DriverRunner, draining: boolean): DriverStats => {
      const process = runner.current;
      const { manifest } = runner.driver;
      return {
        driver: manifest.name, version: manifest.version, state: draining ? 'draining' : process ? 'running' : 'idle', ...(process?.pid !== undefined && { pid: process.pid }), rssBytes: process?.rssBytes ?? 0,
        startMs: process?.startMs ?? 0, calls: runner.calls, errors: runner.errors, restarts: runner.restarts, inFlight: runner.inFlight,
      };
    };
    return [...[...this.runners.values()].map((runner) => of(runner, false)), ...[...this.retiring].map((runner) => of(runner, true))];
  }

  private retire(runner: DriverRunner): void {
    this.retiring.add(runner);
    void runner.retire().finally(() => this.retiring.delete(runner));
  }

  private async tryNow(driver: LoadedDriver, accounts: OpenInput[]): Promise<Trial | undefined> {
    const runner = this.runnerOf(driver);
    const trial = (await runner.tryOut(new Deadline(TRIAL_MS, `trial of driver ${driver.label}`))) ?? (await this.prove(runner, accounts));
    if (trial) await runner.stop();
    else if (!this.runners.get(driver.manifest.name)?.current) await runner.end();
    if (trial) return trial;
    const twin = this.tried.get(driver.hash);
    this.tried.set(driver.hash, runner);
    await twin?.stop();
    return undefined;
  }

  /** Asks the cloud of one account after another who it is; one that gets through, or is refused by its cloud, is enough. */
  private async prove(runner: DriverRunner, accounts: OpenInput[]): Promise<Trial | undefined> {
    if (!runner.driver.manifest.capabilities.includes('account')) return undefined;
    let trial: Trial | undefined;
    for (const account of accounts) {
      try {
        await new GuardedSession(account, { budget: this.options.budget, runner: () => runner }).call('account.verify', {}, { deadlineMs: PROOF_MS, priority: 'person' });
        return undefined;
      } catch (error) {
        if (REFUSALS.includes((error as { code?: string }).code ?? '')) return undefined;
        trial = { why: `account.verify with a connection that works failed: ${(error as Error).message}`, again: !isOwnFault(error) };
      }
    }
    return trial;
  }

  private runnerOf(driver: LoadedDriver): DriverRunner {
    const { idleMs, logger, permission, intact, fence } = this.options;
    const redactor = this.redactors.get(driver.manifest.name) ?? new Redactor();
    this.redactors.set(driver.manifest.name, redactor);
    return new DriverRunner(driver, { idleMs, logger, permission, redactor, fence, intact: () => intact(driver) });
  }
}
