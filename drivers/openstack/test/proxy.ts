import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a driver and the services of an OpenStack, tells what was asked, and loses the answer that it is told to lose. */
export interface Proxy {
  /** Sign-in address of the same cloud through this proxy. */
  authUrl: string;
  /** Requests so far, as `METHOD path`. */
  asked: string[];
  /** Token of the last sign-in. */
  token(): string;
  /** The n-th request from now on that changes something, from 1, is done and its answer lost, once; 0 loses none. One that never arrives leaves what the one before it did. */
  lose(nth: number): void;
  /** Whether that request came. */
  lost(): boolean;
  close(): Promise<void>;
}

/** Paths begin with the port of the service, and the catalog in a sign-in's answer is told so. */
export async function startProxy(authUrl: string): Promise<Proxy> {
  const asked: string[] = [];
  let token = '';
  let left = 0;
  let lost = false;
  const { hostname, port: authPort } = new URL(authUrl);
  const server = createServer((request, response) => {
    void (async () => {
      const [, port = '', rest = ''] = /^\/(\d+)(\/.*)$/.exec(request.url ?? '') ?? [];
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const signIn = rest.endsWith('/auth/tokens');
      const hit = request.method !== 'GET' && !signIn && left > 0 && (left -= 1) === 0;
      lost ||= hit;
      asked.push(`${request.method} ${rest}`);
      const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length', 'accept-encoding'].includes(name))) as Record<string, string>;
      const body = Buffer.concat(chunks);
      const answer = await fetch(`http://${hostname}:${port}${rest}`, { method: request.method ?? 'GET', headers, ...(body.length > 0 && { body }) });
      const text = await answer.text();
      if (hit) return request.socket.destroy();
      token = answer.headers.get('x-subject-token') ?? token;
      response.writeHead(answer.status, Object.fromEntries([...answer.headers].filter(([name]) => !['content-length', 'connection', 'transfer-encoding', 'content-encoding'].includes(name))));
      response.end(signIn ? text.replace(/"url": ?"http:\/\/[^:"]+:(\d+)/g, `"url": "http://127.0.0.1:${own()}/$1`) : text);
    })().catch(() => request.socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const own = (): number => (server.address() as AddressInfo).port;
  return {
    authUrl: `http://127.0.0.1:${own()}/${authPort}/v3`,
    asked,
    token: () => token,
    lose: (nth) => { [left, lost] = [nth, false]; },
    lost: () => lost,
    close: () => new Promise((done) => { server.close(() => done()); server.closeAllConnections(); }),
  };
}
