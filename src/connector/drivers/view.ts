import { Inject, Injectable } from '@nestjs/common';
import { rcompare } from 'semver';
import { MoreThan } from 'typeorm';
import type { z } from 'zod';
import { type Page, idAfter, toPage } from '../../kernel/page.js';
import type { PageQuery } from '../../kernel/page.js';
import { Database } from '../../platform/index.js';
import { DriverHost, type InstalledDriver } from '../host/index.js';
import type { Driver, DriverVersion } from '../http/drivers.dto.js';
import { DriverAuditRow, DriverBundleRow, DriverKeyRow, DriverRow, DriverServerRow, FOLDER } from './drivers.entities.js';
import { GONE_MS } from './follow.js';
import { noDriver } from './removal.js';

type View = z.infer<typeof Driver>;
type Version = z.infer<typeof DriverVersion>;

/** What the tables hold of the drivers, read once for an answer. */
interface Known { rows: DriverRow[]; bundles: DriverBundleRow[]; servers: DriverServerRow[]; keys: Set<string>; connections: Map<string, number> }

/** Drivers as people see them: what serves, which versions there are, who uses them, and how each server stands. */
@Injectable()
export class DriverViews {
  constructor(@Inject(Database) private readonly database: Database, @Inject(DriverHost) private readonly host: DriverHost) {}

  /** All drivers, by name; a folder that holds a broken one is there too. */
  async list(): Promise<View[]> {
    const known = await this.known();
    const installed = this.host.list();
    const absent = [...new Set([...known.rows, ...known.bundles].map(({ name }) => name))].filter((name) => !installed.some((driver) => driver.name === name));
    return [...installed.map((driver) => this.view(driver, known)), ...absent.map((name) => this.view(absentOf(name), known))].sort((one, other) => one.name.localeCompare(other.name));
  }

  /** @throws Problem NOT_FOUND. */
  async get(name: string): Promise<View> {
    const known = await this.known(name);
    const driver = this.host.find(name) ?? this.host.list().find((installed) => installed.name === name);
    if (driver) return this.view(driver, known);
    if (known.rows.length === 0 && known.bundles.length === 0) throw noDriver(name);
    return this.view(absentOf(name), known);
  }

  /** Who changed what of a driver, the latest first; also of one that was deleted. */
  async audit(name: string, query: PageQuery): Promise<Page<DriverAuditRow>> {
    const find = this.database.dataSource.getRepository(DriverAuditRow).createQueryBuilder('row').where('row.driver = :name', { name });
    const before = idAfter(query);
    if (before) find.andWhere('row.id < :before', { before });
    const rows = await find.orderBy('row.id', 'DESC').limit(query.pageSize + 1).getMany();
    if (rows.length === 0 && !before) await this.get(name);
    return toPage(rows, query.pageSize, (row) => [row.id]);
  }

  private async known(name?: string): Promise<Known> {
    const source = this.database.dataSource;
    const where = name === undefined ? {} : { name };
    const driver = name === undefined ? {} : { driver: name };
    const [rows, bundles, servers, keys, connections] = await Promise.all([
      source.getRepository(DriverRow).findBy(where), source.getRepository(DriverBundleRow).findBy(where),
      source.getRepository(DriverServerRow).find({ where: { ...driver, seenAt: MoreThan(new Date(Date.now() - GONE_MS)) }, order: { server: 'ASC' } }),
      source.getRepository(DriverKeyRow).find({ select: { keyId: true } }),
      source.query<{ driver: string; count: number }[]>('SELECT driver, count(*)::integer AS count FROM connector.connection WHERE $1::text IS NULL OR driver = $1 GROUP BY driver', [name ?? null]),
    ]);
    return { rows, bundles, servers, keys: new Set(keys.map(({ keyId }) => keyId)), connections: new Map(connections.map(({ driver: of, count }) => [of, count])) };
  }

  private view(driver: InstalledDriver, known: Known): View {
    const { name } = driver;
    const row = known.rows.find((each) => each.name === name);
    // A broken folder beside a version that serves is told as a driver of its own, without that one's versions.
    const serves = driver.state === 'ready' || this.host.find(name) === undefined;
    const versions = serves ? this.versions(name, row, known) : [];
    const manifest = driver.state === 'ready' ? driver.manifest : undefined;
    return {
      name, version: driver.version ?? null, state: driver.state, why: driver.why ?? null, hash: driver.hash ?? null, source: driver.state === 'inactive' ? null : driver.folder === undefined ? 'bundle' : 'folder',
      cloud: manifest?.cloud ?? null, title: manifest?.title ?? null, capabilities: manifest?.capabilities ?? [], credential: manifest?.credential ?? [], options: manifest?.options ?? [], endpoint: manifest?.endpoint ?? null,
      connections: serves ? (known.connections.get(name) ?? 0) : 0, pinned: row?.pinned ?? null,
      previous: serves && row?.previous != null ? (row.previous === FOLDER ? (this.host.inFolder(name)?.version ?? null) : (known.bundles.find(({ contentHash }) => contentHash === row.previous)?.version ?? null)) : null,
      versions, servers: serves ? known.servers.filter((server) => server.driver === name).map(({ server, hash, state, why, seenAt }) => ({ name: server, hash, state, why, seenAt: seenAt.toISOString() })) : [],
    };
  }

  private versions(name: string, row: DriverRow | undefined, known: Known): Version[] {
    const active = row ? (row.state === 'active' ? row.active : null) : FOLDER;
    const here = this.host.inFolder(name);
    const ofFolder: Version[] = here ? [{ version: here.version, hash: here.hash, state: active === FOLDER ? 'active' : 'installed', source: FOLDER, signature: null, allowedBy: null, installedBy: null, installedAt: null, capabilities: here.manifest.capabilities }] : [];
    const ofBundles = known.bundles.filter((bundle) => bundle.name === name).map((bundle): Version => ({
      version: bundle.version, hash: bundle.contentHash, state: active === bundle.contentHash ? 'active' : 'installed', source: bundle.source,
      signature: bundle.keyId === null ? null : { keyId: bundle.keyId, trusted: known.keys.has(bundle.keyId) }, allowedBy: bundle.allowedBy, installedBy: bundle.installedBy, installedAt: bundle.installedAt.toISOString(), capabilities: bundle.manifest.capabilities,
    }));
    return [...ofBundles, ...ofFolder].sort((one, other) => rcompare(one.version, other.version));
  }
}

const absentOf = (name: string): InstalledDriver => ({ state: 'inactive', name, why: 'no version of it is active' });
