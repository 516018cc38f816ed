import { type DriverError, type DriverErrorCode, isDriverError } from '@mcmp/driver-sdk';
import { Problem, type ProblemCode } from '../kernel/problem.js';
import type { CloudErrorNote } from './connector.entities.js';
import { invalidRequest } from '../platform/index.js';
import { DRIVER_ABSENT, FENCED, RequestRefused } from './host/index.js';

/**
 * What a caller of the open API reads when a cloud refused. A cloud's UNAUTHENTICATED and FORBIDDEN are never our 401 and 403, which speak of the
 * caller's own token; nor is its failure ever our 5xx, which speaks of this server. The cloud's own code stands under `cloud`.
 */
const PROBLEM_OF: Record<DriverErrorCode, [code: ProblemCode, help: string]> = {
  UNAUTHENTICATED: ['UNPROCESSABLE', 'The cloud does not accept the credential of this connection: give it a new one, or set this server’s clock where it speaks of the time.'],
  FORBIDDEN: ['UNPROCESSABLE', 'The credential of this connection may not do this: grant it the permission in the cloud.'],
  INVALID_REQUEST: ['UNPROCESSABLE', 'The cloud does not take this request.'],
  NOT_FOUND: ['UNPROCESSABLE', 'The cloud does not know the thing that was asked for.'],
  ALREADY_EXISTS: ['ALREADY_EXISTS', 'The cloud has a thing of this name already.'],
  QUOTA_EXCEEDED: ['QUOTA_EXCEEDED', 'A limit of the cloud account is reached: ask the cloud for more, or use another region.'],
  PAYMENT_REQUIRED: ['PAYMENT_REQUIRED', 'The cloud account is in arrears or not active.'],
  UNSUPPORTED: ['UNSUPPORTED', 'This cloud or region cannot do this.'],
  OUT_OF_CAPACITY: ['OUT_OF_CAPACITY', 'The cloud has none left here: use another zone, region or spec.'],
  CONFLICT: ['CONFLICT', 'The thing is changing in the cloud: repeat the request.'],
  IN_USE: ['IN_USE', 'Something in the cloud still depends on it.'],
  RATE_LIMITED: ['RATE_LIMITED', 'The cloud takes no more calls just now: repeat the request later.'],
  TIMEOUT: ['CLOUD_ERROR', 'The cloud did not answer in time: repeat the request.'],
  UNAVAILABLE: ['CLOUD_ERROR', 'The cloud, its driver or the way to it failed: repeat the request.'],
  UNKNOWN: ['CLOUD_ERROR', 'The cloud gave an answer that its driver does not know.'],
};

const RETRY_AFTER_SECONDS: Partial<Record<DriverErrorCode, number>> = { RATE_LIMITED: 5, UNAVAILABLE: 5 };

/** What the cloud said, as rows and answers keep it. */
export function cloudErrorNote(error: DriverError): CloudErrorNote {
  const { providerCode, providerRequestId, httpStatus } = error.detail ?? {};
  return {
    code: error.code, message: error.message.slice(0, 1000), at: new Date().toISOString(),
    ...(providerCode !== undefined && { providerCode }), ...(providerRequestId !== undefined && { providerRequestId }), ...(httpStatus !== undefined && { httpStatus }),
  };
}


/**
 * A Problem that says what the cloud said, with its own code, request id and status under `cloud`. What the host refused is our 400, since the cloud was not asked.
 * `within` is where the caller's own request holds that of the driver, e.g. `request`.
 */
export function cloudProblem(error: DriverError, within: string[] = []): Problem {
  if (error instanceof RequestRefused) return invalidRequest(error.rules.map((rule) => ({ ...rule, path: [...within, ...rule.path] })));
  if (error.detail?.providerCode === DRIVER_ABSENT) return new Problem('CONFLICT', `${error.message} GET /v1/drivers tells how the drivers are.`, { cause: error });
  const [code, help] = PROBLEM_OF[error.code];
  const cloud: Partial<CloudErrorNote> = cloudErrorNote(error);
  delete cloud.at;
  const retryAfterMs = error.detail?.retryAfterMs;
  const retryAfterSeconds = retryAfterMs !== undefined ? retryAfterMs / 1000 : RETRY_AFTER_SECONDS[error.code];
  // Nobody asked the cloud there either.
  return new Problem(code, cloud.providerCode === FENCED ? (cloud.message ?? help) : `${help} It said: ${cloud.message}`, {
    extra: { cloud }, cause: error,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(error.detail?.field !== undefined && { errors: [{ field: [...within, error.detail.field].join('.'), rule: cloud.message ?? '' }] }),
  });
}

/** Runs work that asks a cloud; its refusal becomes a {@link cloudProblem}. */
export async function askCloud<T>(work: () => Promise<T>, within: string[] = []): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isDriverError(error) ? cloudProblem(error, within) : error;
  }
}
