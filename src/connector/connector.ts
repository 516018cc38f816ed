import type { Quota, Traits } from '@mcmp/driver-sdk';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { Database } from '../platform/index.js';
import type { CatalogueImage, CatalogueRegion, CatalogueSpec, ImageWish, SpecWish } from './catalogue/catalogue.js';
import { findImage, newestImage } from './catalogue/image-search.js';
import { Refresh } from './catalogue/refresh.js';
import { regionsOf } from './catalogue/region-list.js';
import { findSpec, specsNear } from './catalogue/spec-search.js';
import { Connections, type DeleteCheck, refOf } from './connections/connections.js';
import { ConnectionRow } from './connector.entities.js';
import { askCloud } from './problems.js';
import type { CloudSession, ConnectionRef } from './session.js';

const QUOTAS_KEPT_MS = 10_000;

/**
 * Facade of the connector for the other domains: connections, their sessions, and what they offer.
 * Calls on a {@link CloudSession} throw a `DriverError`; all methods here throw a `Problem` instead, that says what the cloud said.
 * A region that no sync has read yet is read when somebody asks for it.
 */
@Injectable()
export class Connector {
  private readonly kept = new Map<string, { until: number; quotas: Promise<Quota[]> }>();
  constructor(@Inject(Database) private readonly database: Database, @Inject(Connections) private readonly connections: Connections, @Inject(Refresh) private readonly refresh: Refresh) {}

  /** A connected account; the same one until credential, endpoint, options or driver change. @throws Problem NOT_FOUND; DriverError where the driver cannot connect. */
  session(connectionId: string): Promise<CloudSession> {
    return this.connections.session(connectionId);
  }

  /** How the connection's cloud behaves; the cloud itself is not asked. */
  traits(connectionId: string): Promise<Traits> {
    return askCloud(async () => (await this.connections.session(connectionId)).traits);
  }

  /** The connection of this id or name. @throws Problem NOT_FOUND, also for one of another workspace. */
  async resolveConnection(scope: { workspaceId: string }, reference: string): Promise<ConnectionRef> {
    return refOf(await this.connections.require([scope.workspaceId], reference));
  }

  /** All connections of a workspace, by name. */
  async connectionsOf(workspaceId: string): Promise<ConnectionRef[]> {
    return (await this.database.dataSource.getRepository(ConnectionRow).find({ where: { workspaceId }, order: { name: 'ASC' } })).map(refOf);
  }

  /**
   * Keeps these connections from being deleted until the caller's transaction ends, so that rows which name them cannot be left behind.
   * Gives those that exist.
   */
  async hold(manager: EntityManager, connectionIds: string[]): Promise<ConnectionRef[]> {
    return (await manager.find(ConnectionRow, { where: { id: In(connectionIds) }, order: { id: 'ASC' }, lock: { mode: 'for_key_share' } })).map(refOf);
  }

  /** Adds a check that names what holds a connection (e.g. `mci "shop"`); it must not wait for a lock of {@link hold}. */
  onDelete(check: DeleteCheck): void {
    this.connections.onDelete(check);
  }

  /** Regions that the connection may use, with zones, by id; read from the cloud where the catalogue has none yet. */
  async regions(connectionId: string): Promise<CatalogueRegion[]> {
    let known = await regionsOf(this.database, connectionId);
    if (known.length === 0) {
      await askCloud(() => this.refresh.regions(connectionId, { zones: true, priority: 'person' }));
      known = await regionsOf(this.database, connectionId);
    }
    return known.filter(({ enabled }) => enabled).map(({ lastError: _lastError, ...region }) => region);
  }

  /** A spec of the region, with its on-demand price. */
  async findSpec(connectionId: string, region: string, specId: string): Promise<CatalogueSpec | undefined> {
    const found = await findSpec(this.database, connectionId, region, specId);
    if (found) return found;
    await this.ensure(connectionId, region);
    return findSpec(this.database, connectionId, region, specId);
  }

  /** An image of the region; one that the catalogue leaves out (a private one, or one that is out of date) is asked of the cloud by its id. */
  async findImage(connectionId: string, region: string, imageId: string): Promise<CatalogueImage | undefined> {
    const found = await findImage(this.database, connectionId, region, imageId);
    if (found) return found;
    return askCloud(async () => {
      const session = await this.connections.session(connectionId);
      if (!session.has('image')) return undefined;
      const { items } = await session.call('image.list', { region, ids: [imageId] }, { priority: 'person' });
      const image = items.find(({ id }) => id === imageId);
      return image && { ...image, connectionId, cloud: session.connection.cloud, syncedAt: new Date().toISOString() };
    });
  }

  /** The newest image of a system: the highest version that fits, then the latest made. */
  async pickImage(connectionId: string, region: string, wish: ImageWish): Promise<CatalogueImage | undefined> {
    const found = await newestImage(this.database, connectionId, region, wish);
    if (found) return found;
    await this.ensure(connectionId, region);
    return newestImage(this.database, connectionId, region, wish);
  }

  /** Specs without GPU nearest to a size in vCPU and memory, the cheapest first among equals. */
  async suggestSpecs(connectionId: string, region: string, near: SpecWish, limit: number): Promise<CatalogueSpec[]> {
    await this.ensure(connectionId, region);
    return specsNear(this.database, connectionId, region, near, limit);
  }

  /** The account's limits in a region, asked of the cloud at most each 10 s; empty where the driver cannot tell. */
  quotas(connectionId: string, region: string): Promise<Quota[]> {
    const key = `${connectionId}/${region}`;
    const kept = this.kept.get(key);
    if (kept && kept.until > Date.now()) return kept.quotas;
    if (this.kept.size > 1000) this.kept.clear();
    const quotas = askCloud(async () => {
      const session = await this.connections.session(connectionId);
      return session.has('quota') ? session.all('quota.list', { region }, { priority: 'person' }) : [];
    });
    this.kept.set(key, { until: Date.now() + QUOTAS_KEPT_MS, quotas });
    quotas.catch(() => this.kept.delete(key));
    return quotas;
  }

  private ensure(connectionId: string, region: string): Promise<void> {
    return askCloud(() => this.refresh.ensure(connectionId, region));
  }
}
