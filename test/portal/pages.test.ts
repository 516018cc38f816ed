import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { PAGES } from '../../src/portal/pages.js';
import { type TestServer, startServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => { server = await startServer(); });
afterAll(() => server?.stop());

interface Raw { status: number; headers: Record<string, string>; bytes: Buffer }

/** A request as a browser sends it, whose body is left as it came: `fetch` would unpack it. */
const raw = (path: string, encodings: string, accept = '*/*', method = 'GET'): Promise<Raw> =>
  new Promise((done, failed) => {
    request(server.url + path, { method, headers: { 'accept-encoding': encodings, accept } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part)).on('end', () => done({ status: answer.statusCode as number, headers: answer.headers as Record<string, string>, bytes: Buffer.concat(parts) }));
    }).on('error', failed).end();
  });

it('answers every page of the application with its document, which may load and ask this server alone', async () => {
  const { bytes } = await raw('/', 'identity');
  for (const path of ['/', ...PAGES.flatMap((page) => [`/${page}`, `/${page}/some-name/deeper`])]) {
    const page = await raw(path, 'identity');
    expect([path, page.status, page.headers['content-type'], page.headers['cache-control'], page.bytes.equals(bytes)]).toEqual([path, 200, 'text/html; charset=utf-8', 'no-cache', true]);
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';(?!.*https?:).*frame-ancestors 'none'$/);
  }
  expect(bytes.toString()).not.toMatch(/(src|href)="(https?:)?\/\//);
});

it('sends hashed files compressed as the browser likes, to be kept for ever', async () => {
  const document = (await raw('/', 'identity')).bytes.toString();
  const script = /src="(\/assets\/first-[^"]+\.js)"/.exec(document)?.[1] as string;
  const plain = await raw(script, 'identity');
  const [brotli, gzip, refused] = await Promise.all([raw(script, 'gzip, deflate, br'), raw(script, 'gzip'), raw(script, 'br;q=0, gzip;q=0')]);
  expect(plain.headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding', 'x-content-type-options': 'nosniff' });
  expect([brotli.headers['content-encoding'], gzip.headers['content-encoding'], refused.headers['content-encoding']]).toEqual(['br', 'gzip', undefined]);
  expect(brotliDecompressSync(brotli.bytes).equals(plain.bytes)).toBe(true);
  expect(gunzipSync(gzip.bytes).equals(plain.bytes)).toBe(true);
  expect(brotli.bytes.length).toBeLessThan(plain.bytes.length / 2);
});

it('leaves what is no page to the API: its refusals are problems, and no file beside the application is served', async () => {
  for (const path of ['/nowhere', '/assets/none.js', '/.made-of', '/assets/../.made-of', '/index.html.br']) {
    const answer = await raw(path, 'identity');
    expect([path, answer.status, answer.headers['content-type']]).toEqual([path, 404, expect.stringContaining('application/problem+json')]);
  }
});

it('answers a browser that asks for what is nowhere with the application, and the API’s addresses with a problem all the same', async () => {
  const html = 'text/html,application/xhtml+xml,*/*;q=0.8';
  const { bytes } = await raw('/', 'identity');
  for (const path of ['/none/such', '/nowhere?of=nothing', '/v1x']) {
    const page = await raw(path, 'identity', html);
    expect([path, page.status, page.headers['content-type'], page.headers['cache-control'], page.bytes.equals(bytes)]).toEqual([path, 404, 'text/html; charset=utf-8', 'no-cache', true]);
  }
  for (const [path, method] of [['/v1', 'GET'], ['/v1/none/such', 'GET'], ['/v1?x', 'GET'], ['/none/such', 'POST']] as const) {
    const answer = await raw(path, 'identity', html, method);
    expect([path, answer.status, answer.headers['content-type']]).toEqual([path, 404, expect.stringContaining('application/problem+json')]);
  }
});
