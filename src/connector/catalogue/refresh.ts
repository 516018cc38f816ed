import { type DriverError, type DriverErrorCode, type Price, type Zone, isDriverError } from '@mcmp/driver-sdk';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../platform/index.js';
import { Connections } from '../connections/connections.js';
import { readPages } from '../connections/pages.js';
import type { CloudCallOptions, CloudSession } from '../session.js';
import { CATALOGUE_PARTS, type CataloguePart } from './catalogue.js';
import { holdConnection, type RegionContents, replaceContents, replaceRegions, writeZones } from './store.js';

/** How many regions of one connection are read side by side. */
export const REGIONS_AT_ONCE = 6;

const PAGE_SIZE = 1000;

/** What came of renewing a region: rows of each part that was read, and the first failure. */
export interface Renewed { counts: Partial<Record<CataloguePart, number>>; failure?: DriverError }
/** Writes in the transaction of a renewal; false takes it back. */
export type AlsoWrite = (manager: EntityManager, renewed: Renewed) => Promise<boolean>;

/** Reads what a cloud offers and replaces the catalogue by it, one transaction per region. */
@Injectable()
export class Refresh {
  private readonly underWay = new Map<string, Promise<void>>();
  constructor(@Inject(Database) private readonly database: Database, @Inject(Connections) private readonly connections: Connections) {}

  /** Reads the list of regions, with `zones` those of each usable one too, and gives the ids of the usable ones. @throws DriverError. */
  async regions(connectionId: string, options: { zones: boolean } & CloudCallOptions): Promise<string[]> {
    const { zones, ...call } = options;
    const session = await this.connections.session(connectionId);
    const { regions: own, cloud } = session.connection;
    if (!session.has('region')) return [];
    const listed = await readPages('regions', (pageToken) => session.call('region.list', paged(pageToken), call));
    const usable = listed.filter(({ id, enabled }) => enabled && (own.length === 0 || own.includes(id))).map(({ id }) => id);
    const found = new Map<string, Zone[]>();
    if (zones) await sideBySide(usable, REGIONS_AT_ONCE, async (region) => void found.set(region, await readZones(session, region, call)));
    await this.database.transaction(async (manager) => (await holdConnection(manager, connectionId)) && replaceRegions(manager, { connectionId, cloud }, listed.map((region) => ({ ...region, ...(found.has(region.id) && { zones: found.get(region.id) }) }))));
    return usable;
  }

  /**
   * Renews these parts of one region: what could be read is written in one transaction, what could not stays as it was, and the first failure is given back.
   * `alsoWrite` runs in the same transaction; where it gives false, nothing is written.
   * @throws DriverError where there is no session.
   */
  async region(connectionId: string, region: string, parts: readonly CataloguePart[], options: CloudCallOptions, alsoWrite: AlsoWrite = async () => true): Promise<Renewed> {
    const session = await this.connections.session(connectionId);
    const place = { connectionId, cloud: session.connection.cloud, region };
    const { contents, zones, failure } = await readRegion(session, region, parts, options);
    const renewed: Renewed = { counts: {}, ...(failure && { failure }) };
    await this.database.transaction(async (manager) => {
      if (!(await holdConnection(manager, connectionId))) throw new Unwanted();
      renewed.counts = await replaceContents(manager, place, contents);
      if (zones) await writeZones(manager, place, zones);
      if (!(await alsoWrite(manager, renewed))) throw new Unwanted();
    }).catch((error: unknown) => {
      if (!(error instanceof Unwanted)) throw error;
    });
    return renewed;
  }

  /** Reads a region that was never read before; callers at the same time share one reading. @throws DriverError. */
  async ensure(connectionId: string, region: string): Promise<void> {
    const [row] = (await this.database.dataSource.query('SELECT specs_synced_at AS specs, images_synced_at AS images FROM connector.region WHERE connection_id = $1 AND id = $2', [connectionId, region])) as { specs: Date | null; images: Date | null }[];
    if (row?.specs && row.images) return;
    const key = `${connectionId}/${region}`;
    let reading = this.underWay.get(key);
    if (!reading) {
      reading = this.firstReading(connectionId, region, row !== undefined).finally(() => this.underWay.delete(key));
      this.underWay.set(key, reading);
    }
    return reading;
  }

  private async firstReading(connectionId: string, region: string, known: boolean): Promise<void> {
    const options = { priority: 'provisioning' } as const;
    if (!known && !(await this.regions(connectionId, { zones: false, ...options })).includes(region)) return;
    const { counts, failure } = await this.region(connectionId, region, CATALOGUE_PARTS, options);
    if (failure && (counts.spec === undefined || counts.image === undefined)) throw failure;
  }
}

/** Takes back a transaction whose result nobody wants any more. */
class Unwanted extends Error {}

const paged = (pageToken: string | undefined) => ({ pageSize: PAGE_SIZE, ...(pageToken !== undefined && { pageToken }) });

const readZones = (session: CloudSession, region: string, options: CloudCallOptions): Promise<Zone[]> =>
  readPages('zones', (pageToken) => session.call('region.listZones', { region, ...paged(pageToken) }, options));

/** Failures of one list only: the others are worth asking for. */
const OF_ONE_LIST: DriverErrorCode[] = ['FORBIDDEN', 'INVALID_REQUEST', 'NOT_FOUND', 'UNSUPPORTED', 'UNKNOWN'];

/** Reads what was asked of a region, list by list, until the end or a failure that concerns them all. */
async function readRegion(session: CloudSession, region: string, parts: readonly CataloguePart[], options: CloudCallOptions): Promise<{ contents: RegionContents; zones?: Zone[]; failure?: DriverError }> {
  const read: { contents: RegionContents; zones?: Zone[]; failure?: DriverError } = { contents: {} };
  const { contents } = read;
  const prices = (purchase: Price['purchase']) => async (): Promise<void> => {
    const listed = await offered(readPages('prices', (pageToken) => session.call('price.list', { region, purchase, ...paged(pageToken) }, options)));
    contents.prices = { ...contents.prices, [purchase]: listed };
  };
  const lists: [wanted: boolean, work: () => Promise<void>][] = [
    [session.has('region'), async () => { read.zones = await readZones(session, region, options); }],
    [parts.includes('spec') && session.has('spec'), async () => { contents.specs = await readPages('specs', (pageToken) => session.call('spec.list', { region, ...paged(pageToken) }, options)); }],
    [parts.includes('image') && session.has('image'), async () => { contents.images = await readPages('images', (pageToken) => session.call('image.list', { region, ...paged(pageToken) }, options)); }],
    [parts.includes('price') && session.has('price'), prices('on-demand')],
    [parts.includes('price') && session.has('price'), prices('spot')],
  ];
  for (const [wanted, work] of lists) {
    if (!wanted) continue;
    try {
      await work();
    } catch (error) {
      if (!isDriverError(error) || options.signal?.aborted) throw error;
      read.failure ??= error;
      if (!OF_ONE_LIST.includes(error.code)) break;
    }
  }
  return read;
}

/** A cloud without prices of this kind (UNSUPPORTED) has none to show; that is no failure of the sync. */
const offered = <T>(list: Promise<T[]>): Promise<T[]> =>
  list.catch((error: unknown) => {
    if (isDriverError(error) && error.code === 'UNSUPPORTED') return [];
    throw error;
  });

/** Runs `work` for each item, at most `atOnce` at a time; after a failure begins no more, waits for those under way, and throws it. */
export async function sideBySide<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  let failure: { error: unknown } | undefined;
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined && !failure; item = waiting.shift()) await work(item).catch((error: unknown) => { failure ??= { error }; });
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  if (failure) throw failure.error;
}
