import { DriverError } from '@mcmp/driver-sdk';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from '../../platform/index.js';
import { Deadline } from './deadline.js';
import { BundleError, BundleStore, type LoadedDriver, readBundle } from './bundle.js';
import { RateLimits } from './limits.js';
import { Redactor } from './output.js';
import { type DriverChange, type InstalledDriver, type ReadyDriver, Registry, type Trial } from './registry.js';
import { DriverRunner, type OpenInput } from './runner.js';
import { type DriverSession, GuardedSession } from './session.js';

export type { DriverChange } from './registry.js';

export interface DriverHostOptions {
  /** Folder in which drivers are found, one folder each, also while running. */
  driversDir: string;
  /** A driver's process without calls ends after this time. */
  idleMs: number;
  logger: Logger;
  /** False leaves Node's permission model off, for debugging only. */
  permission?: boolean;
  /** Folder for checked copies of bundles; absent takes one in the system's temporary folder. */
  storeDir?: string;
}

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

const TRIAL_MS = 30_000;
const TRIALS_AT_ONCE = 3;

/**
 * Runs cloud drivers, each version in a process of its own without the server's environment and with no file but its own.
 * Finds them in a folder while running, checks and guards every call, and outlives whatever they do.
 */
export class DriverHost {
  private readonly registry: Registry;
  private readonly store: BundleStore;
  private readonly limits = new RateLimits();
  private readonly runners = new Map<string, DriverRunner>();
  private readonly tried = new Map<string, DriverRunner>();
  private readonly retiring = new Set<DriverRunner>();
  private readonly redactors = new Map<string, Redactor>();
  private readonly listeners: ((change: DriverChange) => void)[] = [];
  /** Trials wait in a few lines, so that a first start with many drivers does not start all their processes together. */
  private readonly lines: Promise<unknown>[] = Array.from({ length: TRIALS_AT_ONCE }, () => Promise.resolve());
  private trials = 0;
  private sweeping: NodeJS.Timeout | undefined;

  constructor(private readonly options: DriverHostOptions) {
    this.store = new BundleStore(resolve(options.storeDir ?? join(tmpdir(), `mcmp-drivers-${process.getuid?.() ?? 0}`)));
    this.registry = new Registry({
      driversDir: resolve(options.driversDir), store: this.store, logger: options.logger,
      tryOut: (driver) => this.tryOut(driver),
      onChange: (change, loaded) => this.change(change, loaded),
    });
  }

  /** Finds the drivers and begins to watch their folder; ends when each is ready or failed. */
  async start(): Promise<void> {
    await this.store.open();
    await this.registry.start();
    const everyMs = Math.min(5000, Math.max(250, this.options.idleMs / 4));
    this.sweeping = setInterval(() => {
      for (const runner of this.runners.values()) runner.sweep();
      this.limits.sweep();
    }, everyMs).unref();
  }

  /** Ends all processes, and waits until they are gone. */
  async stop(): Promise<void> {
    clearInterval(this.sweeping);
    await this.registry.stop();
    const runners = [...this.runners.values(), ...this.retiring, ...this.tried.values()];
    this.runners.clear();
    await Promise.all(runners.map((runner) => runner.stop()));
  }

  /** Ready and failed drivers, by name. */
  list(): InstalledDriver[] {
    return this.registry.list();
  }

  /** The version that serves calls. */
  find(name: string): ReadyDriver | undefined {
    return this.registry.find(name);
  }

  /** Tells each later change, after it holds. */
  onChange(listener: (change: DriverChange) => void): void {
    this.listeners.push(listener);
  }

  /** Opens a session; nothing is started, connected or refused before its first use. The credential stays in memory. */
  open(input: OpenInput): DriverSession {
    return new GuardedSession(input, { limits: this.limits, runner: (name) => this.runner(name) });
  }

  /** Forgets the accounts that are connected under a key. */
  close(key: string): void {
    for (const runner of this.runners.values()) runner.close(key);
  }

  /** Looks at a driver's folder anywhere, starts it once, and says what it is or why it would not be taken. */
  async verifyDriver(folder: string): Promise<Pick<ReadyDriver, 'manifest' | 'hash'> | { why: string }> {
    try {
      const loaded = await this.store.keep(await readBundle(folder));
      const trial = await this.tryOut(loaded);
      if (trial) return { why: trial.why };
      const runner = this.tried.get(loaded.hash);
      this.tried.delete(loaded.hash);
      await runner?.stop();
      return { manifest: loaded.manifest, hash: loaded.hash };
    } catch (error) {
      if (error instanceof BundleError) return { why: error.message };
      throw error;
    }
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

  private runner(name: string): DriverRunner {
    const runner = this.runners.get(name);
    if (runner) return runner;
    const failed = this.list().find((driver) => driver.state === 'failed' && driver.name === name);
    throw new DriverError('UNAVAILABLE', `driver "${name}" is not installed${failed ? `: ${failed.why}` : ''}`);
  }

  private change(change: DriverChange, loaded: LoadedDriver[]): void {
    const { logger } = this.options;
    const retired = change.removed.map(({ name }) => this.runners.get(name)).filter((runner) => runner !== undefined);
    for (const { name } of change.removed) this.runners.delete(name);
    for (const driver of loaded) {
      this.runners.set(driver.manifest.name, this.tried.get(driver.hash) ?? this.runnerOf(driver));
      this.tried.delete(driver.hash);
    }
    for (const runner of retired) this.retire(runner);
    for (const { name, version, folder } of change.removed) logger.info(`driver ${name} ${version} is no longer current`, { folder });
    for (const { name, version, folder, hash } of change.added) logger.info(`driver ${name} ${version} is ready`, { folder, hash });
    for (const { folder, why } of change.failed) logger.warn(`the driver in the folder ${folder} is not usable: ${why}`, { folder });
    for (const listener of this.listeners) {
      try {
        listener(change);
      } catch (error) {
        logger.error('a listener to driver changes failed', error as Error);
      }
    }
  }

  private retire(runner: DriverRunner): void {
    this.retiring.add(runner);
    void runner.retire().finally(() => this.retiring.delete(runner));
  }

  private tryOut(driver: LoadedDriver): Promise<Trial | undefined> {
    const line = (this.trials += 1) % TRIALS_AT_ONCE;
    const trial = (this.lines[line] ?? Promise.resolve()).then(() => this.tryNow(driver));
    this.lines[line] = trial.catch(() => undefined);
    return trial;
  }

  /** Starts a bundle once. Where a former version is at work, the process is kept for the calls that will follow. */
  private async tryNow(driver: LoadedDriver): Promise<Trial | undefined> {
    const runner = this.runnerOf(driver);
    const why = await runner.tryOut(new Deadline(TRIAL_MS, `trial of driver ${driver.label}`));
    if (why) await runner.stop();
    else if (!this.runners.get(driver.manifest.name)?.current) await runner.end();
    if (!why) this.tried.set(driver.hash, runner);
    return why;
  }

  private runnerOf(driver: LoadedDriver): DriverRunner {
    const { idleMs, logger, permission = true } = this.options;
    const redactor = this.redactors.get(driver.manifest.name) ?? new Redactor();
    this.redactors.set(driver.manifest.name, redactor);
    return new DriverRunner(driver, { idleMs, logger, permission, redactor, intact: () => this.intact(driver) });
  }

  /** Whether the kept copy is what was hashed; where it was lost, it is made again from its folder, if that still holds the same. */
  private async intact(driver: LoadedDriver): Promise<boolean> {
    if (await this.store.isIntact(driver)) return true;
    const current = this.registry.find(driver.manifest.name);
    const bundle = current && (await readBundle(join(resolve(this.options.driversDir), current.folder)).catch(() => undefined));
    return bundle?.hash === driver.hash && this.store.keep(bundle).then(() => true, () => false);
  }
}
