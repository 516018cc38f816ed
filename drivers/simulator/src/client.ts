import { createHash, createHmac } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { DRIVER_ERROR_CODES, DriverError } from '@mcmp/driver-sdk';
import type { DriverErrorCode, DriverErrorDetail } from '@mcmp/driver-sdk';

/** Whom a client speaks for, and to which cloud of the box. */
export interface Account { endpoint: string; cloud: string; accessKeyId: string; secretKey: string }

interface Answer { status: number; text: string }

/** Speaks the plain wire: signs, sends, and turns refusals into the SDK's errors. */
export class PlainClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #base: URL;

  /** @throws DriverError INVALID_REQUEST where the endpoint is no http address. */
  constructor(private readonly account: Account) {
    const base = URL.canParse(account.endpoint) ? new URL(account.endpoint) : undefined;
    if (base?.protocol !== 'http:') throw new DriverError('INVALID_REQUEST', 'the endpoint of a simulated cloud is an http:// address', { field: 'endpoint' });
    this.#base = base;
  }

  /** @throws DriverError; UNAVAILABLE where the answer did not come, TIMEOUT where the call was given up. */
  async call<T>(method: string, request: object, signal: AbortSignal): Promise<T> {
    const { status, text } = await this.#send(`/v1/${this.account.cloud}/${method}`, JSON.stringify(request), signal);
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      throw new DriverError('UNKNOWN', 'the box answered no JSON', { httpStatus: status });
    }
    if (status !== 200) throw refusal(status, (body ?? {}) as Record<string, unknown>);
    return body as T;
  }

  async close(): Promise<void> {
    this.#agent.destroy();
  }

  #send(path: string, body: string, signal: AbortSignal): Promise<Answer> {
    const date = new Date().toISOString();
    const lines = ['POST', path, date, createHash('sha256').update(body).digest('hex')];
    const signature = createHmac('sha256', this.account.secretKey).update(lines.join('\n')).digest('hex');
    return new Promise((done, failed) => {
      const fail = (error: unknown): void => failed(signal.aborted ? new DriverError('TIMEOUT', 'the call was given up before the box answered') : lost(error));
      if (signal.aborted) return fail(signal.reason);
      const sent = httpRequest(this.#base, {
        method: 'POST', path, agent: this.#agent, signal,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'x-box-date': date, authorization: `BOX1-HMAC-SHA256 key=${this.account.accessKeyId}, signature=${signature}` },
      }, (response) => read(response).then(done, fail));
      sent.on('error', fail);
      sent.end(body);
    });
  }
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
}

/** No answer: nobody knows whether the request was done. */
function lost(error: unknown): DriverError {
  const { code } = error as { code?: unknown };
  return new DriverError('UNAVAILABLE', `the box did not answer (${typeof code === 'string' ? code : 'connection lost'})`, typeof code === 'string' ? { providerCode: code } : {});
}

function refusal(httpStatus: number, { code, message, providerCode, requestId, field, quotaId, retryAfterMs }: Record<string, unknown>): DriverError {
  const known = DRIVER_ERROR_CODES.includes(code as DriverErrorCode) ? (code as DriverErrorCode) : 'UNKNOWN';
  const detail: DriverErrorDetail = {
    httpStatus, ...texts({ providerCode, providerRequestId: requestId, field, quotaId }), ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
  };
  return new DriverError(known, typeof message === 'string' ? message : `the box refused with status ${httpStatus}`, detail);
}

const texts = <T extends object>(values: T): Partial<Record<keyof T, string>> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === 'string')) as Partial<Record<keyof T, string>>;
