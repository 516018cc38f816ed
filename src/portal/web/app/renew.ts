import type { SessionShowResponse } from '../generated/types.gen';
import { fetchEarly } from './early';

const PATH = '/v1/auth/';
const CSRF_HEADER = 'x-csrf-token';
const READS = ['GET', 'HEAD'];

let csrfToken: string | null = null;
let person: string | undefined;
let waiting: ((renewed: boolean) => void)[] = [];
let ended: () => void = () => undefined;
let changed: (session: SessionShowResponse, samePerson: boolean) => void = () => undefined;

/** Sets the session that requests go with; those that wait for one go on, or give up where there is none. */
export function holdSession(session: SessionShowResponse): void {
  csrfToken = session.csrfToken;
  person = session.user?.userId;
  const released = waiting;
  waiting = [];
  for (const go of released) go(csrfToken !== null);
}

/** Who is told that the session is over, and that this browser has another one by now (log-in in another tab). */
export function watchSession(watcher: { ended(): void; changed(session: SessionShowResponse, samePerson: boolean): void }): void {
  ({ ended, changed } = watcher);
}

/** Asks whether the session still is; for what cannot tell by itself, such as a stream of events that was refused. */
export async function lookAfterSession(): Promise<void> {
  const now = await sessionNow();
  if (now?.user === null && csrfToken !== null) ended();
}

const sessionNow = async (): Promise<SessionShowResponse | undefined> => {
  const answer = await fetch(`${PATH}session`, { credentials: 'same-origin' }).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as SessionShowResponse) : undefined;
};

/** Sends requests with the session's CSRF token. What was refused because the session is over waits until the person logged in again, then goes once more: nothing of it was done. */
const renewing = (send: (request: Request) => Promise<Response>): typeof fetch => async (input, init) => {
  const request = new Request(input, init);
  const spare = new URL(request.url).pathname.startsWith(PATH) ? undefined : request.clone();
  const answer = await send(withToken(request));
  if (!spare || csrfToken === null) return answer;
  if (answer.status === 401 && (await renewed())) return send(withToken(spare));
  if (answer.status === 403 && !READS.includes(request.method) && (await anotherSession())) return send(withToken(spare));
  return answer;
};

export const fetchRenewed = renewing(fetchEarly);

/** The same for a large body: `onSent` hears how many of its bytes are under way, which `fetch` does not tell. */
export const fetchTelling = (onSent: (bytes: number) => void): typeof fetch => renewing(async (request) => {
  onSent(0);
  const body = await request.blob();
  request.signal.throwIfAborted();
  return new Promise((done, failed) => {
    const way = new XMLHttpRequest();
    way.open(request.method, request.url);
    request.headers.forEach((value, name) => way.setRequestHeader(name, value));
    way.responseType = 'blob';
    way.upload.onprogress = ({ loaded }) => onSent(loaded);
    way.onload = () => done(new Response(way.response as Blob, { status: way.status, statusText: way.statusText, headers: { 'content-type': way.getResponseHeader('content-type') ?? '' } }));
    way.onerror = () => failed(new TypeError('Failed to fetch'));
    way.onabort = () => failed(new DOMException('Aborted', 'AbortError'));
    request.signal.addEventListener('abort', () => way.abort());
    way.send(body);
  });
});

function withToken(request: Request): Request {
  if (csrfToken !== null && !READS.includes(request.method)) request.headers.set(CSRF_HEADER, csrfToken);
  return request;
}

function renewed(): Promise<boolean> {
  const asked = new Promise<boolean>((go) => waiting.push(go));
  ended();
  return asked;
}

/** Whether the same person has another session by now, with another token. */
async function anotherSession(): Promise<boolean> {
  const before = csrfToken;
  const now = await sessionNow();
  if (!now?.user || now.csrfToken === before) return false;
  const same = now.user.userId === person;
  changed(now, same);
  return same;
}
