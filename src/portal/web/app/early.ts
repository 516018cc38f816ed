/** Whose session it is, asked before the rest of the application is read; the first that asks for it gets this answer. */
const PATH = '/v1/auth/session';
let early: Promise<Response> | undefined = fetch(PATH, { credentials: 'same-origin' });
early.catch(() => undefined);

/** `fetch`, which hands out what was asked early. */
export const fetchEarly: typeof fetch = (input, init) => {
  const request = new Request(input, init);
  if (request.method !== 'GET' || request.url !== location.origin + PATH) return fetch(request);
  const answer = early ?? fetch(request);
  early = undefined;
  return answer;
};
