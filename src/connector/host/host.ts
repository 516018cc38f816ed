import { DriverError } from '@mcmp/driver-sdk';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from '../../platform/index.js';
import { ApiBudget } from '../budget/budget.js';
import { type Bundle, BundleError, BundleStore, type LoadedDriver, readFolder } from './bundle.js';
import { type DriverStats, Fleet } from './fleet.js';
import type { FenceRules } from './fence.js';
import type { Sickness } from './health.js';
import { type DriverChange, type FolderChange, type InstalledDriver, type ReadyDriver, Registry } from './registry.js';
import type { DriverRunner, OpenInput } from './runner.js';
import { type DriverSession, GuardedSession } from './session.js';

export type { DriverStats } from './fleet.js';
export type { DriverChange } from './registry.js';

export interface DriverHostOptions {
  /** Folder in which drivers are found, one folder each, also while running. */
  driversDir: string;
  /** A driver's process without calls ends after this time. */
  idleMs: number;
  logger: Logger;
  /** False leaves Node's permission model off, for debugging only. */
  permission?: boolean;
  /** What drivers may not connect to beside metadata services, and which addresses of those they may. */
  fence?: FenceRules;
  /** Folder for checked copies of bundles; absent takes one in the system's temporary folder. */
  storeDir?: string;
  /** Keeps calls within what clouds allow; absent keeps one for this host alone. */
  budget?: ApiBudget;
}

/** `providerCode` of the refusal of a call whose driver is not installed or not active here: nobody asked the cloud. */
export const DRIVER_ABSENT = 'DriverAbsent';

/** `providerCode` of a call whose driver was kept from an address (`fence.ts`): the system's own word, since drivers name that. */
export const FENCED = 'EACCES';

/** What serves the calls of a name: what lies in the drivers' folder, nothing, or a bundle. */
export type Choice = 'folder' | 'off' | { driver: LoadedDriver; /** Hears once where the version fails by its own fault soon after it began to serve. */ onSick?: (sickness: Sickness) => void };

/**
 * Runs cloud drivers, each version in a process of its own without the server's environment and with no file but its own.
 * Finds them in a folder while running or is handed bundles, checks and guards every call, and outlives whatever they do.
 */
export class DriverHost {
  private readonly registry: Registry;
  private readonly store: BundleStore;
  private readonly budget: ApiBudget;
  private readonly fleet: Fleet;
  /** Names that the folder does not decide. */
  private readonly choices = new Map<string, LoadedDriver | 'off'>();
  private readonly listeners: ((change: DriverChange) => void)[] = [];
  private restore: (driver: LoadedDriver) => Promise<Bundle | undefined> = () => Promise.resolve(undefined);
  private fence: FenceRules;
  private sweeping: NodeJS.Timeout | undefined;

  constructor(private readonly options: DriverHostOptions) {
    const { logger, idleMs, permission = true } = options;
    this.store = new BundleStore(resolve(options.storeDir ?? join(tmpdir(), `mcmp-drivers-${process.getuid?.() ?? 0}`)));
    this.fence = options.fence ?? { own: [], open: [] };
    this.budget = options.budget ?? new ApiBudget();
    this.fleet = new Fleet({ idleMs, logger, permission, budget: this.budget, intact: (driver) => this.intact(driver), fence: () => this.fence });
    this.registry = new Registry({
      driversDir: resolve(options.driversDir), store: this.store, logger,
      tryOut: (driver) => this.fleet.tryOut(driver),
      onChange: (change) => this.folderChanged(change),
    });
  }

  /** Finds the drivers and begins to watch their folder; ends when each is ready or failed. */
  async start(): Promise<void> {
    await this.store.open();
    await this.registry.start();
    const everyMs = Math.min(5000, Math.max(250, this.options.idleMs / 4));
    this.sweeping = setInterval(() => this.fleet.sweep(), everyMs).unref();
  }

  /** Ends all processes, and waits until they are gone. */
  async stop(): Promise<void> {
    clearInterval(this.sweeping);
    await this.registry.stop();
    await this.fleet.stop();
    await this.budget.stop();
  }

  /** Drivers that serve, and those that do not with the reason, by name. A folder whose driver gave way to a bundle is not among them. */
  list(): InstalledDriver[] {
    const inFolder = this.registry.list().filter(({ state, name }) => state === 'failed' || !this.choices.has(name));
    const chosen = [...this.choices].map(([name, choice]): InstalledDriver => (choice === 'off' ? { state: 'inactive', name, why: 'an administrator has deactivated it' } : readyOf(choice)));
    return [...inFolder, ...chosen].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  /** The version that serves calls. */
  find(name: string): ReadyDriver | undefined {
    const choice = this.choices.get(name);
    if (choice === undefined) return this.registry.find(name);
    return choice === 'off' ? undefined : readyOf(choice);
  }

  /** What the drivers' folder offers under a name, whether it serves or not. */
  inFolder(name: string): ReadyDriver | undefined {
    return this.registry.find(name);
  }

  /** Keeps a bundle's files, tries it out (with `accounts` also against their clouds), and gives it ready to be chosen. @throws BundleError that says why it is not fit. */
  async prepare(bundle: Bundle, accounts: OpenInput[] = []): Promise<LoadedDriver> {
    const known = await this.store.find(bundle.manifest, bundle.hash);
    if (known) return this.fit(known, accounts);
    const loaded = await this.store.keep(bundle);
    return this.fit(loaded, accounts).catch(async (error: unknown) => {
      await this.store.remove(loaded);
      throw error;
    });
  }

  /**
   * The same of a bundle whose files are kept here already; undefined where they are not. Without `accounts`, one that was found fit before is not tried again.
   * @throws BundleError
   */
  async prepareKept(manifest: LoadedDriver['manifest'], hash: string, accounts: OpenInput[] = []): Promise<LoadedDriver | undefined> {
    const loaded = await this.store.find(manifest, hash);
    return loaded && accounts.length === 0 && (await this.store.isProven(loaded)) ? loaded : loaded && this.fit(loaded, accounts);
  }

  /** Ends the process that a trial left, where the bundle is not chosen. */
  dismiss(hash: string): Promise<void> {
    return this.fleet.dismiss(hash);
  }

  /** Decides what serves a name, at once: new calls go there, calls under way end where they are. */
  choose(name: string, choice: Choice): void {
    const before = this.find(name);
    if (choice === 'folder') this.choices.delete(name);
    else this.choices.set(name, choice === 'off' ? choice : choice.driver);
    const after = this.find(name);
    if (before?.hash === after?.hash) return;
    if (typeof choice === 'object') this.fleet.serve(choice.driver, choice.onSick);
    else if (after) this.fleet.serve(this.store.placeOf(after.manifest, after.hash));
    else this.fleet.withdraw(name);
    this.tell({ added: after ? [after] : [], removed: before ? [before] : [], failed: [] });
  }

  /** Says where a lost copy of a bundle comes from. */
  restoreFrom(restore: (driver: LoadedDriver) => Promise<Bundle | undefined>): void {
    this.restore = restore;
  }

  /** Tells each later change, after it holds. */
  onChange(listener: (change: DriverChange) => void): void {
    this.listeners.push(listener);
  }

  /** Opens a session; nothing is started, connected or refused before its first use. The credential stays in memory. */
  open(input: OpenInput): DriverSession {
    return new GuardedSession(input, { budget: this.budget, runner: (name) => this.runner(name) });
  }

  /** Keeps drivers from one more port of this machine, from now on. */
  keepFrom(port: number): void {
    this.fence = { ...this.fence, own: [...this.fence.own, { port }] };
    this.fleet.setFence();
  }

  /** Forgets the accounts that are connected under a key. */
  close(key: string): void {
    this.fleet.close(key);
  }

  /** Looks at a driver's folder anywhere, starts it once, and says what it is or why it would not be taken. */
  async verifyDriver(folder: string): Promise<Pick<ReadyDriver, 'manifest' | 'hash'> | { why: string }> {
    try {
      const loaded = await this.store.keep(await readFolder(folder));
      const trial = await this.fleet.tryOut(loaded);
      if (trial) return { why: trial.why };
      await this.fleet.dismiss(loaded.hash);
      return { manifest: loaded.manifest, hash: loaded.hash };
    } catch (error) {
      if (error instanceof BundleError) return { why: error.message };
      throw error;
    }
  }

  stats(): DriverStats[] {
    return this.fleet.stats();
  }

  private async fit(loaded: LoadedDriver, accounts: OpenInput[]): Promise<LoadedDriver> {
    if (this.find(loaded.manifest.name)?.hash === loaded.hash) return loaded;
    const trial = await this.fleet.tryOut(loaded, accounts);
    if (trial) throw new BundleError(trial.why, loaded.manifest);
    await this.store.setProven(loaded);
    return loaded;
  }

  private runner(name: string): DriverRunner {
    const runner = this.fleet.current(name);
    if (runner) return runner;
    const failed = this.list().find((driver) => driver.state !== 'ready' && driver.name === name);
    throw new DriverError('UNAVAILABLE', `driver "${name}" is not ${failed?.state === 'inactive' ? 'active' : 'installed'}${failed ? `: ${failed.why}` : ''}`, { providerCode: DRIVER_ABSENT });
  }

  /** A name that was given to a bundle, or to nothing, keeps that whatever happens in the folder. */
  private folderChanged(change: FolderChange): void {
    const decided = ({ name }: ReadyDriver): boolean => !this.choices.has(name);
    const [added, removed] = [change.added.filter(decided), change.removed.filter(decided)];
    for (const { name } of removed) if (!added.some((driver) => driver.name === name)) this.fleet.withdraw(name);
    for (const driver of change.loaded) {
      if (this.choices.has(driver.manifest.name)) void this.fleet.dismiss(driver.hash);
      else this.fleet.serve(driver);
    }
    this.tell({ added, removed, failed: change.failed, ...(change.cleared && { cleared: change.cleared }) });
  }

  private tell(change: DriverChange): void {
    const { logger } = this.options;
    for (const { name, version, folder, hash } of change.removed) logger.info(`driver ${name} ${version} is no longer current`, { folder, hash });
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

  /** Whether the kept copy is what was hashed; where it was lost, it is made again from where it came, if that still holds the same. */
  private async intact(driver: LoadedDriver): Promise<boolean> {
    if (await this.store.isIntact(driver)) return true;
    const here = this.registry.find(driver.manifest.name);
    const ofFolder = here?.hash === driver.hash && here.folder !== undefined ? readFolder(join(resolve(this.options.driversDir), here.folder)) : Promise.resolve(undefined);
    const bundle = (await ofFolder.catch(() => undefined)) ?? (await this.restore(driver).catch(() => undefined));
    return bundle?.hash === driver.hash && this.store.keep(bundle).then(() => true, () => false);
  }
}

const readyOf = ({ manifest, hash }: LoadedDriver): ReadyDriver => ({ state: 'ready', name: manifest.name, version: manifest.version, manifest, hash });
