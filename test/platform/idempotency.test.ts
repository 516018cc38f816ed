import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.js';
import { newId } from '../../src/kernel/ids.js';
import { Database, Idempotency, platformEntities } from '../../src/platform/index.js';
import { freshDatabase } from '../support/database.js';

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
let database: Database;
beforeAll(async () => {
  fresh = await freshDatabase();
  database = await Database.open({ databaseUrl: fresh.url, dataDir: '', entities: platformEntities, migrations });
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

const idempotency = new Idempotency();
const userId = newId();
let done = 0;
/** Sends a request; each time that its work is done the answer counts one up. */
const send = (key: string | undefined, body: unknown, options: { userId?: string; route?: string; takesMs?: number; fails?: boolean } = {}) =>
  database.transaction((manager) =>
    idempotency.run(manager, { key, userId: options.userId ?? userId, route: options.route ?? 'POST /v1/things', body }, async () => {
      await delay(options.takesMs ?? 0);
      if (options.fails) throw new Error('it did not work');
      return { status: 202, body: { n: ++done, z: null }, headers: { location: '/v1/operations/1' } };
    }));

describe('a request with a key', () => {
  it('is done once; its repeat gets the first answer, whatever the order of the body’s fields', async () => {
    const first = await send('a', { x: 1, y: [{ p: 1, q: undefined }] });
    expect(first).toEqual({ status: 202, body: { n: 1, z: null }, headers: { location: '/v1/operations/1' } });
    expect(await send('a', { y: [{ p: 1 }], x: 1 })).toEqual(first);
  });

  it.each([
    ['another body', { x: 2 }, {}],
    ['another order of a list', { x: [2, 1] }, {}],
    ['another route', { x: [1, 2] }, { route: 'POST /v1/others' }],
  ])('is refused with %s', async (name, body, options) => {
    await send(name.replaceAll(' ', '-'), { x: [1, 2] });
    await expect(send(name.replaceAll(' ', '-'), body, options)).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  });

  it('waits for the same one that is under way, and gets its answer', async () => {
    const both = await Promise.all([send('b', {}, { takesMs: 150 }), delay(50).then(() => send('b', {}))]);
    expect(both[1]).toEqual(both[0]);
  });

  it('that failed left nothing behind, so that the one who waited is done', async () => {
    const both = await Promise.allSettled([send('c', {}, { takesMs: 150, fails: true }), delay(50).then(() => send('c', {}))]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('of another user, or without a key, is another request', async () => {
    const first = await send('d', {});
    expect(await send('d', {}, { userId: newId() })).not.toEqual(first);
    expect(await send(undefined, {})).not.toEqual(await send(undefined, {}));
  });

  it('is new again after a day', async () => {
    const first = await send('e', {});
    await database.dataSource.query(`UPDATE platform.idempotency SET created_at = now() - interval '25 hours' WHERE key = 'e'`);
    expect(await send('e', { other: true })).not.toEqual(first);
  });

  it.each(['', ' ', 'with space', 'é', 'x'.repeat(256)])('must have a key of printable ASCII: not "%s"', async (key) => {
    await expect(send(key, {})).rejects.toMatchObject({ code: 'INVALID_REQUEST', more: { errors: [{ field: 'Idempotency-Key' }] } });
  });
});
