import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Rig, eventually, play, rig } from './fixtures/rig.js';

let stage: Rig;
beforeAll(async () => {
  stage = rig();
  stage.drop('actor');
  await stage.host.start();
});
afterAll(() => stage.stop());

const failure = (work: Promise<unknown>): Promise<{ code: string; message: string; detail: Record<string, unknown> }> =>
  work.then((value) => { throw new Error(`succeeded with ${JSON.stringify(value)}`); }, (error: unknown) => error as never);

describe('a call through the driver host', () => {
  it('connects once per key and revision, and tells the traits', async () => {
    const session = stage.session('actor', { key: 'once' });
    expect((await session.traits()).idempotencyToken).toEqual(['network']);
    const first = await session.call('account.verify', {});
    expect(await session.call('account.verify', {})).toEqual(first);
    expect(await stage.session('actor', { key: 'once' }).call('account.verify', {})).toEqual(first);
    expect(await stage.session('actor', { key: 'once', revision: '2' }).call('account.verify', {})).not.toEqual(first);
  });

  it('drops what the SDK does not know and answers of methods that give nothing', async () => {
    const [spec] = (await stage.session().call('spec.list', { region: 'plain' })).items;
    expect(spec).toEqual({ id: 'one', region: 'r', vcpu: 1, memoryMiB: 1024, architecture: 'amd64', gpuCount: 0 });
    expect(await stage.session().call('network.delete', { region: 'r', id: 'x' })).toBeUndefined();
  });

  it('refuses a wrong request before the driver sees it, naming the field', async () => {
    const request = { region: 'r', name: 'Net', token: 't', tags: {}, cidr: '10.0.0.0/16' };
    expect(await failure(stage.session().call('network.create', request))).toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'name' } });
    expect(await failure(stage.session().call('network.create', { ...request, name: 'net', tags: { Owner: 'x' } }))).toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'tags.Owner' } });
    expect(await failure(stage.session().call('spec.list', { region: 'plain', pageSize: 0 }))).toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'pageSize' } });
    expect(await failure(stage.session().call('vm.fly' as 'vm.get', { region: 'r', id: 'x' }))).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await failure(stage.session().call('disk.get', { region: 'r', id: 'x' }))).toMatchObject({ code: 'UNSUPPORTED' });
    expect(await failure(stage.session().call('vm.resize', { region: 'r', id: 'x', specId: 's' }))).toMatchObject({ code: 'UNSUPPORTED' });
    expect(await failure(stage.session('absent').call('region.list', {}))).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('not installed') });
  });

  it('never passes on an answer of a wrong shape', async () => {
    expect(await failure(play(stage.session(), 'shape'))).toMatchObject({ code: 'UNKNOWN', message: expect.stringContaining('field items[1].architecture') });
    expect(await failure(play(stage.session(), 'none'))).toMatchObject({ code: 'UNKNOWN', message: expect.stringContaining('wrong shape') });
    expect(await failure(play(stage.session(), 'functions'))).toMatchObject({ code: 'UNKNOWN', message: expect.stringContaining('not plain data') });
    expect(await failure(play(stage.session(), 'huge'))).toMatchObject({ code: 'UNKNOWN', message: expect.stringContaining('above the limit of 16777216') });
  });

  it('turns plain errors and foreign codes into UNKNOWN with a short text', async () => {
    const plain = await failure(play(stage.session(), 'error'));
    expect(plain.code).toBe('UNKNOWN');
    expect(plain.message).toMatch(/^plain long/);
    expect(plain.message.length).toBeLessThan(1500);
    expect(await failure(play(stage.session(), 'code'))).toMatchObject({ code: 'UNKNOWN', message: expect.stringContaining('TEAPOT') });
  });

  it('shows no secret of the credential, in errors as in the log', async () => {
    const session = stage.session('actor', { key: 'leaky', secret: 'very"secret value' });
    await play(session, 'print');
    await eventually(() => stage.log().includes('key is [redacted], encoded [redacted]'));
    const error = await failure(play(session, 'leak'));
    expect(error).toMatchObject({ code: 'FORBIDDEN', message: 'not with [redacted]', detail: { providerCode: '[redacted]' } });
    expect(await failure(stage.session('actor', { key: 'no', secret: 'refused' }).call('account.verify', {}))).toMatchObject({ code: 'INVALID_REQUEST', message: 'the key [redacted] is no key', detail: { field: 'key' } });
    expect(stage.log()).not.toContain('secret value');
  });
});

it('what the cloud says is left holds for the calls behind it', async () => {
  const one = rig();
  one.drop('actor', { manifest: { limits: [{ methods: ['spec.list'], scope: 'account', burst: 100, perSecond: 0.01 }] } });
  await one.host.start();
  const session = one.session();
  expect(await play(session, 'own')).toEqual(['true']);
  expect(await play(session, 'left-nonsense')).toEqual(['left']);
  expect(await play(session, 'left-2')).toEqual(['left']);
  // A cloud counts whole calls: three may be there, and no more of a hundred.
  const ended = await Promise.all(Array.from({ length: 8 }, () => play(session, 'own', { deadlineMs: 1500, priority: 'person' }).then(() => 'sent', (error: { code: string }) => error.code)));
  expect(ended.filter((end) => end === 'sent')).toHaveLength(3);
  expect(ended.filter((end) => end === 'RATE_LIMITED')).toHaveLength(5);
  await one.stop();
});

describe('a driver in its process', () => {
  it('reads its own folder, and no file, process or environment beside', async () => {
    const session = stage.session();
    expect(await play(session, 'own')).toEqual(['true']);
    expect(await play(session, 'environment')).toEqual(['end']);
    expect(await play(session, 'send')).toEqual(['undefined', 'ERR_ACCESS_DENIED']);
    expect(await failure(play(session, 'passwd'))).toMatchObject({ code: 'UNKNOWN', detail: { providerCode: 'ERR_ACCESS_DENIED' } });
    expect(await failure(play(session, 'spawn'))).toMatchObject({ code: 'UNKNOWN', detail: { providerCode: 'ERR_ACCESS_DENIED' } });
  });

  it('takes only its own calls with it when it crashes, and runs again with the next one', async () => {
    const session = stage.session();
    const [pid] = await play(session, 'pid');
    const repeated = play(session, 'wait-300');
    expect(await failure(play(session, 'crash', { retries: false }))).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('driver actor 1.0.0') });
    const [after] = await play(session, 'pid');
    expect(after).not.toBe(pid);
    expect(await repeated).toEqual([after]);
    expect(stage.log()).toContain('in a timer');
    expect(stage.host.stats()[0]).toMatchObject({ driver: 'actor', state: 'running', restarts: 1, pid: Number(after) });
  });

  it('does not take a server down by blocking or by eating memory', async () => {
    const session = stage.session();
    const beside = failure(play(session, 'ever', { retries: false }));
    expect(await failure(play(session, 'block', { retries: false }))).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('blocked') });
    expect(await beside).toMatchObject({ code: 'UNAVAILABLE' });
    expect(await failure(play(session, 'memory', { retries: false }))).toMatchObject({ code: 'UNAVAILABLE' });
    expect(await play(session, 'plain')).toEqual(['one']);
  });
});

it('a process takes a bounded number of calls, and is replaced when too many of them never end', async () => {
  // A class of its own without a limit would begin slowly.
  stage.drop('boundless', { manifest: { name: 'boundless', limits: [{ methods: ['*'], scope: 'account', burst: 1_000_000, perSecond: 1_000_000 }] } });
  await eventually(() => stage.host.find('boundless'));
  const session = stage.session('boundless');
  const [pid] = await play(session, 'pid');
  const calls = await Promise.all(Array.from({ length: 2100 }, () => failure(play(session, 'ever', { deadlineMs: 3000, retries: false }))));
  const codes = calls.map(({ code }) => code);
  expect([codes.filter((code) => code === 'TIMEOUT').length, codes.filter((code) => code === 'RATE_LIMITED').length]).toEqual([2000, 100]);
  expect(await play(session, 'pid', { deadlineMs: 20_000 })).not.toEqual([pid]);
});

describe('the end of a call', () => {
  it('comes with the deadline, and the driver is told', async () => {
    const session = stage.session();
    const before = Number((await play(session, 'aborted'))[0]);
    expect(await failure(play(session, 'abort', { deadlineMs: 50 }))).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining('within 50 ms') });
    expect(await failure(play(session, 'ever', { deadlineMs: 50 }))).toMatchObject({ code: 'TIMEOUT' });
    await eventually(async () => Number((await play(session, 'aborted'))[0]) === before + 1);
  });

  it('comes with the signal of the caller, also one given before', async () => {
    const session = stage.session();
    const before = Number((await play(session, 'aborted'))[0]);
    const controller = new AbortController();
    const call = failure(play(session, 'abort', { signal: controller.signal }));
    await play(session, 'plain');
    controller.abort();
    expect(await call).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining('given up by its caller') });
    expect(await failure(play(session, 'plain', { signal: controller.signal }))).toMatchObject({ code: 'TIMEOUT' });
    await eventually(async () => Number((await play(session, 'aborted'))[0]) === before + 1);
  });
});

describe('a retry', () => {
  it('follows a refusal until the cloud takes the call', async () => {
    expect(await play(stage.session(), 'throttled')).toEqual(['at last']);
  });

  it('follows UNAVAILABLE where the call may be repeated, and not where it may not', async () => {
    const session = stage.session();
    expect(await play(session, 'unavailable')).toEqual(['3']);
    expect(await failure(session.call('network.create', { region: 'r', name: 'lost', token: 't', tags: {}, cidr: '10.0.0.0/16' }))).toMatchObject({ code: 'UNAVAILABLE', message: 'time 5' });
    const vm = { region: 'r', token: 't', tags: {}, specId: 's', imageId: 'i', networkId: 'n', subnetId: 's', securityGroupIds: [], keyPairId: 'k', publicKey: 'p', sshUser: 'u', publicAddress: false };
    const first = await failure(session.call('vm.create', { ...vm, names: ['a'] }));
    const second = await failure(session.call('vm.create', { ...vm, names: ['odd'] }));
    expect([first.code, second.code]).toEqual(['UNAVAILABLE', 'UNKNOWN']);
    expect(Number(second.message.slice(5)) - Number(first.message.slice(5))).toBe(1);
  });

  it('is made once for a read with an unknown error, never for a conflict, never where it is switched off', async () => {
    const session = stage.session();
    expect(await failure(play(session, 'unknown'))).toMatchObject({ code: 'UNKNOWN', message: 'time 2' });
    expect(await failure(play(session, 'unknown', { retries: false }))).toMatchObject({ message: 'time 3' });
    expect(await failure(play(session, 'conflict'))).toMatchObject({ code: 'CONFLICT', message: 'time 1' });
    expect(await failure(play(session, 'conflict'))).toMatchObject({ code: 'CONFLICT', message: 'time 2' });
  });
});
