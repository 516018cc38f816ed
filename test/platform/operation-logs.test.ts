import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.js';
import { newId } from '../../src/kernel/ids.js';
import { Database, Events, Logger, Metrics, Operations, Work, ofOperations, platformEntities, readConfig, withLogContext } from '../../src/platform/index.js';
import { OperationLogs } from '../../src/platform/operations/logs.js';
import { type TestServer, startServer } from '../support/server.js';

interface Line { id: string; at: string; level: string; server: string; message: string; fields: Record<string, unknown> }

let server: TestServer;
let database: Database;
let operations: Operations;
let logs: OperationLogs;
let workspaceId: string;
// The level of the log itself does not matter to what is kept.
const logger = new Logger('error', new Writable({ write: (_chunk, _encoding, done) => done() }));

beforeAll(async () => {
  server = await startServer({ MCMP_SERVER_NAME: 'first' });
  database = await Database.open({ databaseUrl: server.databaseUrl, dataDir: '', entities: platformEntities, migrations });
  operations = new Operations(database, new Events(database, logger));
  const config = readConfig({ MCMP_SERVER_NAME: 'tester', MCMP_DATA_DIR: server.dataDir, DATABASE_URL: server.databaseUrl });
  logs = new OperationLogs(database, operations, logger, new Work(database, config, logger, new Metrics()), config);
  logs.onModuleInit();
  workspaceId = (await server.call('GET', '/v1/projects/default')).body.workspaceId as string;
});
afterAll(async () => {
  await logs?.onApplicationShutdown();
  await database?.close();
  await server?.stop();
});

const start = async (): Promise<string> => (await database.transaction((manager) => operations.start(manager, { kind: 'thing.make', workspaceId, target: { type: 'thing', id: newId(), name: 'it' }, total: 1, createdBy: newId() }))).id;
const read = async (id: string, query = '', from = server): Promise<Line[]> => (await from.call('GET', `/v1/operations/${id}/logs?${query}`)).body.items as Line[];

describe('the log of an operation', () => {
  it('holds what was logged for it from info on, in order, redacted, and nothing else', async () => {
    const [id, other] = [await start(), await start()];
    withLogContext({ operationId: id, connectionId: 'c1' }, () => {
      logger.debug('too small');
      logger.info('begun', { size: 3, password: 'hunter2', deep: { apiKey: 'abc' } });
      logger.error('failed', new Error('no such thing'));
    });
    withLogContext(ofOperations([id, other]), () => logger.warn('concerns both'));
    logger.warn('concerns none');
    await logs.flush();
    const lines = await read(id);
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual(['info begun', 'error failed', 'warn concerns both']);
    expect(lines[0]).toMatchObject({ server: 'tester', at: expect.stringMatching(/Z$/), fields: { size: 3, password: '[redacted]', deep: { apiKey: '[redacted]' }, connectionId: 'c1' } });
    expect(lines[1]?.fields).toEqual({ connectionId: 'c1', error: { name: 'Error', message: 'no such thing' } });
    expect((await read(other)).map(({ message }) => message)).toEqual(['concerns both']);
  });

  it('is narrowed by level, and pages', async () => {
    const id = await start();
    withLogContext({ operationId: id }, () => { for (const level of ['info', 'warn', 'error', 'fatal'] as const) logger[level](level); });
    await logs.flush();
    expect((await read(id, 'level=error')).map(({ message }) => message)).toEqual(['error', 'fatal']);
    const first = (await server.call('GET', `/v1/operations/${id}/logs?pageSize=3`)).body;
    expect((await read(id, `pageToken=${String(first.nextPageToken)}`)).map(({ message }) => message)).toEqual(['fatal']);
    expect((await server.call('GET', `/v1/operations/${id}/logs?level=loud`)).status).toBe(400);
    expect((await server.call('GET', `/v1/operations/${newId()}/logs`)).status).toBe(404);
  });

  it('is bounded: long lines are cut, and of many only the first are kept', async () => {
    const id = await start();
    withLogContext({ operationId: id }, () => {
      logger.info('x'.repeat(5000), { more: 'y'.repeat(9000) });
      for (let n = 0; n < 1500; n += 1) logger.info(`line ${n}`);
    });
    await logs.flush();
    const [{ count }] = await database.dataSource.query<[{ count: number }]>('SELECT count(*)::integer AS count FROM platform.operation_log WHERE operation_id = $1', [id]);
    expect(count).toBe(1000);
    const [long] = await read(id, 'pageSize=1');
    expect([long?.message.length, long?.fields]).toEqual([2000, { cut: expect.stringContaining('in the log of the server only') }]);
  });

  it('is still there when its server was killed, and says that the work was taken up again', async () => {
    const id = await start();
    const ended = await start();
    await operations.finish(undefined, ended, { state: 'succeeded' });
    withLogContext({ operationId: id }, () => logger.info('before'));
    await logs.flush();
    await delay(1100);
    await server.kill('SIGKILL');
    const again = await startServer({ MCMP_SERVER_NAME: 'first' }, server);
    try {
      let lines: Line[] = [];
      for (const until = Date.now() + 10_000; lines.length < 2 && Date.now() < until; await delay(200)) lines = await read(id, '', again);
      expect(lines.map(({ message }) => message)).toEqual(['before', expect.stringContaining('is back: the work goes on')]);
      expect(lines[1]).toMatchObject({ level: 'warn', server: 'first', fields: { resumed: true } });
      expect(await read(ended, '', again)).toEqual([]);
    } finally {
      await again.kill();
    }
  });
});
