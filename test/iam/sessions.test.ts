import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_PASSWORD, type Answer, type TestServer, startServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => { server = await startServer(); });
afterAll(() => server?.stop());

const begin = (password = ADMIN_PASSWORD, headers: Record<string, string> = {}): Promise<Answer> => server.call('POST', '/v1/auth/session', { token: null, body: { username: 'admin', password }, headers });
const cookieOf = (answer: Answer): string => (answer.headers.get('set-cookie') ?? '').split(';')[0] as string;
const project = { name: 'made-by-a-page' };

describe('a session of a browser', () => {
  it('is a cookie that no script reads and no other site has sent', async () => {
    const answer = await begin();
    expect(answer.body).toMatchObject({ user: { username: 'admin', role: 'admin', permissions: ['*:*'] }, csrfToken: expect.stringMatching(/^.{40,}$/) });
    expect(answer.headers.get('set-cookie')).toMatch(/^mcmp_session=[^;]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await begin(ADMIN_PASSWORD, { 'x-forwarded-proto': 'https' })).headers.get('set-cookie')).toMatch(/; Secure/);
    expect(JSON.stringify(answer.body)).not.toContain(cookieOf(answer).split('=')[1] as string);
  });

  it('reads by the cookie alone, and changes only with its CSRF token', async () => {
    const answer = await begin();
    const cookie = cookieOf(answer);
    expect((await server.call('GET', '/v1/me', { token: null, headers: { cookie } })).body).toMatchObject({ username: 'admin' });
    const create = (headers: Record<string, string>): Promise<Answer> => server.call('POST', '/v1/workspaces', { token: null, body: project, headers: { cookie, ...headers } });
    for (const headers of [{}, { 'x-csrf-token': 'another' }, { 'x-csrf-token': (await begin()).body.csrfToken as string }] as Record<string, string>[]) {
      expect(await create(headers)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN', detail: expect.stringContaining('x-csrf-token') } });
    }
    expect((await create({ 'x-csrf-token': answer.body.csrfToken as string })).status).toBe(201);
  });

  it('is told to the page that comes back, and nobody where there is none', async () => {
    const answer = await begin();
    expect((await server.call('GET', '/v1/auth/session', { token: null, headers: { cookie: cookieOf(answer) } })).body).toEqual(answer.body);
    for (const headers of [{}, { cookie: 'mcmp_session=broken' }, { cookie: `mcmp_session=${server.token}` }] as Record<string, string>[]) {
      expect((await server.call('GET', '/v1/auth/session', { token: null, headers })).body).toEqual({ user: null, csrfToken: null, expiresAt: null });
      expect((await server.call('GET', '/v1/me', { token: null, headers })).status).toBe(401);
    }
  });

  it('ends when it is over, and when the user says so', async () => {
    const [cookie, other] = [cookieOf(await begin()), cookieOf(await begin())];
    const second = await startServer({ MCMP_SERVER_NAME: 'second' }, server);
    // What is open by the session ends with it, here and there.
    const streams = await Promise.all([server, second].map(({ url }) => fetch(`${url}/v1/events`, { headers: { cookie } })));
    const ended = await server.call('DELETE', '/v1/auth/session', { token: null, headers: { cookie } });
    await Promise.all(streams.map((stream) => stream.text()));
    expect([ended.status, ended.headers.get('set-cookie')]).toEqual([204, expect.stringMatching(/^mcmp_session=; Max-Age=0;/)]);
    expect((await server.call('DELETE', '/v1/auth/session', { token: null, headers: { cookie } })).status).toBe(204);
    for (const at of [server, second]) {
      expect(await at.call('GET', '/v1/me', { token: null, headers: { cookie } })).toMatchObject({ status: 401, body: { detail: expect.stringContaining('ended') } });
      expect((await at.call('GET', '/v1/auth/session', { token: null, headers: { cookie } })).body.user).toBeNull();
      expect((await at.call('GET', '/v1/me', { token: null, headers: { cookie: other } })).status).toBe(200);
    }
    await second.stop();
    const short = await startServer({ MCMP_SESSION_TTL_SECONDS: '1' });
    const answer = await short.call('POST', '/v1/auth/session', { token: null, body: { username: 'admin', password: ADMIN_PASSWORD } });
    await new Promise((done) => setTimeout(done, 2100));
    expect((await short.call('GET', '/v1/auth/session', { token: null, headers: { cookie: cookieOf(answer) } })).body.user).toBeNull();
    await short.stop();
  });

  it('is no bearer token, and a bearer token goes before it', async () => {
    const answer = await begin();
    const cookie = cookieOf(answer);
    expect((await server.call('GET', '/v1/me', { token: cookie.split('=')[1] as string })).status).toBe(401);
    expect((await server.call('POST', '/v1/workspaces', { body: { name: 'by-token' }, headers: { cookie } })).status).toBe(201);
  });

  it('is not begun by a wrong password', async () => {
    const answer = await begin('wrong-password-1');
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null]);
  });
});
