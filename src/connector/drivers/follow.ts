import { setTimeout as delay } from 'node:timers/promises';
import { readBundle } from '@mcmp/driver-sdk/bundle';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { CONFIG, type Config, Database, Logger, serverName } from '../../platform/index.js';
import { type Bundle, DriverHost, type LoadedDriver, type OpenInput, type Sickness } from '../host/index.js';
import { DriverBundleRow, DriverRow, DriverServerRow, FOLDER } from './drivers.entities.js';

const LOOK_MS = 1000;
const RETRY_MS = 15_000;
const TOUCH_MS = 5000;
/** A server whose rows were not touched for so long is gone. */
export const GONE_MS = 20_000;

interface Applied { want: string; state: DriverServerRow['state']; retryAt: number }

/**
 * Brings this server to what the rows say of each driver: at start before it listens, at once where the change is made here, within a second where it is made on another server.
 * The files come from the database by their hash, are checked again and tried here; where that fails, what served before serves on, and the server's row says why.
 */
@Injectable()
export class DriverFollower implements OnModuleInit, OnModuleDestroy {
  readonly server: string;
  private readonly applied = new Map<string, Applied>();
  private readonly chains = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private following: Promise<void> = Promise.resolve();
  private onSick: (name: string, hash: string, sickness: Sickness) => void = () => undefined;

  constructor(@Inject(Database) private readonly database: Database, @Inject(DriverHost) private readonly host: DriverHost, @Inject(Logger) private readonly logger: Logger, @Inject(CONFIG) config: Config) {
    this.server = serverName(config);
    host.restoreFrom(({ manifest, hash }) => this.fetch(manifest.name, hash));
  }

  /** Says what is done where a version fails by its own fault soon after it was activated. */
  onSickness(listener: (name: string, hash: string, sickness: Sickness) => void): void {
    this.onSick = listener;
  }

  async onModuleInit(): Promise<void> {
    await this.look();
    this.following = this.follow();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.following;
    await Promise.all(this.chains.values());
    await this.database.dataSource.getRepository(DriverServerRow).delete({ server: this.server }).catch(() => undefined);
  }

  /** Applies what the rows say of one name now; never throws for a version that is not fit. */
  apply(name: string): Promise<void> {
    const before = this.chains.get(name) ?? Promise.resolve();
    const next = before.catch(() => undefined).then(() => this.applyNow(name));
    this.chains.set(name, next);
    void next.catch(() => undefined).finally(() => { if (this.chains.get(name) === next) this.chains.delete(name); });
    return next;
  }

  /** A bundle of the database, kept and tried here; with `accounts` also against their clouds. @throws BundleError where it is not fit. */
  async ready(row: Pick<DriverBundleRow, 'name' | 'contentHash' | 'manifest'>, accounts: OpenInput[] = []): Promise<LoadedDriver> {
    return (await this.host.prepareKept(row.manifest, row.contentHash, accounts)) ?? this.host.prepare(await this.fetch(row.name, row.contentHash), accounts);
  }

  private async applyNow(name: string): Promise<void> {
    const row = await this.database.dataSource.getRepository(DriverRow).findOneBy({ name });
    if (!row) {
      this.host.choose(name, 'folder');
      this.applied.delete(name);
      await this.database.dataSource.getRepository(DriverServerRow).delete({ server: this.server, driver: name });
      return;
    }
    const want = wantOf(row);
    let why: string | null = null;
    try {
      if (want === 'off' || want === FOLDER) this.host.choose(name, want);
      else await this.serve(row, want);
      if (want === FOLDER && !this.host.inFolder(name)) why = 'the drivers folder of this server holds no driver of this name that works';
    } catch (error) {
      why = (error as Error).message;
      this.logger.error(`driver ${name}: what was activated cannot be used on this server; what served before serves on`, error as Error, { driver: name, hash: want });
    }
    const state = why !== null ? 'failed' : want === 'off' ? 'inactive' : 'ready';
    this.applied.set(name, { want, state, retryAt: performance.now() + RETRY_MS });
    await this.database.dataSource.getRepository(DriverServerRow).upsert({ server: this.server, driver: name, hash: this.host.find(name)?.hash ?? null, state, why, seenAt: () => 'now()' }, ['server', 'driver']);
  }

  private async serve({ name, previous }: DriverRow, hash: string): Promise<void> {
    if (this.host.find(name)?.hash === hash && this.applied.get(name)?.want === hash) return;
    const bundle = await this.database.dataSource.getRepository(DriverBundleRow).findOneByOrFail({ name, contentHash: hash });
    const driver = await this.ready(bundle);
    this.host.choose(name, { driver, ...(previous !== null && { onSick: (sickness) => this.onSick(name, hash, sickness) }) });
  }

  private async fetch(name: string, hash: string): Promise<Bundle> {
    const row = await this.database.dataSource.getRepository(DriverBundleRow).findOne({ select: { name: true, version: true, archive: true }, where: { name, contentHash: hash } });
    if (!row) throw new Error(`the bundle ${hash} of driver ${name} is not in the database any more`);
    const { manifest, files, contentHash } = await readBundle(row.archive);
    if (contentHash !== hash) throw new Error(`the bundle of driver ${name} ${row.version} in the database has the hash ${contentHash} instead of ${hash}`);
    return { manifest, files, hash };
  }

  private async follow(): Promise<void> {
    let touchedAt = performance.now();
    for (let failures = 0; !this.stopping.signal.aborted; ) {
      await delay(LOOK_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      try {
        await this.look();
        if (this.applied.size > 0 && performance.now() - touchedAt > TOUCH_MS) {
          touchedAt = performance.now();
          await this.database.dataSource.query('UPDATE connector.driver_server SET seen_at = now() WHERE server = $1', [this.server]);
        }
        failures = 0;
      } catch (error) {
        if (failures++ % 30 === 0) this.logger.warn('the drivers wait for the database', { reason: (error as Error).message });
      }
    }
  }

  /** Applies every name whose row says something else than was applied here, and tries again what failed. */
  private async look(): Promise<void> {
    const rows = new Map((await this.database.dataSource.getRepository(DriverRow).find()).map((row) => [row.name, row]));
    const due = [...new Set([...rows.keys(), ...this.applied.keys()])].filter((name) => {
      const [row, applied] = [rows.get(name), this.applied.get(name)];
      return !row || !applied || applied.want !== wantOf(row) || (applied.state === 'failed' && performance.now() > applied.retryAt);
    });
    await Promise.all(due.map((name) => this.apply(name)));
  }
}

const wantOf = ({ state, active }: DriverRow): string => (state === 'inactive' || active === null ? 'off' : active);
