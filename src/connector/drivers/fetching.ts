const MAX_REDIRECTS = 5;
const DEADLINE_MS = 30_000;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Why a repository did not give what was asked for, as a sentence. `lied`: it answered, and what it said is wrong. */
export class RepositoryError extends Error {
  override readonly name = 'RepositoryError';
  constructor(message: string, readonly lied = false) {
    super(message);
  }
}

/** How a repository is asked. */
export interface Asking {
  /** Sent as a bearer token, to the repository's own origin alone. */
  token?: string;
  /** Plain http is taken beyond this machine too. */
  insecure: boolean;
  /** Most bytes of the answer. */
  most: number;
  /** Of the answer that is kept; then `undefined` bytes mean that it still holds. */
  etag?: string;
  accept?: string;
}

/** An answer; `bytes` is undefined where the kept one still holds. */
export interface Fetched { bytes: Buffer | undefined; etag: string | undefined; url: URL }

/** Why a URL of a repository is not asked, or undefined. */
export function urlFault(url: URL, insecure: boolean): string | undefined {
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return `${url.protocol}// is neither https nor http`;
  return insecure || LOOPBACK.test(url.hostname) ? undefined : 'plain http is taken on this machine alone, unless the repository is marked "insecure"';
}

/** What stands before a path in messages; no user name, password or query. */
const shown = (url: URL): string => `${url.origin}${url.pathname}`;

/**
 * Reads a URL within 30 s and a limit of bytes; follows at most five redirects, none from https to http.
 * @throws RepositoryError
 */
export async function fetchBytes(from: URL, asking: Asking): Promise<Fetched> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const seen = new Set<string>();
  for (let url = from; ; ) {
    const fault = urlFault(url, asking.insecure);
    if (fault !== undefined) throw new RepositoryError(`${shown(url)} is not asked: ${fault}`);
    if (seen.has(url.href)) throw new RepositoryError(`${shown(from)} redirects in a circle: ${[...seen, url.href].map((href) => shown(new URL(href))).join(' → ')}`);
    if (seen.size > MAX_REDIRECTS) throw new RepositoryError(`${shown(from)} redirects more than ${MAX_REDIRECTS} times`);
    seen.add(url.href);
    try {
      const response = await fetch(url, { redirect: 'manual', signal, headers: headersFor(url, from, asking) });
      const location = response.status >= 300 && response.status < 400 && response.status !== 304 ? response.headers.get('location') : null;
      if (location === null) return await read(response, url, asking);
      await response.body?.cancel();
      if (!URL.canParse(location, url.href)) throw new RepositoryError(`${shown(url)} redirects to what is no URL`);
      const next = new URL(location, url);
      if (url.protocol === 'https:' && next.protocol !== 'https:') throw new RepositoryError(`${shown(url)} redirects from https to ${next.protocol}//, which would be readable by others`);
      url = next;
    } catch (error) {
      if (error instanceof RepositoryError) throw error;
      const { cause, name, message } = error as Error & { cause?: { code?: string; message?: string } };
      throw new RepositoryError(name === 'TimeoutError' ? `${shown(url)} did not answer within ${DEADLINE_MS / 1000} s` : `${shown(url)} cannot be reached: ${cause?.code ?? cause?.message ?? message}`);
    }
  }
}

const headersFor = (url: URL, from: URL, { token, etag, accept = '*/*' }: Asking): Record<string, string> => ({
  accept, 'user-agent': 'mcmp', ...(token !== undefined && url.origin === from.origin && { authorization: `Bearer ${token}` }), ...(etag !== undefined && { 'if-none-match': etag }),
});

async function read(response: Response, url: URL, { most, etag }: Asking): Promise<Fetched> {
  if (response.status === 304 && etag !== undefined) return { bytes: undefined, etag, url };
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new RepositoryError(`${shown(url)} answered with status ${response.status}${[401, 403].includes(response.status) ? ': check the token of the repository' : ''}`);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    if ((size += part.length) > most) throw new RepositoryError(`${shown(url)} gives more than ${Math.floor(most / 1024)} KiB, the most that is read there`);
    parts.push(part);
  }
  return { bytes: Buffer.concat(parts), etag: response.headers.get('etag') ?? undefined, url };
}
