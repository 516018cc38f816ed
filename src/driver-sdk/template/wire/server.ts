import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type Cloud, No } from './cloud.js';

/** The imaginary cloud at an address, with troubles that a test may ask for. */
export interface Endpoint {
  url: string;
  /** Requests so far. */
  calls(): number;
  /** The next request of this method and kind (`POST servers`) is done and its answer lost, or refused as one too many. */
  trouble(request: string, what: 'lose' | 'throttle'): void;
  clear(): void;
  close(): Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
};

/** The items after a cursor, at most as many as were asked. */
function page<T extends { id?: unknown }>(items: T[], query: URLSearchParams): { items: T[]; next?: string } {
  const cursor = query.get('after');
  const from = cursor === null ? 0 : items.findIndex(({ id }) => `c-${String(id)}` === cursor) + 1;
  if (cursor !== null && from === 0) throw new No(400, 'BAD_CURSOR', 'this list never gave that cursor');
  const to = from + Number(query.get('limit') ?? 50);
  return { items: items.slice(from, to), ...(to < items.length && { next: `c-${String(items[to - 1]?.id)}` }) };
}

/** Things that have one of the ids and all of the labels that are asked. */
function narrowed<T extends { id?: unknown; labels?: unknown }>(items: T[], query: URLSearchParams): T[] {
  const labels = query.getAll('label').map((label) => label.split(':') as [string, string]);
  return items.filter(({ id, labels: own = {} }) => (!query.has('id') || query.getAll('id').includes(String(id))) && labels.every(([key, value]) => (own as Record<string, string>)[key] === value));
}

/** What the cloud answers to one request; undefined is 204. */
function answer(cloud: Cloud, method: string, [first, region, kind, id, action]: (string | undefined)[], query: URLSearchParams, body: Record<string, unknown>, token: string | undefined): unknown {
  if (first === 'account') return { account: 'my-account' };
  if (first !== 'regions') throw new No(404, 'NOT_THERE', 'there is no such path');
  if (region === undefined) return page(cloud.offer('regions') ?? [], query);
  const offered = cloud.offer(kind ?? '', region);
  if (offered) return page(narrowed(offered, query), query);
  if (kind === undefined) throw new No(404, 'NOT_THERE', 'there is no such path');
  if (id === undefined && method === 'GET') return page(narrowed(cloud.list(kind, region), query), query);
  if (id === undefined) {
    const made = cloud.create(kind, region, body, token);
    return kind === 'servers' ? { items: made } : made[0];
  }
  if (method === 'GET') return cloud.get(kind, region, id);
  if (method === 'DELETE') return cloud.delete(kind, region, id);
  if (method === 'PUT' && kind === 'firewalls') return cloud.setRules(region, id, body.rules);
  return cloud.act(region, id, action ?? '');
}

/** Serves the cloud on a port of this machine. */
export async function serve(cloud: Cloud, port = 0): Promise<Endpoint> {
  let calls = 0;
  const troubles = new Map<string, 'lose' | 'throttle'>();
  const send = (response: ServerResponse, status: number, body?: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...(status === 429 && { 'retry-after': '1' }) }).end(body === undefined ? '' : JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    void (async () => {
      calls += 1;
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://cloud');
      const parts = pathname.split('/').slice(2).map(decodeURIComponent);
      const name = `${request.method} ${parts[2] ?? parts[0]}`;
      const trouble = troubles.get(name);
      troubles.delete(name);
      try {
        const body = await bodyOf(request);
        if (request.headers.authorization !== `Bearer ${cloud.apiToken}`) throw new No(401, 'BAD_TOKEN', 'the API token is wrong');
        if (trouble === 'throttle') throw new No(429, 'TOO_MANY', 'too many requests');
        const result = answer(cloud, request.method ?? 'GET', parts, searchParams, body, request.headers['request-token'] as string | undefined);
        if (trouble === 'lose') return request.socket.destroy();
        send(response, result === undefined ? 204 : 200, result);
      } catch (error) {
        if (error instanceof No) send(response, error.status, { error: { code: error.code, message: error.message } });
        else send(response, 500, { error: { code: 'BROKEN', message: String(error) } });
      }
    })();
  });
  await new Promise<void>((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, calls: () => calls, trouble: (request, what) => void troubles.set(request, what), clear: () => troubles.clear(),
    close: () => new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    }),
  };
}
