import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { unmarkedRoutes } from '../../src/iam/index.js';
import { Permission } from '../../src/platform/index.js';
import { ADMIN_PASSWORD, type TestServer, startServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => { server = await startServer(); });
afterAll(() => server?.stop());

const login = async (username: string, password: string) => server.call('POST', '/v1/auth/token', { token: null, body: { username, password } });

describe('login', () => {
  it('refuses a wrong password and an unknown user alike', async () => {
    for (const name of ['admin', 'nobody']) {
      const { status, body, headers } = await login(name, 'wrong-password-1');
      expect([status, body.code, headers.get('www-authenticate')]).toEqual([401, 'UNAUTHENTICATED', 'Bearer realm="mcmp"']);
    }
  });

  it('is slowed down after ten wrong passwords for one user', async () => {
    for (let i = 0; i < 10; i++) expect((await login('guessed', 'wrong-password-1')).status).toBe(401);
    const { status, body, headers } = await login('guessed', 'wrong-password-1');
    expect([status, body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it.each([
    ['no token', null, /No access token/],
    ['a broken one', 'abc', /not valid/],
    ['one signed with another key', jwt.sign({}, 'another', { subject: 'x', issuer: 'mcmp', expiresIn: 60 }), /not valid/],
    ['an unsigned one', `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.`, /not valid/],
  ])('refuses %s', async (_name, token, detail) => {
    const { status, body } = await server.call('GET', '/v1/me', { token });
    expect([status, body.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(body.detail).toMatch(detail);
  });

  it('says when a token has expired', async () => {
    const short = await startServer({ MCMP_TOKEN_TTL_SECONDS: '1' });
    await new Promise((done) => setTimeout(done, 2100));
    const { status, body } = await short.call('GET', '/v1/me');
    await short.stop();
    expect(status).toBe(401);
    expect(body.detail).toMatch(/expired/);
  });
});

describe('scope', () => {
  it('shows a project to members of its workspace only, and pages', async () => {
    const mine = (await server.call('POST', '/v1/workspaces', { body: { name: 'team-a' } })).body;
    const project = (await server.call('POST', '/v1/projects', { body: { name: 'shop', workspaceId: mine.id } })).body;
    const other = (await server.call('POST', '/v1/workspaces', { body: { name: 'team-b' } })).body;
    expect((await server.call('POST', '/v1/users', { body: { username: 'mina', password: 'a-long-password', role: 'operator', workspaceIds: [other.id] } })).status).toBe(201);
    const token = (await login('mina', 'a-long-password')).body.accessToken as string;
    for (const reference of [project.id, 'shop']) expect((await server.call('GET', `/v1/projects/${String(reference)}`, { token })).status).toBe(404);
    expect((await server.call('GET', '/v1/projects', { token })).body).toEqual({ items: [], nextPageToken: null });
    expect((await server.call('GET', '/v1/projects/shop')).body).toMatchObject({ id: project.id, name: 'shop' });
    const first = (await server.call('GET', '/v1/workspaces?pageSize=2')).body;
    const second = (await server.call('GET', `/v1/workspaces?pageSize=2&pageToken=${String(first.nextPageToken)}`)).body;
    expect([...(first.items as { name: string }[]), ...(second.items as { name: string }[])].map((item) => item.name)).toEqual(['default', 'team-a', 'team-b']);
    expect(second.nextPageToken).toBeNull();
  });

  it('names the permission that is missing', async () => {
    const token = (await login('mina', 'a-long-password')).body.accessToken as string;
    const { status, body } = await server.call('GET', '/v1/users', { token });
    expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
    expect(body.detail).toContain('user:manage');
  });

  it.each([
    ['a name that is taken', { name: 'default' }, 409, 'ALREADY_EXISTS'],
    ['a name against the rule', { name: 'Has Space' }, 400, 'INVALID_REQUEST'],
    ['a field that is not known', { name: 'good', colour: 'red' }, 400, 'INVALID_REQUEST'],
  ])('refuses %s', async (_name, body, status, code) => {
    const answer = await server.call('POST', '/v1/workspaces', { body });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});

describe('marks', () => {
  it('finds a route that carries none', () => {
    @Controller()
    class Half {
      @Get('a') @Permission('a:read') marked(): void {}
      @Get('b') forgotten(): void {}
    }
    expect(unmarkedRoutes(Half, new Half())).toEqual(['Half.forgotten']);
  });
});

it('a flood of logins neither fails nor cuts the server off from its database', async () => {
  const flood = Promise.all(Array.from({ length: 400 }, () => login('admin', ADMIN_PASSWORD)));
  const beside = await server.call('GET', '/v1/projects');
  const answers = await flood;
  expect(beside.status).toBe(200);
  expect([...new Set(answers.map(({ status }) => status))].sort()).toEqual([200, 429]);
  expect(answers.find(({ status }) => status === 429)).toMatchObject({ body: { code: 'RATE_LIMITED', detail: expect.stringContaining('few seconds') } });
  expect((await login('admin', ADMIN_PASSWORD)).status).toBe(200);
});
