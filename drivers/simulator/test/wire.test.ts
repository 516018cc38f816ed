import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startControl } from '../wire/index.js';
import plain from '../wire/index.js';
import { createWorld } from '../world/index.js';
import type { BoxWorld } from '../world/index.js';
import { PUBLIC_KEY, tiny } from './tiny.js';

let world: BoxWorld;
let servers: { port: number; close(): Promise<void> }[];
beforeEach(async () => {
  world = createWorld({ personalities: [tiny({ quotas: [], idempotencyToken: ['vm'] }), tiny({ cloud: 'wide', networkScope: 'global', subnetScope: 'region' })], timeScale: 0, throttling: false });
  servers = [await plain.start(world, { host: '127.0.0.1', port: 0 }), await startControl(world, { host: '127.0.0.1', port: 0 })];
});
afterEach(() => Promise.all(servers.map((server) => server.close())));

interface Told { status: number; body: Record<string, unknown> & { items?: Record<string, unknown>[] }; headers: Headers }
interface Sign { key?: string; secret?: string; date?: string; signedBody?: string; authorization?: string }

/** Sends a request as its signature's description says, by another hand than the driver's. */
async function send(path: string, request: unknown, sign: Sign = {}): Promise<Told> {
  const cloud = path.split('/')[2] ?? '';
  const { accessKeyId, secretKey } = world.credential(world.personalities.has(cloud) ? cloud : 'tiny', 'acme');
  const body = typeof request === 'string' ? request : JSON.stringify(request);
  const date = sign.date ?? new Date().toISOString();
  const lines = ['POST', path, date, createHash('sha256').update(sign.signedBody ?? body).digest('hex')].join('\n');
  const authorization = sign.authorization ?? `BOX1-HMAC-SHA256 key=${sign.key ?? accessKeyId}, signature=${createHmac('sha256', sign.secret ?? secretKey).update(lines).digest('hex')}`;
  const response = await fetch(`http://127.0.0.1:${servers[0]?.port}${path}`, { method: 'POST', body, headers: { 'x-box-date': date, authorization } });
  return { status: response.status, body: (await response.json()) as Told['body'], headers: response.headers };
}
const ask = (method: string, request: object, cloud = 'tiny'): Promise<Told> => send(`/v1/${cloud}/${method}`, request);

async function control(method: string, path: string, body?: unknown): Promise<Told> {
  const response = await fetch(`http://127.0.0.1:${servers[1]?.port}/control/${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as Told['body'], headers: response.headers };
}

const made = async (method: string, request: object): Promise<string> => {
  const { status, body } = await ask(method, { region: 'r1', tags: {}, ...request });
  expect([status, body.message]).toEqual([200, undefined]);
  return body.id as string;
};
async function ground() {
  const networkId = await made('network.create', { name: 'net', cidr: '10.0.0.0/16' });
  const subnetId = await made('subnet.create', { name: 'sub', networkId, cidr: '10.0.0.0/20' });
  const securityGroupIds = [await made('security-group.create', { name: 'sg', networkId, description: '', rules: [] })];
  const keyPairId = await made('key-pair.create', { name: 'key', publicKey: PUBLIC_KEY });
  return { region: 'r1', tags: {}, networkId, subnetId, securityGroupIds, keyPairId, publicKey: PUBLIC_KEY, specId: 's.small', imageId: 'img-r1', sshUser: 'ubuntu', publicAddress: true };
}

describe('the signature', () => {
  const later = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
  const refused: [what: string, sign: () => Sign, providerCode: string][] = [
    ['none', () => ({ authorization: '' }), 'MissingSignature'],
    ['another form', () => ({ authorization: 'Bearer abc' }), 'MissingSignature'],
    ['a false secret', () => ({ secret: 'false' }), 'SignatureDoesNotMatch'],
    ['another body', () => ({ signedBody: '{}' }), 'SignatureDoesNotMatch'],
    ['a key of nobody', () => ({ key: 'AKIAAAAAAAAAAAAAAAAA' }), 'InvalidAccessKey'],
    ['a key of another cloud', () => ({ key: world.credential('wide', 'acme').accessKeyId }), 'InvalidAccessKey'],
    ['an old date', () => ({ date: later(-6) }), 'RequestExpired'],
    ['a date to come', () => ({ date: later(6) }), 'RequestExpired'],
    ['no date', () => ({ date: 'now' }), 'RequestExpired'],
  ];
  it.each(refused)('refuses %s, and nothing reaches the world', async (_what, sign, providerCode) => {
    const { status, body } = await send('/v1/tiny/network.create', { region: 'r1', name: 'net', cidr: '10.0.0.0/16', tags: {} }, sign());
    expect([status, body.code, body.providerCode]).toEqual([401, 'UNAUTHENTICATED', providerCode]);
    expect(world.truth()).toEqual([]);
    expect(world.log.seq).toBe(0);
  });

  it('takes a right one up to five minutes off, and tells who it is', async () => {
    expect((await send('/v1/tiny/account.verify', {}, { date: later(-4) })).body).toEqual({ accountId: 'acme', principal: 'tiny:account/acme' });
  });
});

describe('requests', () => {
  const wrong: [what: string, path: string, request: unknown, status: number, field: string | undefined][] = [
    ['no JSON', '/v1/tiny/network.list', '{', 400, undefined], ['an unknown method', '/v1/tiny/network.fly', {}, 400, undefined], ['an unknown path', '/v2/tiny/network.list', {}, 400, undefined],
    ['a missing field', '/v1/tiny/network.create', { region: 'r1', name: 'net' }, 400, 'cidr'], ['a field of another type', '/v1/tiny/network.list', { region: 'r1', pageSize: 'ten' }, 400, 'pageSize'],
    ['an unknown region', '/v1/tiny/network.list', { region: 'mars' }, 400, 'region'], ['a page token of its own making', '/v1/tiny/network.list', { region: 'r1', pageToken: 'MS4x' }, 400, 'pageToken'],
    ['a name with capitals', '/v1/tiny/public-ip.create', { region: 'r1', name: 'Bad' }, 400, 'name'],
  ];
  it.each(wrong)('refuses %s', async (_what, path, request, status, field) => {
    const told = await send(path, request);
    expect([told.status, told.body.code, told.body.field]).toEqual([status, 'INVALID_REQUEST', field]);
    expect(told.body.providerCode).toEqual(expect.any(String));
  });

  it('refuses more than a mebibyte', async () => {
    const told = await send('/v1/tiny/tag.set', { filler: 'x'.repeat(1_100_000) });
    expect([told.status, told.body.code]).toEqual([413, 'INVALID_REQUEST']);
  });

  it('says when to come again', async () => {
    world.faults.add({ effect: { type: 'error', code: 'RATE_LIMITED', retryAfterMs: 1_500 }, times: 1 });
    const { status, body, headers } = await ask('vm.list', { region: 'r1' });
    expect([status, body.code, body.retryAfterMs, headers.get('retry-after')]).toEqual([429, 'RATE_LIMITED', 1_500, '2']);
  });

  it('tells networks of all regions in the region that was asked, without a range', async () => {
    const { body } = await ask('network.create', { region: 'r2', name: 'net', cidr: '10.0.0.0/16', tags: {} }, 'wide');
    expect(body).toMatchObject({ name: 'net', region: 'r2' });
    expect(body.cidr).toBeUndefined();
    expect((await ask('network.get', { region: 'r1', id: body.id as string }, 'wide')).body).toMatchObject({ id: body.id, region: 'r1' });
    expect((await control('GET', 'resources?cloud=wide')).body.items).toMatchObject([{ region: 'global' }]);
  });
});

describe('lists', () => {
  it('pages for real: at most 100, for VMs 50; what goes in between moves nothing', async () => {
    const base = await ground();
    for (let batch = 0; batch < 11; batch++) await made('vm.create', { ...base, tags: { odd: String(batch % 2) }, names: Array.from({ length: 10 }, (_, index) => `v${batch}-${index}`) });
    const seen: string[] = [];
    let pageToken: string | undefined;
    const sizes: number[] = [];
    do {
      const { body } = await ask('vm.list', { region: 'r1', pageSize: 1000, ...(pageToken !== undefined && { pageToken }) });
      const ids = (body.items ?? []).map((item) => item.id as string);
      sizes.push(ids.length);
      seen.push(...ids);
      if (sizes.length === 1) for (const id of [ids[0], ids[49]]) await made('vm.delete', { id });
      pageToken = body.nextPageToken as string | undefined;
    } while (pageToken !== undefined);
    expect(sizes).toEqual([50, 50, 10]);
    expect(new Set(seen).size).toBe(110);
    const narrowed = await ask('vm.list', { region: 'r1', tags: { odd: '1' }, ids: [...seen.slice(5, 25), 'vm-none'] });
    expect(narrowed.body.items).toHaveLength(10);
    const other = await ask('vm.list', { region: 'r2', pageToken: (await ask('vm.list', { region: 'r1' })).body.nextPageToken });
    expect(other.body.field).toBe('pageToken');
  });

  it('tells the catalogue and the words of the cloud', async () => {
    expect((await ask('region.list', {})).body.items).toMatchObject([{ id: 'r1', latitude: 1, enabled: true }, { id: 'r2' }]);
    expect((await ask('region.listZones', { region: 'r1' })).body.items).toEqual([{ id: 'r1a', region: 'r1', available: true }, { id: 'r1b', region: 'r1', available: true }]);
    expect((await ask('spec.list', { region: 'r1', pageSize: 2 })).body.items).toHaveLength(2);
    expect((await ask('image.list', { region: 'r1', ids: ['img-r1', 'img-none'] })).body.items).toMatchObject([{ id: 'img-r1', sshUser: 'ubuntu' }]);
    expect((await ask('price.list', { region: 'r1', purchase: 'on-demand' })).body.items).toMatchObject([{ specId: 's.small', perHour: 0.1, osFamily: 'linux', simulated: true }]);
    const base = await ground();
    const { body } = await ask('vm.create', { ...base, names: ['one'] });
    expect(body.items?.[0]).toMatchObject({ name: 'one', providerState: 'BUILD', sshPort: 2222, batchIndex: 0 });
    expect((await ask('vm.list', { region: 'r1' })).body.items?.[0]?.providerState).toBe('UP');
  });
});

describe('lost answers', () => {
  it('cuts the connection, and the token finds what was made; without one there are two', async () => {
    const base = await ground();
    for (const [method, request, count] of [['vm.create', { ...base, names: ['one', 'two'], token: 't' }, 2], ['public-ip.create', { region: 'r1', name: 'ip', tags: {}, token: 't' }, 2]] as const) {
      world.faults.add({ method, effect: { type: 'lost-answer' }, times: 1 });
      await expect(ask(method, request)).rejects.toThrow('fetch failed');
      await made(method, request);
      expect(world.truth({ kind: method === 'vm.create' ? 'vm' : 'public-ip' })).toHaveLength(count);
    }
  });
});

describe('the control door', () => {
  it('counts what exists, seen or not, by cloud, kind, region, account and tag', async () => {
    const base = await ground();
    world.faults.add({ method: 'vm.create', effect: { type: 'unseen', ms: 60_000 } });
    await made('vm.create', { ...base, tags: { 'mcmp-project': 'p1' }, names: ['a', 'b', 'c'], token: 't9' });
    const count = async (query: string) => (await control('GET', `resources?${query}`)).body.count;
    expect(await Promise.all(['', 'kind=vm', 'kind=vm&hidden=0', 'tag.mcmp-project=p1', 'tag.mcmp-project=p2', 'region=r2', 'cloud=wide', 'account=acme&kind=subnet'].map(count))).toEqual([7, 3, 0, 3, 0, 0, 0, 1]);
    const { body } = await control('GET', 'resources?kind=vm');
    expect(body).toMatchObject({ byKind: { vm: 3 }, byCloud: { tiny: 3 } });
    expect(body.items?.[0]).toMatchObject({ kind: 'vm', account: 'acme', name: 'a', tags: { 'mcmp-project': 'p1' }, state: 'running', token: 't9', createdAt: expect.stringMatching(/Z$/) });
    expect((await control('GET', 'resources?knd=vm')).status).toBe(400);
    expect((await ask('vm.list', { region: 'r1' })).body.items).toEqual([]);
  });

  it('sets, lists and takes back faults, and refuses wrong ones', async () => {
    const { body } = await control('POST', 'faults', [{ method: 'vm.*', effect: { type: 'error', code: 'CONFLICT' }, times: 1 }, { effect: { type: 'latency', ms: 1 } }]);
    const [first, second] = body.ids as string[];
    expect((await ask('vm.list', { region: 'r1' })).status).toBe(409);
    expect((await ask('vm.list', { region: 'r1' })).status).toBe(200);
    await control('DELETE', `faults/${second}`);
    expect((await control('GET', 'faults')).body).toMatchObject([{ id: first, times: 0 }]);
    await control('DELETE', 'faults');
    expect((await control('GET', 'faults')).body).toEqual([]);
    // An id of one's own never gives way to one that the box makes up.
    await control('POST', 'faults', { id: 'f3', method: 'nothing', effect: { type: 'half-made' } });
    expect((await control('POST', 'faults', { method: 'nothing', effect: { type: 'half-made' } })).body.ids).toEqual(['f4']);
    await control('DELETE', 'faults');
    for (const [wrong, why] of [
      [{}, /expected object.*\n.*at effect/],
      [{ effect: { type: 'magic' } }, /type is one of error, lost-answer, .*\n.*at effect/],
      [{ effect: { type: 'error', code: 'OOPS' } }, /"UNAUTHENTICATED".*\n.*at effect\.code/],
      [[{ effect: { type: 'latency' } }], /expected number.*\n.*at \[0\]\.effect\.ms/],
      [{ effect: { type: 'half-made' }, probability: 2 }, /at probability/],
      [{ cloud: 'mars', effect: { type: 'half-made' } }, /no cloud 'mars'; there are tiny, wide/],
      [{ cloud: 'tiny', region: 'r9', effect: { type: 'half-made' } }, /tiny has no region 'r9'; it has r1, r2/],
    ] as const) expect(await control('POST', 'faults', wrong)).toMatchObject({ status: 400, body: { message: expect.stringMatching(why) } });
    expect((await control('GET', 'faults')).body).toEqual([]);
  });

  it('lists and sums calls, tells keys and clouds, changes settings, empties the world', async () => {
    await made('network.create', { name: 'net', cidr: '10.0.0.0/16', token: 'tok' });
    await ask('network.get', { region: 'r1', id: 'none' });
    const { body } = await control('GET', 'calls?limit=1');
    expect(body.items).toMatchObject([{ seq: 1, cloud: 'tiny', account: 'acme', region: 'r1', method: 'network.create', token: 'tok', outcome: 'ok', ids: [expect.any(String)] }]);
    expect((await control('GET', `calls?after=${String(body.next)}`)).body.items).toMatchObject([{ seq: 2, outcome: 'NOT_FOUND' }]);
    expect((await control('GET', 'calls/summary')).body).toMatchObject({ total: 2, throttled: 0, byMethod: [{ method: 'network.create', count: 1 }, { method: 'network.get', failed: 1 }] });
    expect((await control('GET', 'credential?cloud=tiny&account=acme')).body).toEqual(world.credential('tiny', 'acme'));
    expect((await control('GET', 'credential?cloud=tiny&account=A_B')).status).toBe(400);
    expect((await control('GET', 'clouds')).body).toMatchObject([{ cloud: 'tiny', regions: [{ id: 'r1' }, { id: 'r2' }] }, { cloud: 'wide' }]);
    expect((await control('POST', 'settings', { timeScale: 0.5, throttling: true })).body).toMatchObject({ timeScale: 0.5, throttling: true });
    expect((await control('POST', 'settings', { speed: 1 })).status).toBe(400);
    await control('POST', 'reset');
    expect((await control('GET', 'resources')).body.count).toBe(0);
    expect((await control('GET', 'calls')).body.items).toEqual([]);
    expect((await control('GET', 'nothing')).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${servers[1]?.port}/control/reset`, { method: 'POST', headers: { origin: 'http://evil.example' } })).status).toBe(403);
  });
});
