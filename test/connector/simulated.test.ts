import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestBox, startBox } from '../support/box.js';
import { type TestServer, startServer } from '../support/server.js';

interface Answer { connections: { id: string; name: string; cloud: string }[] }

describe('simulated clouds', () => {
  let box: TestBox;
  let server: TestServer;
  beforeAll(async () => {
    box = await startBox();
    server = await startServer({ MCMP_SIMULATED_CLOUDS: JSON.stringify({ control: box.control, wires: box.wires }) });
  });
  afterAll(async () => {
    await server?.stop();
    await box?.stop();
  });

  it('are connected by one call, read a region each, and stay as they are when it is made again', async () => {
    const { body: offered } = await server.call('GET', '/v1/simulated-clouds');
    const items = offered.items as { cloud: string; region: string; connection: string }[];
    expect(items.map(({ cloud }) => cloud).sort()).toEqual(['alibaba', 'aws', 'azure', 'gcp', 'ibm', 'kt', 'ncp', 'nhn', 'openstack', 'tencent']);
    const { status, body } = await server.call('POST', '/v1/simulated-clouds', { body: {} });
    expect(status).toBe(200);
    const { connections } = body as unknown as Answer;
    expect(connections.map(({ name }) => name).sort()).toEqual(items.map(({ connection }) => connection).sort());
    const known = (await server.call('GET', '/v1/connections?pageSize=50')).body.items as { state: string; syncOperationId: string | null }[];
    expect(known).toHaveLength(10);
    for (const { state, syncOperationId } of known) expect({ state, begun: syncOperationId !== null }).toEqual({ state: 'verified', begun: true });
    const again = await server.call('POST', '/v1/simulated-clouds');
    expect((again.body as unknown as Answer).connections.map(({ id }) => id).sort()).toEqual(connections.map(({ id }) => id).sort());
  });

  it('are connected by nobody who may not connect', async () => {
    await server.call('POST', '/v1/users', { body: { username: 'viewer', password: 'a-long-password', role: 'viewer' } });
    const token = (await server.call('POST', '/v1/auth/token', { body: { username: 'viewer', password: 'a-long-password' } })).body.accessToken as string;
    expect((await server.call('POST', '/v1/simulated-clouds', { token, body: {} })).status).toBe(403);
  });
});

describe('a server without simulated clouds', () => {
  let server: TestServer;
  beforeAll(async () => { server = await startServer({}); });
  afterAll(() => server?.stop());

  it('offers none, and says how to get them', async () => {
    expect((await server.call('GET', '/v1/simulated-clouds')).body.items).toEqual([]);
    const { status, body } = await server.call('POST', '/v1/simulated-clouds', { body: {} });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'UNSUPPORTED', detail: expect.stringContaining('npm run try') });
  });
});
