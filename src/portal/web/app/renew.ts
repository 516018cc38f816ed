import type { SessionShowResponse } from '../generated/types.gen';
import { fetchEarly } from './early';

const PATH = '/v1/auth/';
const CSRF_HEADER = 'x-csrf-token';
const READS = ['GET', 'HEAD'];
/** Larger bodies are not kept to be sent a second time. */
const BYTES = 'application/octet-stream';

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

/** `fetch` with the session's CSRF token. What was refused because the session is over waits until the person logged in again, then goes once more: nothing of it was done. */
export const fetchRenewed: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const session = new URL(request.url).pathname.startsWith(PATH);
  const spare = session || request.headers.get('content-type') === BYTES ? undefined : request.clone();
  const answer = await fetchEarly(withToken(request));
  if (!spare || csrfToken === null) return answer;
  if (answer.status === 401 && (await renewed())) return fetchEarly(withToken(spare));
  if (answer.status === 403 && !READS.includes(request.method) && (await anotherSession())) return fetchEarly(withToken(spare));
  return answer;
};

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
