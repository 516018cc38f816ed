import { afterAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freshDatabase } from '../support/database.js';
import { type TestServer, startServer } from '../support/server.js';

const servers: TestServer[] = [];
const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'mcmp-together-')));
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

it('servers that start together on an empty database both come up, with one administrator and one signing key', async () => {
  const database = await freshDatabase();
  const key = Buffer.alloc(32, 7).toString('base64');
  servers.push(...(await Promise.all(folders.map((dataDir) => startServer({ MCMP_SECRET_KEY: key }, { databaseUrl: database.url, dataDir })))));
  const [one, two] = servers as [TestServer, TestServer];
  expect((await one.call('GET', '/v1/me', { token: two.token })).status).toBe(200);
  expect((await two.call('GET', '/v1/users', { token: one.token })).body.items).toHaveLength(1);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::integer AS servers, count(DISTINCT name)::integer AS names FROM platform.server');
  await client.end();
  expect(rows).toEqual([{ servers: 2, names: 2 }]);
});
