import type { Manifest } from '@mcmp/driver-sdk';
import { isBundlePath } from '@mcmp/driver-sdk/bundle';
import { type FSWatcher, watch } from 'chokidar';
import { type Stats, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Logger } from '../../platform/index.js';
import { type Bundle, BundleError, type BundleStore, type LoadedDriver, fingerprint, readFolder } from './bundle.js';

/** A driver that serves calls. */
export interface ReadyDriver {
  state: 'ready';
  name: string;
  version: string;
  manifest: Manifest;
  /** Name of its folder within the drivers' folder; absent where it was installed as a bundle. */
  folder?: string;
  /** Sha-256 of the bundle's files, in hexadecimal. */
  hash: string;
  why?: undefined;
}
/** A folder that holds a broken driver. A former good version of it may be there beside, as a {@link ReadyDriver}. */
export interface FailedDriver {
  state: 'failed';
  /** The manifest's name, or the folder's where the manifest cannot be read. */
  name: string;
  version?: string;
  manifest?: Manifest;
  folder: string;
  hash?: string;
  /** What is wrong, as a sentence. */
  why: string;
}
/** A driver that is there and serves nothing, because somebody wanted it so. */
export interface InactiveDriver {
  state: 'inactive';
  name: string;
  version?: undefined;
  manifest?: undefined;
  folder?: undefined;
  hash?: undefined;
  why: string;
}
/** A driver as the host knows it. */
export type InstalledDriver = ReadyDriver | FailedDriver | InactiveDriver;

/** What changed in one step; a replaced version is both removed and added. */
export interface DriverChange {
  added: ReadyDriver[];
  removed: ReadyDriver[];
  failed: { folder: string; why: string }[];
  /** Folders that held a broken driver and are gone. */
  cleared?: string[];
}

/** A change in the drivers' folder, with the files of the added. */
export interface FolderChange extends DriverChange { loaded: LoadedDriver[] }

/** Outcome of starting a bundle once: `again` where another try may go better. */
export interface Trial { why: string; again: boolean }

export interface RegistryOptions {
  driversDir: string;
  store: BundleStore;
  logger: Logger;
  /** Starts a bundle to see whether it loads and gives what it declares. */
  tryOut(driver: LoadedDriver): Promise<Trial | undefined>;
  onChange(change: FolderChange): void;
}

/** A folder is looked at when it was quiet for so long. */
const SETTLE_MS = 150;
/** Without file events (network file systems, exhausted watches) a change is seen after so long. */
const RESCAN_MS = 2000;
const WATCH_READY_MS = 3000;
const TRIALS = 3;

/** Knows which drivers lie in the drivers' folder, at start and while running. */
export class Registry {
  private readonly ready = new Map<string, ReadyDriver & { folder: string }>();
  private readonly failed = new Map<string, FailedDriver>();
  /** Last judged fingerprint of each folder. */
  private readonly seen = new Map<string, string | undefined>();
  private readonly trials = new Map<string, number>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly work = new Map<string, Promise<void>>();
  private watcher: FSWatcher | undefined;
  private rescan: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly options: RegistryOptions) {}

  /** Judges all folders and begins to watch. */
  async start(): Promise<void> {
    await this.watch();
    await Promise.all((await this.folders()).map((folder) => this.judge(folder)));
    this.rescan = setInterval(() => void this.look(), RESCAN_MS).unref();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.rescan);
    for (const timer of this.timers.values()) clearTimeout(timer);
    await this.watcher?.close();
    await Promise.all(this.work.values());
  }

  list(): InstalledDriver[] {
    return [...this.ready.values(), ...this.failed.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  find(name: string): ReadyDriver | undefined {
    return this.ready.get(name);
  }

  /** Judges a folder after the judgement that is under way. */
  private judge(folder: string): Promise<void> {
    const before = this.work.get(folder) ?? Promise.resolve();
    const work = before.then(() => (this.stopped ? undefined : this.inspect(folder))).catch((error: unknown) => {
      this.options.logger.error(`the driver folder ${folder} cannot be read`, error as Error);
      this.seen.delete(folder);
    });
    this.work.set(folder, work);
    return work;
  }

  private touch(folder: string): void {
    if (this.stopped) return;
    clearTimeout(this.timers.get(folder));
    this.timers.set(folder, setTimeout(() => {
      this.timers.delete(folder);
      void this.judge(folder);
    }, SETTLE_MS));
  }

  private async inspect(folder: string): Promise<void> {
    const path = join(this.options.driversDir, folder);
    const mark = await fingerprint(path);
    if (this.seen.has(folder) && this.seen.get(folder) === mark) return;
    let bundle: Bundle;
    try {
      if (mark === undefined) return this.gone(folder);
      bundle = await readFolder(path);
    } catch (error) {
      if (!(error instanceof BundleError)) return this.touch(folder);
      return this.fail(folder, mark, error.message, { ...(error.manifest && { manifest: error.manifest }) });
    }
    // Files that arrive one after another are judged when all are there.
    if ((await fingerprint(path)) !== mark) return this.touch(folder);
    const { manifest, hash } = bundle;
    const current = this.ready.get(manifest.name);
    if (current && current.folder !== folder) return this.fail(folder, mark, `the name "${manifest.name}" is taken by the driver in the folder ${current.folder}`, bundle);
    if (current?.hash === hash) {
      this.seen.set(folder, mark);
      this.failed.delete(folder);
      return;
    }
    const loaded = await this.options.store.keep(bundle);
    if (!(await this.options.store.isProven(loaded))) {
      const trial = await this.options.tryOut(loaded);
      if (trial) {
        const tried = (this.trials.get(hash) ?? 0) + 1;
        this.trials.set(hash, tried);
        return this.fail(folder, trial.again && tried < TRIALS ? undefined : mark, trial.why, bundle);
      }
      await this.options.store.setProven(loaded);
    }
    this.promote(folder, mark, loaded);
  }

  private promote(folder: string, mark: string, loaded: LoadedDriver): void {
    const { manifest, hash } = loaded;
    const current = this.ready.get(manifest.name);
    if (current && current.folder !== folder) return this.fail(folder, mark, `the name "${manifest.name}" is taken by the driver in the folder ${current.folder}`, loaded);
    const removed = [...this.ready.values()].filter((driver) => driver.folder === folder);
    for (const { name } of removed) this.ready.delete(name);
    const driver = { state: 'ready' as const, name: manifest.name, version: manifest.version, manifest, folder, hash };
    this.ready.set(driver.name, driver);
    this.failed.delete(folder);
    this.seen.set(folder, mark);
    this.options.onChange({ added: [driver], removed, failed: [], loaded: [loaded] });
    this.retryTaken();
  }

  private fail(folder: string, mark: string | undefined, why: string, known: { manifest?: Manifest; hash?: string }): void {
    if (mark === undefined) this.seen.delete(folder);
    else this.seen.set(folder, mark);
    const told = this.failed.get(folder)?.why === why;
    const { manifest, hash } = known;
    this.failed.set(folder, { state: 'failed', name: manifest?.name ?? folder, folder, why, ...(manifest && { manifest, version: manifest.version }), ...(hash !== undefined && { hash }) });
    if (!told) this.options.onChange({ added: [], removed: [], failed: [{ folder, why }], loaded: [] });
  }

  private gone(folder: string): void {
    this.seen.delete(folder);
    const broken = this.failed.delete(folder);
    const removed = [...this.ready.values()].filter((driver) => driver.folder === folder);
    if (removed.length === 0 && !broken) return;
    for (const { name } of removed) this.ready.delete(name);
    this.options.onChange({ added: [], removed, failed: [], ...(broken && { cleared: [folder] }), loaded: [] });
    this.retryTaken();
  }

  /** A name may have become free: drivers that waited for it are judged again. */
  private retryTaken(): void {
    for (const { folder, name } of this.failed.values()) {
      if (this.ready.has(name)) continue;
      this.seen.delete(folder);
      this.touch(folder);
    }
  }

  private async look(): Promise<void> {
    await this.watch();
    const folders = await this.folders();
    const known = [...this.seen.keys(), ...[...this.ready.values()].map(({ folder }) => folder)];
    for (const folder of new Set([...folders, ...known])) if (!this.timers.has(folder)) void this.judge(folder);
  }

  private async folders(): Promise<string[]> {
    const entries = await readdir(this.options.driversDir, { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => !entry.isFile() && !entry.name.startsWith('.') && entry.name !== 'node_modules').map(({ name }) => name);
  }

  /** Begins to watch where the folder is there; ends when changes are seen from now on. */
  private async watch(): Promise<void> {
    if (this.watcher || this.stopped || !existsSync(this.options.driversDir)) return;
    const partsOf = (path: string): string[] => relative(this.options.driversDir, path).split(sep);
    const ignored = (path: string, stats?: Stats): boolean => {
      const [folder = '', ...parts] = partsOf(path);
      if (folder === '') return false;
      if (folder === '..' || folder.startsWith('.') || folder === 'node_modules') return true;
      return parts.length > 0 && !isBundlePath(stats?.isDirectory() ? [...parts, 'driver.json'].join('/') : parts.join('/'));
    };
    const watcher = watch(this.options.driversDir, { ignored, ignoreInitial: true, followSymlinks: false });
    this.watcher = watcher;
    watcher.on('all', (_event, path) => {
      const [folder = ''] = partsOf(path);
      if (folder !== '' && folder !== '..') this.touch(folder);
    });
    watcher.on('error', (error) => this.options.logger.warn('watching the drivers folder failed; it is looked at every 2 s instead', error as Error));
    await new Promise<void>((done) => {
      const timer = setTimeout(done, WATCH_READY_MS);
      watcher.once('ready', () => {
        clearTimeout(timer);
        done();
      });
    });
  }
}
