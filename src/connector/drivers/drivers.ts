import { type ReadBundle, readBundle } from '@mcmp/driver-sdk/bundle';
import { Inject, Injectable } from '@nestjs/common';
import { satisfies } from 'semver';
import type { EntityManager } from 'typeorm';
import { Problem } from '../../kernel/problem.js';
import { Database, Events, Logger } from '../../platform/index.js';
import { Connections } from '../connections/connections.js';
import { DriverHost, type Sickness } from '../host/index.js';
import { DriverBundleRow, type DriverDeed, DriverKeyRow, DriverRow, FOLDER } from './drivers.entities.js';
import { DriverFollower } from './follow.js';
import { DriverKeys, type Trust } from './keys.js';
import { type Deed, audit, lockDriver, tellEveryone } from './record.js';
import { refusedBundle } from './refused.js';
import { noDriver, removeDriver, removeVersion } from './removal.js';

/** How a bundle is taken in. */
export interface InstallOptions {
  by: string;
  /** `upload`, or the URL that it came from. */
  source: string;
  /** Whether it serves at once. */
  activate: boolean;
  /** Whether an administrator's word stands in for a signature. */
  allowUnsigned: boolean;
}

/** What an installation did. */
export interface Installed { name: string; version: string; hash: string; created: boolean }

/** What a name is to be served by: a bundle, or what lies in the folder. */
interface Target { version: string; hash: string; active: string; bundle?: DriverBundleRow }

/**
 * Installs drivers while the servers run, and decides which version serves. A version is tried beside the one that serves before anything is written;
 * it then takes all new calls in one step, on this server before the answer and on the others within seconds, while calls under way end where they are.
 */
@Injectable()
export class Drivers {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Events) private readonly events: Events,
    @Inject(Logger) private readonly logger: Logger,
    @Inject(DriverHost) private readonly host: DriverHost,
    @Inject(DriverFollower) private readonly follower: DriverFollower,
    @Inject(DriverKeys) private readonly keys: DriverKeys,
    @Inject(Connections) private readonly connections: Connections,
  ) {
    follower.onSickness((name, hash, sickness) => void this.rollBackSick(name, hash, sickness).catch((error: unknown) => logger.error(`driver ${name} could not be rolled back`, error as Error)));
  }

  /**
   * Takes a bundle in: read under limits, signature, trial, one row. Nothing is left of one that is refused; the same content again changes nothing.
   * @throws Problem UNPROCESSABLE with the file and rule; ALREADY_EXISTS with both hashes; CONFLICT where the pin keeps it from being activated.
   */
  async install(bytes: Buffer, { by, source, activate, allowUnsigned }: InstallOptions): Promise<Installed> {
    const bundle = await refusedBundle('UNPROCESSABLE', 'bundle', () => readBundle(bytes));
    const { manifest, contentHash: hash } = bundle;
    const { name, version } = manifest;
    const trust = await this.keys.trust(bundle, by, allowUnsigned);
    await this.refuseOther(this.database.dataSource.manager, bundle);
    if (activate) await this.refusePinned(name, version);
    const accounts = activate ? await this.connections.accountsOf(name) : [];
    await refusedBundle('UNPROCESSABLE', 'bundle', () => this.host.prepare({ manifest, files: bundle.files, hash }, accounts));
    let created = false;
    try {
      created = await this.database.transaction(async (manager) => {
        await lockDriver(manager, name);
        const made = await this.write(manager, bundle, bytes, trust, source, by);
        if (activate) await this.switch(manager, name, { version, hash, active: hash }, { who: by, what: 'activated' });
        return made;
      });
    } finally {
      if (!created || !activate) await this.host.dismiss(hash);
    }
    if (activate) await this.follower.apply(name);
    return { name, version, hash, created };
  }

  /** Gives a name to one of its versions; `from` tells apart a bundle and a folder of the same version. @throws Problem NOT_FOUND, CONFLICT, UNPROCESSABLE with what its trial said. */
  async activate(name: string, version: string, by: string, options: { from?: 'folder' | 'bundle'; allowUnsigned?: boolean } = {}): Promise<void> {
    const target = await this.target(name, version, options.from);
    await this.refusePinned(name, target.version);
    if (target.bundle) await this.prepare(target.bundle, by, options.allowUnsigned ?? false);
    await this.change(name, target.hash, (manager) => this.switch(manager, name, target, { who: by, what: 'activated' }));
  }

  /** Goes back to what served before. @throws Problem NOT_FOUND, CONFLICT where nothing did. */
  async rollBack(name: string, by: string): Promise<void> {
    const row = await this.require(name);
    if (row.previous === null) throw new Problem('CONFLICT', `Nothing served "${name}" before that could serve again: POST /v1/drivers/${name}/activate names a version.`);
    const target = await this.former(row);
    if (target.bundle) await this.prepare(target.bundle, by, true);
    await this.change(name, target.hash, (manager) => this.switch(manager, name, target, { who: by, what: 'rolled-back' }, row.active));
  }

  /** Takes the name from service: no version serves it, the folder's neither; its connections stay. @throws Problem NOT_FOUND. */
  async deactivate(name: string, by: string): Promise<void> {
    const served = this.host.find(name);
    if (!served) await this.require(name);
    await this.change(name, undefined, async (manager) => {
      const row = await manager.findOneBy(DriverRow, { name });
      if (row?.state === 'inactive') return;
      const active = row?.active ?? FOLDER;
      await manager.upsert(DriverRow, { name, state: 'inactive', active, previous: row?.previous ?? null, pinned: row?.pinned ?? null, changedBy: by, changedAt: new Date() }, ['name']);
      await this.note(manager, { who: by, what: 'deactivated', driver: name, version: served?.version ?? null, hash: served?.hash ?? null });
    });
  }

  /** Keeps a name within a range of versions; null lets it go. @throws Problem NOT_FOUND, CONFLICT where what serves is outside. */
  async pin(name: string, range: string | null, by: string): Promise<void> {
    const served = this.host.find(name);
    if (!served) await this.require(name);
    if (range !== null && served && !satisfies(served.version, range, { includePrerelease: true })) throw new Problem('CONFLICT', `"${name}" is served by ${served.version}, which is not within ${range}: activate a version that is first.`, { errors: [{ field: 'range', rule: 'must hold the version that serves' }] });
    await this.database.transaction(async (manager) => {
      await lockDriver(manager, name);
      await manager.query(`INSERT INTO connector.driver (name, state, active, pinned, changed_by) VALUES ($1, 'active', '${FOLDER}', $2, $3) ON CONFLICT (name) DO UPDATE SET pinned = excluded.pinned`, [name, range, by]);
      await audit(manager, { who: by, what: 'pinned', driver: name, detail: { range } });
    });
    await this.follower.apply(name);
  }

  /** The range that a name is pinned to, if any. */
  async pinOf(name: string): Promise<string | undefined> {
    return (await this.database.dataSource.getRepository(DriverRow).findOneBy({ name }))?.pinned ?? undefined;
  }

  /** Deletes one bundle. @throws Problem NOT_FOUND; IN_USE while it serves, with the connections that stand on it. */
  deleteVersion(name: string, version: string, by: string): Promise<void> {
    return this.change(name, undefined, (manager) => removeVersion(manager, this.host, name, version, by));
  }

  /** Deletes a driver with all its bundles; a version in the drivers' folder serves from then on. @throws Problem NOT_FOUND; IN_USE with the connections that stand on it; CONFLICT where it lies in the folder alone. */
  delete(name: string, by: string): Promise<void> {
    return this.change(name, undefined, (manager) => removeDriver(manager, this.host, name, by));
  }

  /** A version that fails by its own fault gives way to the former one; of several servers that see it, one does it. */
  private async rollBackSick(name: string, hash: string, sickness: Sickness): Promise<void> {
    const row = await this.database.dataSource.getRepository(DriverRow).findOneBy({ name, active: hash, state: 'active' });
    if (!row?.previous) return;
    const target = await this.former(row);
    this.logger.error(`driver ${name}: ${sickness.faults} of ${sickness.calls} calls failed by its own fault; ${target.version} serves again`, { driver: name, hash, ...sickness });
    await this.change(name, target.hash, (manager) => this.switch(manager, name, target, { who: null, what: 'rolled-back-by-itself', detail: { ...sickness, from: hash } }, hash));
  }

  /** Changes the rows of a name under its lock, then brings this server to what they say. */
  private async change(name: string, hash: string | undefined, work: (manager: EntityManager) => Promise<void>): Promise<void> {
    try {
      await this.database.transaction(async (manager) => {
        await lockDriver(manager, name);
        await work(manager);
      });
      await this.follower.apply(name);
    } finally {
      if (hash !== undefined) await this.host.dismiss(hash);
    }
  }

  /** Writes what serves from now on. `from` is what must still serve, where the caller has looked. */
  private async switch(manager: EntityManager, name: string, { version, hash, active }: Target, deed: Deed & { what: DriverDeed }, from?: string | null): Promise<void> {
    const row = await manager.findOneBy(DriverRow, { name });
    if (from !== undefined && row?.active !== from) throw new Problem('CONFLICT', `What serves "${name}" was changed by somebody else meanwhile: look again.`);
    if (active !== FOLDER && !(await manager.existsBy(DriverBundleRow, { name, contentHash: hash }))) throw new Problem('CONFLICT', `The bundle ${name} ${version} was deleted meanwhile.`);
    if (row?.state === 'active' && row.active === active) return;
    const before = row ? (row.state === 'active' ? row.active : null) : this.host.inFolder(name) ? FOLDER : null;
    const previous = deed.what === 'activated' ? (before ?? row?.previous ?? null) : null;
    await manager.upsert(DriverRow, { name, state: 'active', active, previous: previous === active ? null : previous, pinned: row?.pinned ?? null, changedBy: deed.who, changedAt: new Date() }, ['name']);
    await this.note(manager, { ...deed, driver: name, version, hash });
  }

  private async note(manager: EntityManager, deed: Deed & { driver: string }): Promise<void> {
    await audit(manager, deed);
    await tellEveryone(manager, this.events, deed.driver, { what: deed.what, version: deed.version ?? null, hash: deed.hash ?? null });
  }

  /** One row for one version: true where it is new, false where the same is there. */
  private async write(manager: EntityManager, bundle: ReadBundle, bytes: Buffer, trust: Trust, source: string, by: string): Promise<boolean> {
    const { manifest, contentHash, archiveSha256 } = bundle;
    const { name, version } = manifest;
    if (await this.refuseOther(manager, bundle)) {
      // A signature that came later counts: the version then stands on its key.
      if ('keyId' in trust) await manager.update(DriverBundleRow, { name, version, contentHash }, { keyId: trust.keyId, archive: bytes, archiveSha256 });
      return false;
    }
    const allowedBy = 'allowedBy' in trust ? trust.allowedBy : null;
    await manager.insert(DriverBundleRow, { name, version, contentHash, archiveSha256, archive: bytes, manifest: manifest as never, keyId: 'keyId' in trust ? trust.keyId : null, allowedBy, allowedAt: allowedBy === null ? null : new Date(), source, installedBy: by });
    await audit(manager, { who: by, what: 'installed', driver: name, version, hash: contentHash, detail: { source, archiveSha256, ...trust } });
    return true;
  }

  /** Whether the same version with the same content is there. @throws Problem ALREADY_EXISTS where its content is another. */
  private async refuseOther(manager: EntityManager, { manifest: { name, version }, contentHash }: ReadBundle): Promise<boolean> {
    const row = await manager.findOneBy(DriverBundleRow, { name, version });
    if (row && row.contentHash !== contentHash) throw new Problem('ALREADY_EXISTS', `${name} ${version} is installed with other content: it has the hash ${row.contentHash}, this bundle ${contentHash}. Give the bundle another version, or delete the one that is there.`, { extra: { installedHash: row.contentHash, givenHash: contentHash } });
    return row !== null;
  }

  private async prepare(bundle: DriverBundleRow, by: string, allowUnsigned: boolean): Promise<void> {
    const { name, version, keyId, allowedBy } = bundle;
    const trusted = allowedBy !== null || (keyId !== null && (await this.database.dataSource.getRepository(DriverKeyRow).existsBy({ keyId })));
    if (!trusted && !allowUnsigned) throw new Problem('UNPROCESSABLE', `${name} ${version} was signed with the key ${keyId ?? ''}, which is trusted no more: add the key again, or repeat with allowUnsigned.`);
    if (!trusted) await this.database.dataSource.getRepository(DriverBundleRow).update({ name, version }, { allowedBy: by, allowedAt: new Date() });
    const accounts = await this.connections.accountsOf(name);
    await refusedBundle('UNPROCESSABLE', 'bundle', () => this.follower.ready(bundle, accounts));
  }

  private async target(name: string, version: string, from: 'folder' | 'bundle' | undefined): Promise<Target> {
    const bundle = from === 'folder' ? null : await this.database.dataSource.getRepository(DriverBundleRow).findOneBy({ name, version });
    if (bundle) return { version, hash: bundle.contentHash, active: bundle.contentHash, bundle };
    const here = this.host.inFolder(name);
    if (here && here.version === version && from !== 'bundle') return { version, hash: here.hash, active: FOLDER };
    throw new Problem('NOT_FOUND', `There is no version ${version} of the driver "${name}"${from ? ` as a ${from}` : ''}; GET /v1/drivers/${name} lists its versions.`);
  }

  private async former({ name, previous }: DriverRow): Promise<Target> {
    if (previous === FOLDER) {
      const here = this.host.inFolder(name);
      if (!here) throw new Problem('CONFLICT', `The drivers folder of this server does not hold "${name}" any more: POST /v1/drivers/${name}/activate names a version.`);
      return { version: here.version, hash: here.hash, active: FOLDER };
    }
    const bundle = await this.database.dataSource.getRepository(DriverBundleRow).findOneByOrFail({ name, contentHash: previous ?? '' });
    return { version: bundle.version, hash: bundle.contentHash, active: bundle.contentHash, bundle };
  }

  private async refusePinned(name: string, version: string): Promise<void> {
    const pinned = await this.pinOf(name);
    if (pinned !== undefined && !satisfies(version, pinned, { includePrerelease: true })) throw new Problem('CONFLICT', `"${name}" is pinned to ${pinned}, and ${version} is not within: change the pin with PUT /v1/drivers/${name}/pin, or install with activate=false.`);
  }

  private async require(name: string): Promise<DriverRow> {
    const row = await this.database.dataSource.getRepository(DriverRow).findOneBy({ name });
    if (!row) throw noDriver(name);
    return row;
  }
}
