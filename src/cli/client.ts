/** A refusal of the API: an `application/problem+json` body (RFC 9457). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  constructor(readonly status: number, readonly code: string, detail: string, readonly body: Record<string, unknown>) {
    super(detail);
  }
}

/** Any JSON answer; callers name the fields that they use. */
export type Json = Record<string, unknown>;

/** Speaks the open API with one access token, which it renews by itself. */
export class ApiClient {
  private token = '';
  private expiresAt = 0;
  constructor(readonly url: string, private readonly username: string, private readonly password: string) {}

  get<T = Json>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  post<T = Json>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    return this.call<T>('POST', path, body, headers);
  }

  /** Sends the bytes of a file. */
  async upload<T = Json>(path: string, bytes: Uint8Array<ArrayBuffer>, type = 'application/octet-stream'): Promise<T> {
    return this.call<T>('POST', path, bytes, { 'content-type': type });
  }

  /** @throws ApiProblem for every answer that is no success. */
  async call<T = Json>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    if (Date.now() > this.expiresAt) await this.login();
    return (await this.send(method, path, body, { ...headers, authorization: `Bearer ${this.token}` })) as T;
  }

  private async login(): Promise<void> {
    const answer = (await this.send('POST', '/v1/auth/token', { username: this.username, password: this.password }, {})) as { accessToken: string; expiresIn: number };
    this.token = answer.accessToken;
    this.expiresAt = Date.now() + (answer.expiresIn - 30) * 1000;
  }

  private async send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<unknown> {
    const bytes = body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : undefined;
    const response = await fetch(this.url + path, { method, headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }, ...(body !== undefined && { body: bytes ?? JSON.stringify(body) }) });
    const text = await response.text();
    const parsed = text === '' ? {} : (JSON.parse(text) as Json);
    if (!response.ok) throw new ApiProblem(response.status, String(parsed.code), String(parsed.detail), parsed);
    return parsed;
  }
}

/** An operation as far as a watcher needs it. */
export interface WatchedOperation extends Json {
  id: string;
  state: string;
  progress: { done: number; failed: number; total: number };
  message: string | null;
  errors: { code: string; count: number; message: string; help?: string; targets: string[] }[];
}

/** Waits until an operation has ended, and tells each change. */
export async function watchOperation(client: ApiClient, id: string, tell: (operation: WatchedOperation) => void, everyMs = 250): Promise<WatchedOperation> {
  for (let last = ''; ; await new Promise((done) => setTimeout(done, everyMs))) {
    const operation = await client.get<WatchedOperation>(`/v1/operations/${id}`);
    const now = JSON.stringify([operation.state, operation.progress]);
    if (now !== last) tell(operation);
    last = now;
    if (['succeeded', 'failed', 'cancelled'].includes(operation.state)) return operation;
  }
}

/** Reads a list to its end. */
export async function readAll<T = Json>(client: ApiClient, path: string): Promise<T[]> {
  const items: T[] = [];
  for (let token: string | null = ''; token !== null; ) {
    const page: { items: T[]; nextPageToken: string | null } = await client.get(`${path}${path.includes('?') ? '&' : '?'}pageSize=200${token ? `&pageToken=${encodeURIComponent(token)}` : ''}`);
    items.push(...page.items);
    token = page.nextPageToken;
  }
  return items;
}
