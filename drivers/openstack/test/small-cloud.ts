import { createServer as plain } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as encrypted } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A cloud of the test's own: Keystone's sign-in with a catalog, and empty lists of networks. */
export interface SmallCloud {
  authUrl: string;
  /** Requests so far, as `METHOD path`. */
  asked: string[];
  close(): Promise<void>;
}

/**
 * Starts one on 127.0.0.1.
 * @param services types of services by region; each region has addresses of its own
 * @param more headers of every answer but the sign-in's
 * @param tls certificate and key (PEM); without them it speaks plain HTTP
 */
export async function startSmallCloud(services: Record<string, string[]>, tls?: { certificate: string; key: string }, more: () => Record<string, string> = () => ({})): Promise<SmallCloud> {
  const asked: string[] = [];
  const answer: RequestListener = (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    asked.push(`${request.method} ${path}`);
    request.resume();
    const [status, body] = path === '/v3/auth/tokens' ? [201, signIn()] : path.endsWith('/networks') ? [200, { networks: [] }] : [404, { itemNotFound: { message: 'there is nothing' } }];
    response.writeHead(status as number, { 'content-type': 'application/json', 'x-subject-token': 'a-token-of-the-test', connection: 'close', ...(path === '/v3/auth/tokens' ? {} : more()) }).end(JSON.stringify(body));
  };
  const server = tls ? encrypted({ cert: tls.certificate, key: tls.key }, answer) : plain(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const base = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const types = [...new Set(Object.values(services).flat())];
  const endpoints = (type: string): object[] => Object.entries(services).filter(([, held]) => held.includes(type)).map(([region, held]) => ({ region_id: region, interface: 'public', url: `${base}/${region}/${held.indexOf(type)}` }));
  const signIn = (): object => ({
    token: { expires_at: new Date(Date.now() + 3_600_000).toISOString(), user: { id: 'u', name: 'maker' }, project: { id: 'p', name: 'workshop' }, catalog: types.map((type) => ({ type, endpoints: endpoints(type) })) },
  });
  return { authUrl: `${base}/v3`, asked, close: () => new Promise((done) => { server.close(() => done()); server.closeAllConnections(); }) };
}

/** What signs in there. */
export const SMALL_CREDENTIAL = { username: 'maker', password: 'for the test only', project: 'workshop' };
