import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.js';
import { newId } from '../../src/kernel/ids.js';
import { Database, Events, Logger, type PublishedEvent, platformEntities } from '../../src/platform/index.js';
import { freshDatabase } from '../support/database.js';

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
const databases: Database[] = [];
/** The events of two servers on one database. */
const servers: Events[] = [];

beforeAll(async () => {
  fresh = await freshDatabase();
  for (let i = 0; i < 2; i++) {
    const database = await Database.open({ databaseUrl: fresh.url, dataDir: '', entities: platformEntities, migrations });
    databases.push(database);
    const events = new Events(database, new Logger('silent'));
    await events.onApplicationBootstrap();
    servers.push(events);
  }
});
afterAll(async () => {
  for (const events of servers) await events.close();
  for (const database of databases) await database.close();
  await fresh.drop();
});

const workspaceId = newId();
const at = (server: number) => ({ events: servers[server] as Events, database: databases[server] as Database });
/** Publishes `name` in a transaction that stays open until `before` is done. */
const publish = (server: number, projectId: string, name: string, before?: () => Promise<unknown>): Promise<void> =>
  at(server).database.transaction(async (manager) => {
    await at(server).events.publish(manager, { workspaceId, projectId, type: 'thing.changed', subject: { type: 'thing', id: name }, data: { name } });
    await before?.();
  });
const names = (events: PublishedEvent[]): string[] => events.map((event) => event.subject.id);
async function until(test: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !test(); await delay(10)) if (Date.now() > end) throw new Error('not within 20 s');
}

describe('events', () => {
  it('reach readers at every server once, after their commit, in one order, also where the first to publish commits last', async () => {
    const projectId = newId();
    const seen: PublishedEvent[][] = [[], []];
    const readers = seen.map((list, server) => at(server).events.follow({ projectId }, at(server).events.now(), (event) => list.push(event)));
    let release: () => void = () => undefined;
    const held = new Promise<void>((done) => { release = done; });
    const slow = publish(0, projectId, 'slow', () => held);
    await delay(50);
    await publish(1, projectId, 'quick');
    await publish(0, projectId, 'undone', async () => { throw new Error('no'); }).catch(() => undefined);
    await delay(100);
    expect(seen.map(names)).toEqual([[], []]);
    release();
    await slow;
    await until(() => seen.every((list) => list.length >= 2));
    expect(seen.map(names)).toEqual([['slow', 'quick'], ['slow', 'quick']]);
    for (const reader of readers) reader.end();
  });

  it('of one publish keep their order, and a filter lets through what it names', async () => {
    const projectId = newId();
    const seen: PublishedEvent[] = [];
    const reader = at(1).events.follow({ projectId, subjectId: 'mine' }, at(1).events.now(), (event) => seen.push(event));
    await at(0).database.transaction((manager) => at(0).events.publish(manager, ['mine', 'other', 'mine'].map((id, position) => ({ workspaceId, projectId, type: 'thing.changed', subject: { type: 'thing', id }, data: { position } }))));
    await publish(0, newId(), 'mine');
    await publish(0, projectId, 'mine');
    await until(() => seen.length >= 3);
    expect(seen.map(({ data }) => data.position)).toEqual([0, 2, undefined]);
    expect(seen[0]).toEqual({ id: expect.stringMatching(/^\d+-\d+$/), type: 'thing.changed', at: expect.stringMatching(/Z$/), workspaceId, projectId, subject: { type: 'thing', id: 'mine' }, data: { position: 0 } });
    reader.end();
  });

  it('are in the order of their numbers, not of their digits', async () => {
    const projectId = newId();
    for (const tx of [100, 9, 99]) await at(0).database.dataSource.query(`INSERT INTO platform.event (tx, workspace_id, project_id, type, subject_type, subject_id, data) VALUES ($1::bigint, $2, $3, 'thing.changed', 'thing', $1::text, '{}')`, [tx, workspaceId, projectId]);
    const seen: PublishedEvent[] = [];
    const reader = at(0).events.follow({ projectId }, '0-0', (event) => seen.push(event));
    await reader.live;
    expect(names(seen)).toEqual(['9', '99', '100']);
    reader.end();
  });

  it('are read without gap or twin by a reader that comes back to any server again and again while they are published', async () => {
    const projectId = newId();
    const seen: PublishedEvent[] = [];
    const start = at(0).events.now();
    let done = false;
    const writing = Promise.all(Array.from({ length: 6 }, async (_none, writer) => {
      for (let i = 0; i < 40; i++) await publish(writer % 2, projectId, `${writer}-${i}`, () => delay((writer * 7 + i * 3) % 17));
    })).then(() => { done = true; });
    for (let round = 0; (!done || seen.length < 240) && round < 2000; round++) {
      const reader = at(round % 2).events.follow({ projectId }, seen.at(-1)?.id ?? start, (event) => seen.push(event));
      await reader.live;
      await delay(15);
      reader.end();
    }
    await writing;
    const rows = await at(0).database.dataSource.query<{ subject_id: string }[]>('SELECT subject_id FROM platform.event WHERE project_id = $1 ORDER BY tx, id', [projectId]);
    expect(rows).toHaveLength(240);
    expect(names(seen)).toEqual(rows.map((row) => row.subject_id));
  });
});
