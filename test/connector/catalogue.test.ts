import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Image, Price, Spec } from '@mcmp/driver-sdk';
import { Connector1764000003000 } from '../../migrations/1764000003000-connector.js';
import { PriceHistory1764000013000 } from '../../migrations/1764000013000-price-history.js';
import { ImageQuery, newestImage, searchImages } from '../../src/connector/catalogue/image-search.js';
import { SpecPriceQuery, priceChanges } from '../../src/connector/catalogue/price-history.js';
import { RegionQuery, listRegions } from '../../src/connector/catalogue/region-list.js';
import { SpecQuery, findSpec, searchSpecs, specsNear } from '../../src/connector/catalogue/spec-search.js';
import { replaceContents, replaceRegions, writeZones } from '../../src/connector/catalogue/store.js';
import { tsQuery, wordsOf } from '../../src/connector/catalogue/words.js';
import { ConnectionRow, connectorEntities } from '../../src/connector/connector.entities.js';
import { newId } from '../../src/kernel/ids.js';
import { Database } from '../../src/platform/index.js';
import { freshDatabase } from '../support/database.js';

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
const [aws, nhn] = [newId(), newId()];

const spec = (id: string, vcpu: number, memoryMiB: number, more: Partial<Spec> = {}): Spec => ({ id, region: '', vcpu, memoryMiB, architecture: 'amd64', gpuCount: 0, ...more });
const price = (specId: string, perHour: number, more: Partial<Price> = {}): Price => ({ specId, region: '', purchase: 'on-demand', osFamily: 'linux', currency: 'USD', perHour, source: 'list', asOf: '2026-11-01', simulated: false, ...more });
const image = (id: string, name: string, osFamily: string, osVersion: string, more: Partial<Image> = {}): Image => ({ id, region: '', name, osFamily, osVersion, architecture: 'amd64', sshUser: osFamily, ...more });

const SPECS = [
  spec('m5.large', 2, 8192), spec('m5.xlarge', 4, 16_384), spec('m7g.large', 2, 8192, { architecture: 'arm64' }), spec('t3.micro', 2, 1024, { zones: ['a'] }),
  spec('p4d.24xlarge', 96, 1_179_648, { gpuCount: 8, gpuModel: 'NVIDIA A100', gpuMemoryMiB: 40_960 }),
];
const PRICES = [
  price('m5.large', 0.118), price('m5.large', 0.21, { osFamily: 'windows' }), price('m5.large', 0.04, { purchase: 'spot', zone: 'a' }), price('m5.large', 0.05, { purchase: 'spot', zone: 'b' }),
  price('m5.xlarge', 0.236), price('m7g.large', 0.1), price('t3.micro', 0.013, { simulated: true }), price('t3.micro', 0.01, { zone: 'c' }), price('t3.micro', 15, { currency: 'KRW' }),
];

async function fill(connectionId: string, cloud: string, region: string, { prices, ...contents }: Omit<Parameters<typeof replaceContents>[2], 'prices'> & { prices?: Price[] }) {
  const of = (purchase: Price['purchase']) => prices?.filter((item) => item.purchase === purchase) ?? [];
  return database.transaction((manager) => replaceContents(manager, { connectionId, cloud, region }, { ...contents, ...(prices && { prices: { 'on-demand': of('on-demand'), spot: of('spot') } }) }));
}
const find = async (query: Record<string, unknown>, over = [aws, nhn]) => (await searchSpecs(database, over, SpecQuery.parse(query))).items.map((item) => `${item.region}/${item.id}`);

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await Database.open({ databaseUrl: fresh.url, dataDir: '', entities: connectorEntities, migrations: [Connector1764000003000, PriceHistory1764000013000] });
  for (const [id, name, cloud] of [[aws, 'a', 'aws'], [nhn, 'n', 'nhn']] as const) {
    await database.dataSource.getRepository(ConnectionRow).insert({ id, workspaceId: newId(), name, driver: cloud, cloud, options: {}, regions: [], sealed: 'x', state: 'unverified', createdBy: newId() });
  }
  await database.transaction(async (manager) => {
    await replaceRegions(manager, { connectionId: aws, cloud: 'aws' }, [{ id: 'ap-northeast-2', name: 'Asia Pacific (Seoul)', latitude: 37.57, longitude: 126.98, enabled: true }, { id: 'eu-west-1', name: 'Europe (Ireland)', enabled: true }, { id: 'af-south-1', name: 'Africa (Cape Town)', enabled: false }]);
    await replaceRegions(manager, { connectionId: nhn, cloud: 'nhn' }, [{ id: 'kr1', name: 'Pangyo', enabled: true }]);
  });
  await fill(aws, 'aws', 'ap-northeast-2', { specs: SPECS, prices: PRICES, images: [
    image('ami-1', 'ubuntu-jammy-22.04-server', 'ubuntu', '22.04', { createdAt: '2024-01-01T00:00:00Z' }), image('ami-2', 'ubuntu-noble-24.04-server', 'ubuntu', '24.04', { createdAt: '2024-05-01T00:00:00Z' }),
    image('ami-3', 'ubuntu-noble-24.04-server', 'ubuntu', '24.04', { createdAt: '2024-09-01T00:00:00Z' }), image('ami-4', 'ubuntu-noble-24.04-arm', 'ubuntu', '24.04', { architecture: 'arm64' }), image('ami-5', 'Rocky-9', 'rocky', '9', { sshUser: 'rocky' }),
    image('ami-6', 'ubuntu-plucky', 'ubuntu', '100.04', { createdAt: '2023-09-01T00:00:00Z' }),
  ] });
  await fill(aws, 'aws', 'eu-west-1', { specs: SPECS.slice(0, 2), prices: [price('m5.large', 0.107)], images: [image('ami-9', 'ubuntu-noble-24.04-server', 'ubuntu', '24.04')] });
  await fill(nhn, 'nhn', 'kr1', { specs: [spec('m2.c2m4', 2, 4096), spec('m2.c4m8', 4, 8192)], prices: [price('m2.c2m4', 90, { currency: 'KRW' })], images: [] });
});
afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});

describe('search for specs', () => {
  it.each([
    ['everything, cheapest first: dollars, other currencies, without a price', {}, ['ap-northeast-2/t3.micro', 'ap-northeast-2/m7g.large', 'eu-west-1/m5.large', 'ap-northeast-2/m5.large', 'ap-northeast-2/m5.xlarge', 'kr1/m2.c2m4', 'kr1/m2.c4m8', 'eu-west-1/m5.xlarge', 'ap-northeast-2/p4d.24xlarge']],
    ['words of cloud, region name and family', { q: 'AWS seoul m5' }, ['ap-northeast-2/m5.large', 'ap-northeast-2/m5.xlarge']],
    ['the beginning of a word', { q: 'ireland m5.x' }, ['eu-west-1/m5.xlarge']],
    ['a single character only where it is a word', { q: 'northeast 2', sort: 'name', vcpu: '4' }, ['ap-northeast-2/m5.xlarge']],
    ['not where it begins one', { q: 'm' }, []],
    ['a word that nothing has', { q: 'seoul nothing' }, []],
    ['quotes and operators as plain text', { q: "m5' & !x | (:*) \\" }, []],
    ['gpu by word and model', { q: 'gpu', gpuModel: 'a100' }, ['ap-northeast-2/p4d.24xlarge']],
    ['an architecture by word', { q: 'arm64 seoul' }, ['ap-northeast-2/m7g.large']],
    ['two that exclude each other', { q: 'ARM64 x86_64' }, []],
    ['no gpu, at least so large', { gpuCountMax: '0', vcpuMin: '4', memoryMiBMin: '8192', memoryMiBMax: '16384' }, ['ap-northeast-2/m5.xlarge', 'kr1/m2.c4m8', 'eu-west-1/m5.xlarge']],
    ['exactly so many vCPUs of one architecture', { vcpu: '2', architecture: 'arm64' }, ['ap-northeast-2/m7g.large']],
    ['a glob of regions', { region: 'ap-*', id: 'm5.*', sort: 'name' }, ['ap-northeast-2/m5.large', 'ap-northeast-2/m5.xlarge']],
    ['no wildcard of SQL', { region: 'ap_northeast%2' }, []],
    ['a highest price, in dollars', { priceMax: '0.107' }, ['ap-northeast-2/t3.micro', 'ap-northeast-2/m7g.large', 'eu-west-1/m5.large']],
    ['one currency and its price', { currency: 'KRW', priceMax: '90' }, ['kr1/m2.c2m4']],
    ['less than that', { currency: 'KRW', priceMax: '89' }, []],
    ['spot prices only where there are some', { purchase: 'spot' }, ['ap-northeast-2/m5.large']],
    ['most memory first', { sort: '-memory', architecture: 'amd64', vcpuMax: '4', region: '*e*' }, ['ap-northeast-2/m5.xlarge', 'eu-west-1/m5.xlarge', 'eu-west-1/m5.large', 'ap-northeast-2/m5.large', 'ap-northeast-2/t3.micro']],
  ])('finds %s', async (_what, query, expected) => {
    expect(await find(query)).toEqual(expected);
  });

  it('pages without gap or twin in every order, with words and without', async () => {
    for (const sort of ['price', 'vcpu', '-vcpu', 'memory', '-memory', 'name']) for (const q of [undefined, 'am']) {
      const whole = await find({ sort, q });
      const seen: string[] = [];
      let pageToken: string | undefined;
      do {
        const page = await searchSpecs(database, [aws, nhn], SpecQuery.parse({ sort, q, pageSize: '2', pageToken }));
        seen.push(...page.items.map((item) => `${item.region}/${item.id}`));
        pageToken = page.nextPageToken ?? undefined;
      } while (pageToken);
      expect([sort, q, seen]).toEqual([sort, q, whole]);
      expect(whole).toHaveLength(q === undefined ? 9 : 8);
    }
  });

  it('refuses a token of another order, and one that was made up', async () => {
    const { nextPageToken } = await searchSpecs(database, [aws], SpecQuery.parse({ pageSize: '1' }));
    await expect(searchSpecs(database, [aws], SpecQuery.parse({ sort: 'vcpu', pageToken: nextPageToken }))).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    for (const key of [['price', 'x', 'a', 'b', aws], ['price', '1', 'a', 'b', 'no-uuid'], ['price', 'NaN', 'a', 'b', aws]]) {
      const pageToken = Buffer.from(JSON.stringify(key)).toString('base64url');
      await expect(searchSpecs(database, [aws], SpecQuery.parse({ pageToken }))).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    }
  });

  it('shows price with source and date, the spot price where asked, and nothing of other connections', async () => {
    const found = await findSpec(database, aws, 'ap-northeast-2', 't3.micro');
    expect(found).toMatchObject({ connectionId: aws, cloud: 'aws', vcpu: 2, memoryMiB: 1024, zones: ['a'], price: { currency: 'USD', perHour: 0.013, source: 'list', asOf: '2026-11-01T00:00:00.000Z', simulated: true } });
    const { items } = await searchSpecs(database, [aws], SpecQuery.parse({ purchase: 'spot' }));
    expect(items[0]?.price).toMatchObject({ perHour: 0.04 });
    expect(await find({}, [nhn])).toEqual(['kr1/m2.c2m4', 'kr1/m2.c4m8']);
    expect(await find({}, [])).toEqual([]);
  });

  it('suggests the nearest sizes, cheapest first among equals', async () => {
    const near = await specsNear(database, aws, 'ap-northeast-2', { vcpu: 2, memoryMiB: 8000, architecture: 'amd64' }, 2);
    expect(near.map(({ id }) => id)).toEqual(['m5.large', 'm5.xlarge']);
  });
});

describe('images', () => {
  const ids = async (query: Record<string, unknown>) => (await searchImages(database, [aws, nhn], ImageQuery.parse(query))).items.map(({ id }) => id);
  it.each([
    ['words of system, version and place', { q: 'ubuntu 24.04 seoul', architecture: 'amd64', sort: 'newest' }, ['ami-3', 'ami-2']],
    ['a version up to a dot', { osFamily: 'ubuntu', osVersion: '24', region: 'eu-*' }, ['ami-9']],
    ['no part of a number', { osFamily: 'ubuntu', osVersion: '2' }, []],
    ['by name', { region: 'ap-*' }, ['ami-5', 'ami-1', 'ami-4', 'ami-2', 'ami-3', 'ami-6']],
  ])('are found by %s', async (_what, query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  it('are picked by the highest version, then the latest made', async () => {
    const pick = async (osVersion?: string) => (await newestImage(database, aws, 'ap-northeast-2', { osFamily: 'ubuntu', architecture: 'amd64', ...(osVersion && { osVersion }) }))?.id;
    expect([await pick(), await pick('24.04'), await pick('22'), await pick('2')]).toEqual(['ami-6', 'ami-3', 'ami-1', undefined]);
  });

  it('page by age without gap or twin', async () => {
    const first = await searchImages(database, [aws], ImageQuery.parse({ sort: 'newest', pageSize: '5' }));
    const second = await searchImages(database, [aws], ImageQuery.parse({ sort: 'newest', pageSize: '5', pageToken: first.nextPageToken }));
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(['ami-3', 'ami-2', 'ami-1', 'ami-6', 'ami-4', 'ami-5', 'ami-9']);
  });
});

describe('regions', () => {
  it('are listed with coordinates and what they hold', async () => {
    const { items } = await listRegions(database, [aws, nhn], RegionQuery.parse({}));
    expect(items.map(({ id, specCount, imageCount, enabled }) => [id, specCount, imageCount, enabled])).toEqual([['af-south-1', 0, 0, false], ['ap-northeast-2', 5, 6, true], ['eu-west-1', 2, 1, true], ['kr1', 2, 0, true]]);
    expect(items[1]).toMatchObject({ latitude: 37.57, longitude: 126.98, cloud: 'aws' });
    expect(items[0]?.syncedAt).toBeUndefined();
    expect((await listRegions(database, [aws], RegionQuery.parse({ q: 'seoul', enabled: 'true' }))).items).toHaveLength(1);
  });

  it('that the connection leaves out are not enabled', async () => {
    await database.dataSource.getRepository(ConnectionRow).update({ id: aws }, { regions: ['eu-west-1'] });
    const { items } = await listRegions(database, [aws], RegionQuery.parse({ enabled: 'true' }));
    await database.dataSource.getRepository(ConnectionRow).update({ id: aws }, { regions: [] });
    expect(items.map(({ id }) => id)).toEqual(['eu-west-1']);
  });
});

describe('replacing', () => {
  it('takes away what is gone, renews what changed, keeps prices, and writes nothing that stayed', async () => {
    const versions = async () => new Map(((await database.dataSource.query(`SELECT id, xmin::text AS version FROM connector.spec WHERE connection_id = $1 AND region = 'eu-west-1'`, [aws])) as { id: string; version: string }[]).map(({ id, version }) => [id, version]));
    const before = await versions();
    const next = [SPECS[0] as Spec, spec('m5.xlarge', 4, 17_000), spec('c5.large', 2, 4096), spec('c5.large', 2, 4097)];
    expect(await fill(aws, 'aws', 'eu-west-1', { specs: next })).toEqual({ spec: 3 });
    const after = await versions();
    expect([after.get('m5.large') === before.get('m5.large'), after.get('m5.xlarge') === before.get('m5.xlarge'), after.size]).toEqual([true, false, 3]);
    expect((await findSpec(database, aws, 'eu-west-1', 'm5.large'))?.price?.perHour).toBe(0.107);
    expect((await findSpec(database, aws, 'eu-west-1', 'c5.large'))?.memoryMiB).toBe(4097);
    await fill(aws, 'aws', 'eu-west-1', { prices: [price('m5.large', 0.2), price('m5.large', 0.3, { currency: 'EUR' }), price('m5.xlarge', 0)] });
    expect((await findSpec(database, aws, 'eu-west-1', 'm5.large'))?.price).toMatchObject({ perHour: 0.2, currency: 'USD' });
    expect((await find({ q: 'ireland' }))).toEqual(['eu-west-1/m5.large', 'eu-west-1/c5.large', 'eu-west-1/m5.xlarge']);
    await fill(aws, 'aws', 'eu-west-1', { specs: [SPECS[0] as Spec], prices: [] });
    expect((await findSpec(database, aws, 'eu-west-1', 'm5.large'))?.price).toBeUndefined();
    expect(await findSpec(database, aws, 'eu-west-1', 'c5.large')).toBeUndefined();
  });

  it('of the prices of one purchase leaves the other', async () => {
    await database.transaction((manager) => replaceContents(manager, { connectionId: aws, cloud: 'aws', region: 'ap-northeast-2' }, { prices: { 'on-demand': [price('m5.large', 0.5)] } }));
    expect((await findSpec(database, aws, 'ap-northeast-2', 'm5.large'))?.price?.perHour).toBe(0.5);
    expect((await findSpec(database, aws, 'ap-northeast-2', 't3.micro'))?.price).toBeUndefined();
    expect(await find({ purchase: 'spot' })).toEqual(['ap-northeast-2/m5.large']);
  });

  it('is all or nothing', async () => {
    const broken = database.transaction(async (manager) => {
      await replaceContents(manager, { connectionId: nhn, cloud: 'nhn', region: 'kr1' }, { specs: [] });
      throw new Error('the server dies here');
    });
    await expect(broken).rejects.toThrow('dies');
    expect(await find({}, [nhn])).toHaveLength(2);
  });

  it('drops a region that is gone with its offer, and keeps known zones when they were not read', async () => {
    await database.transaction((manager) => writeZones(manager, { connectionId: nhn, cloud: 'nhn', region: 'kr1' }, [{ id: 'kr1-a', region: 'kr1', available: true }]));
    const pangyo = { id: 'kr1', name: 'Pangyo', enabled: true };
    await database.transaction((manager) => replaceRegions(manager, { connectionId: nhn, cloud: 'nhn' }, [pangyo, { id: 'kr2', name: 'Pyeongchon', enabled: true }]));
    expect((await listRegions(database, [nhn], RegionQuery.parse({}))).items.map(({ id, zones }) => [id, zones.length])).toEqual([['kr1', 1], ['kr2', 0]]);
    await database.transaction((manager) => replaceRegions(manager, { connectionId: nhn, cloud: 'nhn' }, [{ id: 'kr2', name: 'Pyeongchon', enabled: true }]));
    expect(await find({}, [nhn])).toEqual([]);
  });
});

describe('words', () => {
  it('are whole pieces and their parts, in lower case, once each', () => {
    expect(wordsOf(['Asia Pacific (Seoul)', undefined, 'm5.large', '서울', 'SEOUL'])).toEqual(['asia', 'pacific', '(seoul)', 'seoul', 'm5.large', 'm5', 'large', '서울']);
  });
  it('ask for nothing where there are none', () => {
    expect(tsQuery('  ')).toBeUndefined();
  });
});

describe('the history of prices', () => {
  const region = 'eu-west-1';
  const reread = (prices: Price[]) => fill(aws, 'aws', region, { prices });
  const history = async (spec: string, more: Record<string, unknown> = {}) => {
    const page = await priceChanges(database, [aws], { region, spec }, SpecPriceQuery.parse(more));
    return { ...page, prices: page.items.map(({ price: found }) => found && `${found.perHour} ${found.currency}`) };
  };

  it('keeps each change of the price by which people sort, also its end, and nothing where nothing changed', async () => {
    await reread([price('h1', 1), price('h1', 9, { osFamily: 'windows' }), price('h1', 0.3, { purchase: 'spot', zone: 'a' })]);
    await reread([price('h1', 1, { asOf: '2026-11-02' }), price('h1', 8, { osFamily: 'windows' }), price('h1', 0.4, { purchase: 'spot', zone: 'a' })]);
    await reread([price('h1', 1.5), price('h1', 0.4, { purchase: 'spot', zone: 'b' })]);
    await reread([]);
    await reread([]);
    await reread([price('h1', 1400, { currency: 'KRW', simulated: true })]);
    expect((await history('h1')).prices).toEqual(['1400 KRW', null, '1.5 USD', '1 USD']);
    expect((await history('h1', { purchase: 'spot' })).prices).toEqual([null, '0.4 USD', '0.3 USD']);
    expect((await history('h1')).items[0]?.price).toMatchObject({ source: 'list', simulated: true, asOf: '2026-11-01T00:00:00.000Z' });
    expect((await history('unheard-of')).items).toEqual([]);
  });

  it('knows nothing of a purchase that was not read', async () => {
    await reread([price('h2', 1), price('h2', 0.2, { purchase: 'spot' })]);
    await database.transaction((manager) => replaceContents(manager, { connectionId: aws, cloud: 'aws', region }, { prices: { 'on-demand': [price('h2', 2)] } }));
    expect([(await history('h2')).prices, (await history('h2', { purchase: 'spot' })).prices]).toEqual([['2 USD', '1 USD'], ['0.2 USD']]);
  });

  it('pages without gap or twin, and keeps a hundred changes at most', async () => {
    for (let n = 1; n <= 103; n += 1) await reread([price('h3', n)]);
    const first = await history('h3', { pageSize: '60' });
    const second = await history('h3', { pageSize: '60', pageToken: first.nextPageToken });
    expect([...first.prices, ...second.prices]).toEqual(Array.from({ length: 100 }, (_, n) => `${103 - n} USD`));
    expect(second.nextPageToken).toBeNull();
    await expect(history('h3', { pageToken: Buffer.from('["x"]').toString('base64url') })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
