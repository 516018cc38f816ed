import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** First parts of the addresses that the application knows; `web/app/routes.tsx` has a page for each. */
export const PAGES = ['login', 'mcis', 'operations', 'connections', 'drivers', 'catalogue', 'platform'];
/** The pages may load and ask this server and nothing else; scripts only from files. Mantine and xterm write style elements, so styles may stand in the document. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json; charset=utf-8', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.ico': 'image/x-icon', '.png': 'image/png',
};
const ENCODINGS = [['br', '.br'], ['gzip', '.gz']] as const;

interface Asset { type: string; bytes: Buffer; packed: Partial<Record<'br' | 'gzip', Buffer>> }

/** Every file of the built application by its path, with its compressed forms. */
function assetsOf(folder: string): Map<string, Asset> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !/^\.|\.(br|gz)$/.test(entry.name));
  return new Map(files.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const packed = Object.fromEntries(ENCODINGS.flatMap(([encoding, ending]) => (existsSync(path + ending) ? [[encoding, readFileSync(path + ending)]] : [])));
    return [path.slice(folder.length).replaceAll('\\', '/'), { type: TYPES[extname(path)] ?? 'application/octet-stream', bytes: readFileSync(path), packed }];
  }));
}

/** Whether a request takes this encoding. */
const takes = (request: FastifyRequest, encoding: string): boolean =>
  String(request.headers['accept-encoding'] ?? '').split(',').some((part) => {
    const [name, ...parameters] = part.trim().split(/\s*;\s*/);
    return name === encoding && !parameters.includes('q=0');
  });

/** Whether a browser navigates to an address that is not the API's. */
const wantsPage = ({ method, url, headers }: FastifyRequest): boolean => ['GET', 'HEAD'].includes(method) && String(headers.accept).includes('text/html') && !/^\/v1(\/|\?|$)/.test(url);

function send(request: FastifyRequest, reply: FastifyReply, asset: Asset, cache: string, vary = 'accept-encoding'): FastifyReply {
  const encoding = ENCODINGS.map(([name]) => name).find((name) => asset.packed[name] && takes(request, name));
  void reply.headers({ 'content-type': asset.type, 'cache-control': cache, vary, 'content-security-policy': POLICY, ...(encoding && { 'content-encoding': encoding }) });
  return reply.send(encoding ? asset.packed[encoding] : asset.bytes);
}

/**
 * Serves the built portal at `/`: its pages by their addresses, its hashed assets for ever. Where it is not built, `/` says so and the API works all the same.
 * @param folder of the built application; absent takes `dist/portal`.
 */
export function servePortal(fastify: FastifyInstance, folder = fileURLToPath(new URL('../../portal/', import.meta.url))): void {
  if (!existsSync(join(folder, 'index.html'))) {
    fastify.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send('M-CMP runs without its portal: it is not built. The API page is at /api.\n'));
    return;
  }
  const assets = assetsOf(folder.replace(/\/$/, ''));
  const page = assets.get('/index.html') as Asset;
  const document = (request: FastifyRequest, reply: FastifyReply): FastifyReply => send(request, reply, page, 'no-cache');
  fastify.get('/', document);
  for (const name of PAGES) {
    fastify.get(`/${name}`, document);
    fastify.get(`/${name}/*`, document);
  }
  // Where a person's browser asks for what is nowhere, the application says so within its frame; programs, and whoever asks the API, get a problem.
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.is404 && wantsPage(request)) void send(request, reply.status(404), page, 'no-cache', 'accept, accept-encoding');
    else done();
  });
  for (const [path, asset] of assets) if (path !== '/index.html') fastify.get(path, (request, reply) => send(request, reply, asset, path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'));
}
