import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestServer, startServer } from '../support/server.js';

type Operations = Record<string, { requestBody?: { content?: Record<string, unknown> } }>;
const { paths } = JSON.parse(readFileSync('src/openapi.json', 'utf8')) as { paths: Record<string, Operations> };

/** Every operation on drivers, their keys and repositories that the open API tells, with made-up names in its path and a body of its media type. */
const doors = Object.entries(paths).filter(([path]) => /^\/v1\/driver/.test(path)).flatMap(([path, operations]) => Object.entries(operations).map(([method, { requestBody }]) => {
  const [type] = Object.keys(requestBody?.content ?? {});
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => (name === 'driver' ? 'simulator' : name === 'version' ? '1.0.0' : '019aa000-0000-7000-8000-000000000000'));
  return { method: method.toUpperCase(), path: filled, ...(type !== undefined && { body: '{}', headers: { 'content-type': type } }) };
}));

let server: TestServer;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  server = await startServer();
  for (const role of ['viewer', 'operator']) {
    await server.call('POST', '/v1/users', { body: { username: role, password: 'a-long-password-1', role } });
    tokens[role] = (await server.call('POST', '/v1/auth/token', { body: { username: role, password: 'a-long-password-1' } })).body.accessToken as string;
  }
});
afterAll(() => server?.stop());

it('the open API tells of the doors that this test tries', () => {
  expect(doors.map(({ method, path }) => `${method} ${path}`)).toEqual(expect.arrayContaining(['POST /v1/drivers', 'POST /v1/drivers/install', 'DELETE /v1/drivers/simulator', 'POST /v1/driver-keys', 'POST /v1/driver-repositories', 'POST /v1/drivers/simulator/reports']));
  expect(doors.length).toBeGreaterThan(25);
});

describe.each(doors)('$method $path', ({ method, path, ...sent }) => {
  it('is shut without a token, and to one that is none', async () => {
    expect((await server.call(method, path, { ...sent, token: null })).status).toBe(401);
    expect((await server.call(method, path, { ...sent, token: `${server.token}x` })).status).toBe(401);
  });

  it(method === 'GET' ? 'is open to a viewer' : 'is shut to a viewer', async () => {
    const { status } = await server.call(method, path, { ...sent, token: tokens.viewer ?? '' });
    expect(method === 'GET' ? [200, 404] : [403]).toContain(status);
  });

  it(method === 'GET' ? 'is open to an operator' : 'is shut to an operator', async () => {
    const { status } = await server.call(method, path, { ...sent, token: tokens.operator ?? '' });
    expect(method === 'GET' ? [200, 404] : [403]).toContain(status);
  });
});
