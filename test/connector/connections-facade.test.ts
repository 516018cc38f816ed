import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.js';
import { Refresh } from '../../src/connector/catalogue/refresh.js';
import { Connections } from '../../src/connector/connections/connections.js';
import { Sessions } from '../../src/connector/connections/sessions.js';
import { ConnectionRow } from '../../src/connector/connector.entities.js';
import { Connector } from '../../src/connector/connector.js';
import { connectorEntities, isCloudError } from '../../src/connector/index.js';
import { DriverHost } from '../../src/connector/host/index.js';
import { newId } from '../../src/kernel/ids.js';
import { Database, Events, Logger, Secrets, platformEntities } from '../../src/platform/index.js';
import { freshDatabase } from '../support/database.js';

/** Counts its calls in the answers, so that a test sees which of them reached the cloud. */
const DRIVER = `
let calls = 0, specLists = 0, moody = true;
const no = (code, message) => Object.assign(new Error(message), { name: 'DriverError', code, detail: {} });
export default { mcmpDriver: 1, async connect({ credential }) {
  const known = () => { if (credential.secret === 'expired-4711') throw no('UNAUTHENTICATED', 'key expired-4711 has expired'); if (credential.secret === 'moody-4711' && moody) { moody = false; throw no('UNAUTHENTICATED', 'not now'); } };
  return {
    traits: { idempotencyToken: [], uniqueName: [], consistencyWindowMs: 0, networkScope: 'region', subnetScope: 'region', vmBatch: 1 },
    region: { async list() { known(); return { items: [{ id: 'one', name: 'One', enabled: true }, { id: 'shut', name: 'Shut', enabled: false }] }; }, async listZones({ region }) { return { items: [{ id: region + 'a', region, available: true }] }; } },
    spec: { async list({ region }) { specLists++; return { items: [2, 4, 8].map((vcpu) => ({ id: 's' + vcpu, region, vcpu, memoryMiB: vcpu * 2048, architecture: 'amd64', gpuCount: 0 })) }; } },
    image: { async list({ region, ids }) { const image = (id) => ({ id, region, name: id, osFamily: 'ubuntu', osVersion: '24.04', architecture: 'amd64', sshUser: 'ubuntu' }); return { items: ids ? ids.filter((id) => id.startsWith('private')).map(image) : [image('public-1')] }; } },
    quota: { async list({ region }) { return { items: [{ id: 'calls', name: 'Calls', region, measure: 'other', limit: ++calls, used: specLists, source: 'account' }] }; } },
  };
} };`;
const MANIFEST = {
  name: 'plain-cloud', version: '1.0.0', sdk: 1, cloud: 'plain', title: { en: 'Plain' }, entry: 'index.mjs', capabilities: ['region', 'spec', 'image', 'quota'], endpoint: 'none', limits: [],
  credential: [{ name: 'secret', label: { en: 'Secret' }, secret: true, required: true }],
};

let folder: string;
let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
let host: DriverHost;
let connections: Connections;
let connector: Connector;
const workspaceId = newId();
let row: ConnectionRow;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mcmp-facade-'));
  mkdirSync(join(folder, 'drivers', 'plain-cloud'), { recursive: true });
  writeFileSync(join(folder, 'drivers', 'plain-cloud', 'index.mjs'), DRIVER);
  writeFileSync(join(folder, 'drivers', 'plain-cloud', 'driver.json'), JSON.stringify(MANIFEST));
  fresh = await freshDatabase();
  const logger = new Logger('error', new Writable({ write: (_chunk, _encoding, done) => done() }));
  database = await Database.open({ databaseUrl: fresh.url, dataDir: folder, entities: [...platformEntities, ...connectorEntities], migrations });
  host = new DriverHost({ driversDir: join(folder, 'drivers'), storeDir: join(folder, 'store'), idleMs: 60_000, logger });
  await host.start();
  connections = new Connections(database, Secrets.fromConfig({ secretKey: undefined, dataDir: folder }), new Events(database, logger), host, new Sessions(host, logger));
  connector = new Connector(database, connections, new Refresh(database, connections));
});
afterAll(async () => {
  await host?.stop();
  await database?.close();
  await fresh?.drop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  row = await connections.create({ workspaceId, createdBy: newId(), name: `c-${newId()}`, driver: 'plain-cloud', credential: { secret: 'right-4711' } }, true, async () => undefined);
});

/** Waits for what is written beside the calls. */
async function becomes(state: string): Promise<void> {
  for (const limit = Date.now() + 10_000; (await connections.get(row.id)).state !== state; await new Promise((done) => setTimeout(done, 20))) expect(Date.now()).toBeLessThan(limit);
}

describe('look-ups', () => {
  it('read a region that no sync has read, once for all who ask', async () => {
    const specLists = async (region: string) => (await connector.quotas(row.id, region))[0]?.used;
    expect(await specLists('before')).toBe(0);
    const [spec, image, near] = await Promise.all([
      connector.findSpec(row.id, 'one', 's4'), connector.pickImage(row.id, 'one', { osFamily: 'ubuntu', architecture: 'amd64' }), connector.suggestSpecs(row.id, 'one', { vcpu: 4, memoryMiB: 8000, architecture: 'amd64' }, 2),
    ]);
    expect([spec?.vcpu, spec?.cloud, image?.id, near.map(({ id }) => id)]).toEqual([4, 'plain', 'public-1', ['s4', 's2']]);
    expect(await connector.findSpec(row.id, 'one', 'none')).toBeUndefined();
    expect(await specLists('after')).toBe(1);
    expect(await connector.findSpec(row.id, 'nowhere', 's4')).toBeUndefined();
  });

  it('ask the cloud for an image that the catalogue leaves out', async () => {
    expect(await connector.findImage(row.id, 'one', 'private-7')).toMatchObject({ id: 'private-7', connectionId: row.id, cloud: 'plain' });
    expect(await connector.findImage(row.id, 'one', 'none')).toBeUndefined();
  });

  it('give the regions that may be used, with zones', async () => {
    expect(await connector.regions(row.id)).toMatchObject([{ id: 'one', enabled: true, zones: [{ id: 'onea', available: true }] }]);
  });

  it('ask for quotas once in ten seconds', async () => {
    const [one, other] = [await connector.quotas(row.id, 'one'), await connector.quotas(row.id, 'one')];
    expect(other).toEqual(one);
    expect((await connector.quotas(row.id, 'two'))[0]?.limit).toBe((one[0]?.limit ?? 0) + 1);
  });

  it('find connections of their own workspace only', async () => {
    expect(await connector.resolveConnection({ workspaceId }, row.name)).toEqual({ id: row.id, name: row.name, workspaceId, driver: 'plain-cloud', cloud: 'plain', regions: [] });
    expect((await connector.connectionsOf(workspaceId)).map(({ id }) => id)).toContain(row.id);
    for (const reference of [row.id, row.name]) await expect(connector.resolveConnection({ workspaceId: newId() }, reference)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a session', () => {
  it('is kept until the credential changes', async () => {
    const first = await connector.session(row.id);
    expect(await connector.session(row.id)).toBe(first);
    expect([first.connection.id, first.traits.vmBatch, first.has('spec'), first.has('vm')]).toEqual([row.id, 1, true, false]);
    expect((await first.all('spec.list', { region: 'one' })).map(({ id }) => id)).toEqual(['s2', 's4', 's8']);
    row = await connections.update(row, { credential: { secret: 'another-4711' } }, true);
    expect(await connector.session(row.id)).not.toBe(first);
  });

  it('shows the connection as broken when the cloud refuses it, and no secret in the error', async () => {
    row = await connections.update(row, { credential: { secret: 'expired-4711' } }, false);
    const failure: unknown = await (await connector.session(row.id)).call('region.list', {}).catch((error: unknown) => error);
    expect([isCloudError(failure), (failure as { code: string }).code, (failure as Error).message]).toEqual([true, 'UNAUTHENTICATED', 'key [redacted] has expired']);
    await becomes('broken');
  });

  it('heals by itself where the cloud takes its credential again', async () => {
    row = await connections.update(row, { credential: { secret: 'moody-4711' } }, false);
    const session = await connector.session(row.id);
    await expect(session.call('region.list', {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await becomes('broken');
    await session.call('spec.list', { region: 'one' });
    await becomes('verified');
    expect(await connections.get(row.id)).toMatchObject({ lastError: null });
  });

  it('is refused for a connection that is gone', async () => {
    await expect(connector.session(newId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('deleting', () => {
  it('is refused while a domain holds the connection, and names what does', async () => {
    const held = new Set([row.id]);
    connector.onDelete(async (id) => (held.has(id) ? ['mci "shop"'] : []));
    await expect(connections.delete(row, async () => undefined)).rejects.toMatchObject({ code: 'IN_USE', detail: expect.stringContaining('mci "shop"'), more: { extra: { usedBy: ['mci "shop"'] } } });
    expect((await connections.get(row.id)).id).toBe(row.id);
    held.clear();
    await connections.delete(row, async () => undefined);
    await expect(connections.get(row.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('waits for a transaction that writes rows about the connection, and then sees them', async () => {
    const written = new Set<string>();
    connector.onDelete(async (id) => (written.has(id) ? ['mci "late"'] : []));
    let deletion: Promise<unknown> = Promise.resolve();
    await database.transaction(async (manager) => {
      expect(await connector.hold(manager, [row.id, newId()])).toMatchObject([{ id: row.id }]);
      deletion = connections.delete(row, async () => undefined).catch((error: unknown) => error);
      // The deletion must be waiting for our lock before the row appears.
      for (let waiting = 0; waiting === 0; ) [{ waiting }] = (await database.dataSource.query(`SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)) as [{ waiting: number }];
      written.add(row.id);
    });
    expect(await deletion).toMatchObject({ code: 'IN_USE' });
  });
});
