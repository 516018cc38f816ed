import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { EXIT, Failure, type ProblemBody, Refusal } from './failure.js';

/** A request, beside its method and path. */
export interface RequestOptions {
  /** Sent as JSON, or as it is where it is bytes. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** An answer that is no refusal. */
export interface Answer { status: number; headers: IncomingMessage['headers']; text: string }

/** Who calls which server. */
export interface Access {
  url: string;
  /** Absent for a call that needs none, or before a login. */
  token?: string;
  /** What to run after a 401, as a command line. */
  loginCommand: string;
  /** Told each request, its status and how long it took. */
  trace?: (line: string) => void;
  /** Ends every request. */
  signal?: AbortSignal;
}

/** A request without an answer for this long is given up; a driver may try for a minute. */
const SILENCE_MS = 150_000;
const TRIES = 5;
/** Waiting longer than this for `Retry-After` is left to the person. */
const LONGEST_WAIT_S = 10;

/** The server could not be reached, or was lost in the middle. */
export class Unreachable extends Failure {
  constructor(url: string, readonly why: string) {
    super(EXIT.unavailable, `${url} does not answer: ${why}`, ['Is the server running, and is this its address? --url, MCMP_URL or `mcmp login URL` sets another one.']);
  }
}

const WHY: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there', ENOTFOUND: 'no such host is known', EAI_AGAIN: 'the name of the host cannot be looked up now', ECONNRESET: 'it closed the connection', ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'no way to the host', DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed (NODE_EXTRA_CA_CERTS names a file with the CA)', UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of an unknown CA (NODE_EXTRA_CA_CERTS names a file with the CA)',
};

/** Speaks the open API. */
export class Api {
  constructor(private readonly access: Access) {}

  get url(): string {
    return this.access.url;
  }

  /** The JSON of a GET. */
  async get<T = Record<string, unknown>>(path: string, query: Record<string, string | number | boolean | undefined> = {}): Promise<T> {
    return (await this.json('GET', path + queryOf(query))) as T;
  }

  /** The JSON of any answer; undefined where it has no body. @throws Refusal, Unreachable */
  async json(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    const { text } = await this.send(method, path, options);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  /** All items of a list, page by page, up to a number. Members beside `items` come from the first page. */
  async pages(path: string, query: Record<string, string | number | boolean | undefined>, limit = Infinity): Promise<{ items: Record<string, unknown>[]; more: boolean; others: Record<string, unknown> }> {
    const items: Record<string, unknown>[] = [];
    let others: Record<string, unknown> = {};
    for (let pageToken: string | undefined; ; ) {
      const page = await this.get<{ items: Record<string, unknown>[]; nextPageToken?: string | null }>(path, { ...query, pageToken, ...(query.pageSize !== undefined && { pageSize: Math.min(200, Math.max(1, limit - items.length)) }) });
      const { items: some, nextPageToken, ...rest } = page;
      if (items.length === 0) others = rest;
      items.push(...some);
      if (items.length >= limit) return { items: items.slice(0, limit), more: items.length > limit || Boolean(nextPageToken), others };
      if (!nextPageToken) return { items, more: false, others };
      pageToken = nextPageToken;
    }
  }

  /** Sends a request; one that may be repeated is, where the connection was lost or the server is busy for a moment. @throws Refusal, Unreachable */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const repeatable = method === 'GET' || Object.keys(options.headers ?? {}).some((name) => name.toLowerCase() === 'idempotency-key');
    for (let attempt = 1; ; attempt++) {
      const last = attempt === TRIES;
      try {
        const response = await this.open(method, path, options);
        const answer = { status: response.statusCode ?? 0, headers: response.headers, text: await this.read(response) };
        if (answer.status < 400) return answer;
        const wait = Number(answer.headers['retry-after']);
        if (last || ![429, 503].includes(answer.status) || !(wait <= LONGEST_WAIT_S) || !(repeatable || answer.status === 429)) throw this.refusal(answer);
        await delay(wait * 1000, undefined, this.access.signal && { signal: this.access.signal });
      } catch (error) {
        if (!(error instanceof Unreachable) || !repeatable || last || error.why !== WHY.ECONNRESET) throw error;
        await delay(200 * attempt);
      }
    }
  }

  /** Begins a request and gives the answer as it comes in, whatever its status. @throws Unreachable */
  async open(method: string, path: string, { body, headers = {}, signal }: RequestOptions = {}): Promise<IncomingMessage> {
    const { url, token, trace } = this.access;
    const target = new URL(url + path);
    // Loaded here, since each costs a tenth of the start of a call that sends nothing.
    const { request: requestTo } = target.protocol === 'https:' ? await import('node:https') : await import('node:http');
    const bytes = body === undefined ? undefined : body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
    const signals = [signal, this.access.signal].filter((item) => item !== undefined);
    const began = performance.now();
    const tell = (word: string | number): void => trace?.(`${method} ${path.split('?')[0]}${path.includes('?') ? `?${path.split('?')[1]}` : ''} → ${word}, ${Math.round(performance.now() - began)} ms`);
    return new Promise((done, failed) => {
      const request = requestTo(target, {
        method, ...(signals.length > 0 && { signal: AbortSignal.any(signals) }), timeout: SILENCE_MS,
        headers: {
          accept: 'application/json, application/problem+json, */*', 'user-agent': 'mcmp', ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(bytes && { 'content-type': body instanceof Uint8Array ? 'application/octet-stream' : 'application/json', 'content-length': bytes.length }), ...headers,
        },
      }, (response) => {
        tell(response.statusCode ?? 0);
        done(response);
      });
      request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
      request.on('error', (error) => {
        tell((error as NodeJS.ErrnoException).code ?? error.name);
        failed(this.lost(error));
      });
      request.end(bytes);
    });
  }

  /** The body of an answer as text. @throws Unreachable where it is cut off */
  async read(response: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of response) chunks.push(chunk as Buffer);
    } catch (error) {
      throw this.lost(error);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  /** What a refusal says, with what would help. */
  refusal({ status, text }: Pick<Answer, 'status' | 'text'>): Failure {
    let problem: Partial<ProblemBody> | undefined;
    try {
      problem = JSON.parse(text) as Partial<ProblemBody>;
    } catch {
      problem = undefined;
    }
    if (typeof problem?.code !== 'string' || typeof problem.detail !== 'string') {
      return new Failure(EXIT.unavailable, `${this.access.url} answered ${status} without saying why in the way of M-CMP.`, ['Is this the address of an M-CMP server? A proxy in between may have answered.']);
    }
    const help = status === 401 ? [`Log in: ${this.access.loginCommand}`] : [];
    return new Refusal({ ...problem, status } as ProblemBody, help);
  }

  /** What to tell of an answer that did not come, or was cut off. */
  lost(error: unknown): Failure | Error {
    if (error instanceof Failure) return error;
    const { code, name, message } = error as NodeJS.ErrnoException;
    if (name === 'AbortError' || this.access.signal?.aborted) return (this.access.signal?.reason as Error | undefined) ?? (error as Error);
    return new Unreachable(this.access.url, WHY[code ?? ''] ?? message);
  }
}

/** `?a=1&b=2` of what is given; nothing where nothing is. */
export function queryOf(query: Record<string, string | number | boolean | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string | number | boolean] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)]))).toString()}`;
}
