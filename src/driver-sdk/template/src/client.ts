import { DriverError, type DriverErrorCode, type Page, tellCallsLeft } from '@mcmp/driver-sdk';

/** The cloud's codes in the words of the SDK. A code that is not here is told as UNKNOWN, and so reported. */
const CODES: Record<string, DriverErrorCode> = {
  BAD_TOKEN: 'UNAUTHENTICATED', NOT_THERE: 'NOT_FOUND', BAD_VALUE: 'INVALID_REQUEST', BAD_CURSOR: 'INVALID_REQUEST', NAME_TAKEN: 'ALREADY_EXISTS', IN_USE: 'IN_USE', WRONG_STATE: 'CONFLICT', TOO_MANY: 'RATE_LIMITED', FULL: 'OUT_OF_CAPACITY',
};

/** What a request says beside its path. */
export interface Asked {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  query?: Record<string, string | number | string[] | undefined>;
  body?: object;
  /** The same token always means the same thing. */
  token?: string;
}

/** The one way to the cloud: a request is signed, sent with the signal, and its refusal told in the SDK's codes. Retries are the host's. */
export class Client {
  readonly #base: URL;

  /** @throws DriverError INVALID_REQUEST where the endpoint is no address */
  constructor(endpoint: string, private readonly apiToken: string) {
    if (!URL.canParse(endpoint)) throw new DriverError('INVALID_REQUEST', 'the endpoint must be an http:// or https:// address', { field: 'endpoint' });
    this.#base = new URL(endpoint);
  }

  /** @throws DriverError */
  async send<T>(path: string, signal: AbortSignal, { method = 'GET', query = {}, body, token }: Asked = {}): Promise<T> {
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(query)) for (const each of [value ?? []].flat()) url.searchParams.append(name, String(each));
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method, signal, ...(body && { body: JSON.stringify(body) }),
        headers: { authorization: `Bearer ${this.apiToken}`, ...(body && { 'content-type': 'application/json' }), ...(token !== undefined && { 'request-token': token }) },
      });
      text = await response.text();
      // Where the cloud tells how many calls it still takes, the host keeps to that, too.
      const remaining = response.headers.get('x-ratelimit-remaining');
      if (remaining !== null) tellCallsLeft(signal, { remaining: Number(remaining) });
    } catch (error) {
      // Nobody knows whether the request was done.
      throw signal.aborted ? new DriverError('TIMEOUT', 'the call was given up before the cloud answered') : new DriverError('UNAVAILABLE', `the cloud did not answer (${(error as Error).message})`);
    }
    if (!response.ok) throw refusal(response, text);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** One page of a list: the cloud's cursor is our page token, handed through. */
  async page<Row, T>(path: string, signal: AbortSignal, query: Asked['query'], show: (row: Row) => T): Promise<Page<T>> {
    const { items, next } = await this.send<{ items: Row[]; next?: string }>(path, signal, { query });
    return { items: items.map(show), ...(next !== undefined && { nextPageToken: next }) };
  }
}

function refusal(response: Response, text: string): DriverError {
  const { code, message } = readError(text);
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return new DriverError(CODES[code] ?? 'UNKNOWN', message ?? `the cloud refused with status ${response.status}`, {
    providerCode: code, httpStatus: response.status, ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }),
  });
}

function readError(text: string): { code: string; message?: string } {
  try {
    return { code: 'NO_CODE', ...(JSON.parse(text) as { error?: { code: string; message: string } }).error };
  } catch {
    return { code: 'NO_JSON' };
  }
}
