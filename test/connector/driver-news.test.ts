import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freshDatabase } from '../support/database.js';
import { type TestServer, startServer } from '../support/server.js';
import { filesOf } from './fixtures/packed.js';
import { eventually } from './fixtures/rig.js';

interface News { type: string; subject: { id: string }; data: { what: string; version?: string; why?: string; server?: string } }

const root = mkdtempSync(join(tmpdir(), 'mcmp-news-'));
const folder = join(root, 'drivers');
const reading = new AbortController();
const news: News[] = [];
let database: Awaited<ReturnType<typeof freshDatabase>>;
let one: TestServer;
let other: TestServer;

/** Reads all that this token may see on a server, from now on. */
async function follow(server: TestServer, token: string): Promise<void> {
  const answer = await fetch(`${server.url}/v1/events`, { headers: { authorization: `Bearer ${token}` }, signal: reading.signal });
  expect(answer.status).toBe(200);
  let text = '';
  void (async () => {
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      const parts = (text += Buffer.from(chunk).toString()).split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const data = /^data: (.*)$/m.exec(part)?.[1];
        if (data !== undefined) news.push(JSON.parse(data) as News);
      }
    }
  })().catch(() => undefined);
}

/** Puts a driver into the folder in one step, as a careful person does. */
function drop(version: string, broken = false): void {
  const made = join(root, `made-${version}`);
  mkdirSync(made, { recursive: true });
  for (const { path, content } of filesOf({ version, ...(broken && { top: "throw new Error('not today');" }) })) writeFileSync(join(made, path), content);
  rmSync(join(folder, 'tiny'), { recursive: true, force: true });
  renameSync(made, join(folder, 'tiny'));
}

beforeAll(async () => {
  mkdirSync(folder);
  mkdirSync(join(root, 'none'));
  database = await freshDatabase();
  const secret = { MCMP_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') };
  one = await startServer({ ...secret, MCMP_SERVER_NAME: 'one', MCMP_DRIVERS_DIR: folder }, { databaseUrl: database.url, dataDir: join(root, 'one') });
  other = await startServer({ ...secret, MCMP_SERVER_NAME: 'other', MCMP_DRIVERS_DIR: join(root, 'none') }, { databaseUrl: database.url, dataDir: join(root, 'other') });
});
afterAll(async () => {
  reading.abort();
  await one?.kill();
  await other?.kill();
  await database?.drop();
  rmSync(root, { recursive: true, force: true });
});

it('a driver dropped into the folder of one server is told to everyone, on every server', async () => {
  expect((await one.call('POST', '/v1/users', { body: { username: 'mina', password: 'a long one of her own', role: 'viewer' } })).status).toBe(201);
  const { body } = await one.call('POST', '/v1/auth/token', { token: null, body: { username: 'mina', password: 'a long one of her own' } });
  await follow(other, body.accessToken as string);
  drop('1.0.0');
  await eventually(() => news.some(({ type, subject, data }) => type === 'driver.changed' && subject.id === 'tiny' && data.what === 'serving' && data.version === '1.0.0' && data.server === 'one'));
  expect((await one.call('GET', '/v1/drivers/tiny')).body).toMatchObject({ state: 'ready', version: '1.0.0' });
  drop('2.0.0', true);
  await eventually(() => news.some(({ subject, data }) => subject.id === 'tiny' && data.what === 'failed' && data.why?.includes('not today')));
  rmSync(join(folder, 'tiny'), { recursive: true });
  await eventually(() => news.some(({ subject, data }) => subject.id === 'tiny' && data.what === 'withdrawn' && data.version === '1.0.0'));
});

it('a broken driver that is taken away is told too, though it never served', async () => {
  drop('3.0.0', true);
  await eventually(() => news.filter(({ data }) => data.what === 'failed').length === 2);
  const before = news.length;
  rmSync(join(folder, 'tiny'), { recursive: true });
  await eventually(() => news.slice(before).some(({ subject, data }) => subject.id === 'tiny' && data.what === 'withdrawn' && data.version === undefined));
});
