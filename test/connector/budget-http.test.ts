import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestBox, startBox } from '../support/box.js';
import { type TestServer, startServer } from '../support/server.js';

interface Used { calls: number; throttled: number; byPurpose: Record<string, number>; byWorkspace: { workspaceId: string | null; workspace: string | null; calls: number }[]; byServer: { server: string; calls: number }[] }
interface Bucket { region: string | null; apiClass: string; source: string; limit: { perSecond: number; burst: number } | null; rate: number | null; tokens: number | null; pausedUntil: string | null; waiting: Record<string, number>; lastMinute: Used; lastHour: Used }

let box: TestBox;
let server: TestServer;
let workspaces: { id: string; name: string }[];
let token: string;
beforeAll(async () => {
  box = await startBox();
  server = await startServer({ MCMP_SERVER_NAME: 'first' });
  await server.call('POST', '/v1/workspaces', { body: { name: 'other' } });
  workspaces = (await server.call('GET', '/v1/workspaces')).body.items as typeof workspaces;
  await server.call('POST', '/v1/users', { body: { username: 'mina', password: 'a-long-password', role: 'operator', workspaceIds: [idOf('other')] } });
  token = (await server.call('POST', '/v1/auth/token', { body: { username: 'mina', password: 'a-long-password' } })).body.accessToken as string;
  for (const name of ['default', 'other']) expect(await connect(name)).toBe(201);
});
afterAll(async () => {
  await server?.stop();
  await box?.stop();
});

const idOf = (name: string): string => workspaces.find((workspace) => workspace.name === name)?.id as string;
async function connect(workspace: string, account = 'shared', name = `box-${workspace}`, query = ''): Promise<number> {
  const credential = await box.credential('openstack', account);
  return (await server.call('POST', `/v1/connections${query}`, { body: { workspaceId: idOf(workspace), name, driver: 'simulator', endpoint: box.wires.plain, credential, options: { cloud: 'openstack' }, sync: false } })).status;
}
const budgetOf = async (connection: string, as?: string): Promise<{ accountId: string | null; servers: string[]; published: object[]; buckets: Bucket[] }> => (await server.call('GET', `/v1/connections/${connection}/api-budget`, as === undefined ? {} : { token: as })).body as never;
const classOf = (buckets: Bucket[], region: string | null): Bucket => buckets.find((bucket) => bucket.apiClass === '*' && bucket.region === region) as Bucket;

describe('the API budget of a connection', () => {
  it('is that of its cloud account: connections to one account share it, and each sees who used how much', async () => {
    for (const name of ['default', 'other', 'other']) expect((await server.call('GET', `/v1/connections/box-${name}/quotas?region=RegionOne`)).status).toBe(200);
    const mine = await budgetOf('box-default');
    expect(mine).toMatchObject({ accountId: 'shared', servers: ['first'] });
    expect(mine.published).toContainEqual({ methods: ['*'], scope: 'region', burst: 40, perSecond: 20 });
    const bucket = classOf(mine.buckets, 'RegionOne');
    expect(bucket).toMatchObject({ source: 'manifest', limit: { perSecond: 20, burst: 40 }, rate: 20, pausedUntil: null, waiting: { person: 0, inventory: 0 } });
    expect(bucket.tokens).toBeLessThanOrEqual(40);
    // The third was answered from what was asked ten seconds before.
    expect(bucket.lastHour).toMatchObject({ calls: 2, throttled: 0, byPurpose: { person: 2, inventory: 0 }, byServer: [{ server: 'first', calls: 2 }] });
    expect(bucket.lastHour.byWorkspace).toEqual(expect.arrayContaining([{ workspaceId: idOf('default'), workspace: 'default', calls: 1 }, { workspaceId: idOf('other'), workspace: 'other', calls: 1 }]));
    expect((await budgetOf('box-other')).buckets.map(({ lastHour }) => lastHour)).toEqual(mine.buckets.map(({ lastHour }) => lastHour));
  });

  it('shows the calls of other workspaces without their names', async () => {
    const bucket = classOf((await budgetOf('box-other', token)).buckets, 'RegionOne');
    expect(bucket.lastHour.byWorkspace).toEqual([{ workspaceId: idOf('other'), workspace: 'other', calls: 1 }, { workspaceId: null, workspace: null, calls: 1 }]);
    expect((await server.call('GET', '/v1/connections/box-default/api-budget', { token })).status).toBe(404);
  });

  it('counts what the cloud refused, and waits as long as it was asked to', async () => {
    await connect('default', 'refused', 'refused');
    await box.setFaults([{ effect: { type: 'error', code: 'RATE_LIMITED', retryAfterMs: 700 }, method: 'region.list', times: 1 }]);
    expect((await server.call('GET', '/v1/connections/refused/regions?live=true')).status).toBe(200);
    const { buckets } = await budgetOf('refused');
    expect(buckets.reduce((sum, { lastHour }) => sum + lastHour.throttled, 0)).toBe(1);
    expect(Math.min(...buckets.map(({ rate }) => rate ?? Infinity))).toBeLessThan(20);
    await box.setFaults();
  });

  it('is kept under a fingerprint of the credential while the account is not known, and never holds a secret', async () => {
    expect(await connect('default', 'unknown', 'unknown', '?verify=false')).toBe(201);
    await server.call('GET', '/v1/connections/unknown/quotas?region=RegionOne');
    const before = await budgetOf('unknown');
    expect(before.accountId).toBeNull();
    expect(classOf(before.buckets, 'RegionOne').lastHour.calls).toBe(1);
    expect((await server.call('POST', '/v1/connections/unknown/verify')).status).toBe(200);
    expect((await budgetOf('unknown')).accountId).toBe('unknown');
    const { secretKey } = await box.credential('openstack', 'unknown');
    expect(JSON.stringify([before, await budgetOf('unknown')])).not.toContain(secretKey);
  });

  it('has its figures in /metrics', async () => {
    const { body } = await server.call('GET', '/metrics', { token: null });
    expect(body.text).toMatch(/mcmp_cloud_call_wait_seconds_count\{purpose="person"\} [1-9]/);
    expect(body.text).toMatch(/mcmp_budget_exchanges_total\{outcome="ok"\} [1-9]/);
    expect(body.text).toMatch(/mcmp_cloud_calls_throttled_total\{driver="simulator"\} 1/);
    expect(body.text).toMatch(/mcmp_cloud_calls_waiting\{purpose="inventory"\} 0/);
  });
});
