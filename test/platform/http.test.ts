import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestServer, startServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => { server = await startServer({ MCMP_LOG_LEVEL: 'error' }); });
afterAll(() => server?.stop());

const json = { 'content-type': 'application/json' };
const count = async (): Promise<number> => ((await server.call('GET', '/v1/workspaces')).body.items as unknown[]).length;

describe('every error is a problem', () => {
  it.each<[string, string, string, { body?: string; headers?: Record<string, string> }, number, string]>([
    ['a route that is none', 'GET', '/nowhere', {}, 404, 'NOT_FOUND'],
    ['a slash too many', 'GET', '/v1/me/', {}, 404, 'NOT_FOUND'],
    ['a method that the path has not', 'PUT', '/v1/me', {}, 405, 'METHOD_NOT_ALLOWED'],
    ['broken JSON', 'POST', '/v1/workspaces', { body: '{"name":' }, 400, 'INVALID_REQUEST'],
    ['JSON that is poisoned', 'POST', '/v1/workspaces', { body: '{"__proto__":{"name":"x"},"name":"x"}' }, 400, 'INVALID_REQUEST'],
    ['an empty body', 'POST', '/v1/workspaces', { body: '' }, 400, 'INVALID_REQUEST'],
    ['a list for an object', 'POST', '/v1/workspaces', { body: '[]' }, 400, 'INVALID_REQUEST'],
    ['a field that is not known', 'POST', '/v1/workspaces', { body: '{"name":"x","colour":1}' }, 400, 'INVALID_REQUEST'],
    ['text', 'POST', '/v1/workspaces', { body: 'name=x', headers: { 'content-type': 'text/plain' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a form', 'POST', '/v1/workspaces', { body: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a multipart form', 'POST', '/v1/workspaces', { body: '--x--', headers: { 'content-type': 'multipart/form-data; boundary=x' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['50 MB', 'POST', '/v1/workspaces', { body: `{"name":"${'x'.repeat(50_000_000)}"}` }, 413, 'PAYLOAD_TOO_LARGE'],
    ['a NUL', 'POST', '/v1/workspaces', { body: '{"name":"a\\u0000b"}' }, 400, 'INVALID_REQUEST'],
    ['half a character', 'POST', '/v1/workspaces', { body: '{"name":"a\\ud800b"}' }, 400, 'INVALID_REQUEST'],
    ['a hundred thousand levels', 'POST', '/v1/workspaces', { body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` }, 400, 'INVALID_REQUEST'],
    ['a NUL in the path', 'GET', '/v1/projects/a%00b', {}, 400, 'INVALID_REQUEST'],
    ['bytes that are no UTF-8', 'GET', '/v1/projects/%ff%fe', {}, 400, 'INVALID_REQUEST'],
    ['an escape that is none', 'GET', '/v1/projects/%zz', {}, 400, 'INVALID_REQUEST'],
    ['a long name', 'GET', `/v1/projects/${'a'.repeat(5000)}`, {}, 404, 'NOT_FOUND'],
    ['a parameter that is not known', 'GET', '/v1/projects?colour=red', {}, 400, 'INVALID_REQUEST'],
    ['a parameter twice', 'GET', '/v1/projects?pageSize=1&pageSize=2', {}, 400, 'INVALID_REQUEST'],
    ['a number out of bounds', 'GET', '/v1/projects?pageSize=201', {}, 400, 'INVALID_REQUEST'],
    ['a NUL in a parameter', 'GET', '/v1/projects?pageToken=%00', {}, 400, 'INVALID_REQUEST'],
    ['a page token of another list', 'GET', '/v1/projects?pageToken=WyJhIl0', {}, 400, 'INVALID_REQUEST'],
  ])('%s', async (_name, method, path, { body, headers }, status, code) => {
    const before = await count();
    const answer = await server.call(method, path, { ...(body !== undefined && { body }), headers: { ...(body !== undefined && json), ...headers } });
    expect([answer.status, answer.body.code, answer.body.status]).toEqual([status, code, status]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({ type: 'about:blank', title: expect.any(String), detail: expect.any(String), instance: path.split('?')[0], requestId: answer.headers.get('x-request-id') });
    expect(await count()).toBe(before);
  });

  it('names the field and the rule', async () => {
    expect((await server.call('GET', '/v1/projects?pageSize=201&colour=red')).body.errors).toEqual(expect.arrayContaining([{ field: 'pageSize', rule: expect.stringContaining('200') }, { field: 'colour', rule: 'is not known here', help: expect.any(String) }]));
  });

  it.each([
    ['no HTTP', 'HELLO\r\n\r\n', 400],
    ['a length that is none', 'POST /v1/workspaces HTTP/1.1\r\nhost: x\r\ncontent-length: abc\r\n\r\n', 400],
    ['headers of 20 KB', `GET /v1/me HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['an expectation that nobody knows', 'POST /v1/workspaces HTTP/1.1\r\nhost: x\r\nexpect: cake\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}', 401],
  ])('%s', async (_name, text, status) => {
    const { port, hostname } = new URL(server.url);
    const said = await new Promise<string>((done, failed) => {
      let all = '';
      const socket = connect(Number(port), hostname, () => socket.write(text)).on('data', (chunk) => { all += String(chunk); }).once('close', () => done(all)).once('error', failed);
    });
    expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(said.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(said.split('\r\n\r\n')[1] as string)).toMatchObject({ status, requestId: expect.any(String) });
  });
});

describe('the edge', () => {
  it('tells which methods a path has', async () => {
    const options = await server.call('OPTIONS', '/v1/projects/default', { token: null });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
    expect((await server.call('OPTIONS', '/v1/auth/token', { token: null })).headers.get('allow')).toBe('POST, OPTIONS');
    expect((await server.call('DELETE', '/v1/projects')).headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS');
    expect((await server.call('OPTIONS', '/nowhere', { token: null })).status).toBe(404);
  });

  it('answers HEAD like GET without the body, also where GET would stream', async () => {
    for (const path of ['/v1/me', '/v1/projects/default/events']) {
      const head = await server.call('HEAD', path);
      expect([head.status, head.body]).toEqual([200, { text: '' }]);
    }
    expect((await server.call('HEAD', '/v1/me', { token: null })).status).toBe(401);
  });

  it('sends what keeps a browser safe, and the API page loads from here only', async () => {
    const { headers } = await server.call('GET', '/v1/me');
    expect(Object.fromEntries(['x-content-type-options', 'content-security-policy', 'cache-control'].map((name) => [name, headers.get(name)]))).toEqual({ 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; frame-ancestors 'none'", 'cache-control': 'no-store' });
    const page = await server.call('GET', '/api', { token: null });
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self'; /);
    const assets = [...String(page.body.text).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link as string).filter((link) => !link.startsWith('#') && !link.startsWith('data:'));
    expect(assets.length).toBeGreaterThan(2);
    for (const link of assets) {
      const url = new URL(link, `${server.url}/api`);
      expect(url.origin).toBe(server.url);
      expect((await fetch(url)).status).toBe(200);
    }
  });

  it('gives figures, and says when the server can work', async () => {
    expect((await server.call('GET', '/metrics', { token: null })).body.text).toMatch(/^mcmp_work_runs_total\{task="platform.retention",outcome="again"\} \d+$/m);
    expect((await server.call('GET', '/health/live', { token: null })).body).toEqual({ status: 'ok' });
    expect((await server.call('GET', '/health/ready', { token: null })).body).toEqual({ status: 'ok', checks: { database: 'ok' } });
  });

  it('never logs a password or a token', async () => {
    const noisy = await startServer({ MCMP_LOG_LEVEL: 'trace' });
    await noisy.call('POST', '/v1/auth/token', { token: null, body: { username: 'admin', password: 'a-secret-password' } });
    await noisy.call('GET', '/v1/me');
    await noisy.call('POST', '/v1/users', { body: { username: 'noisy', password: 'another-secret-password', role: 'viewer' } });
    await noisy.stop();
    expect(noisy.log().length).toBeGreaterThan(1000);
    for (const secret of ['a-secret-password', 'another-secret-password', noisy.token, new URL(noisy.databaseUrl).password]) expect(noisy.log()).not.toContain(secret);
  });
});
