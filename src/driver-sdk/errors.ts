/**
 * Why a call to a cloud failed, in words that every cloud shares.
 *
 * | code | meaning | what the host does |
 * |---|---|---|
 * | UNAUTHENTICATED | credential wrong or expired | final; the connection is shown as broken |
 * | FORBIDDEN | credential may not do this | final; name the permission in `message` |
 * | INVALID_REQUEST | the request is wrong | final |
 * | NOT_FOUND | the thing does not exist | final; within the consistency window of a create: asked again |
 * | ALREADY_EXISTS | name or thing is taken | final; looked up, and ours if it carries our tag |
 * | QUOTA_EXCEEDED | a limit of the account | final |
 * | PAYMENT_REQUIRED | arrears, account not active | final |
 * | UNSUPPORTED | this cloud, region or type cannot | final |
 * | OUT_OF_CAPACITY | the cloud has none left here and now | planned elsewhere |
 * | CONFLICT | the thing or its parent is changing | retried |
 * | IN_USE | something depends on it | retried after the dependants are gone |
 * | RATE_LIMITED | too many calls | retried after `retryAfterMs` |
 * | TIMEOUT, UNAVAILABLE | the cloud or the way to it failed | retried |
 * | UNKNOWN | a code that the driver's table does not hold | once, reported |
 */
export const DRIVER_ERROR_CODES = [
  'UNAUTHENTICATED', 'FORBIDDEN', 'INVALID_REQUEST', 'NOT_FOUND', 'ALREADY_EXISTS', 'QUOTA_EXCEEDED', 'PAYMENT_REQUIRED', 'UNSUPPORTED',
  'OUT_OF_CAPACITY', 'CONFLICT', 'IN_USE', 'RATE_LIMITED', 'TIMEOUT', 'UNAVAILABLE', 'UNKNOWN',
] as const;

/** One of {@link DRIVER_ERROR_CODES}. */
export type DriverErrorCode = (typeof DRIVER_ERROR_CODES)[number];

/** What the provider said, kept for the person who reads the error; never holds a secret. */
export interface DriverErrorDetail {
  /** The provider's own code, e.g. `InvalidVpcID.NotFound`. */
  providerCode?: string;
  /** The provider's id of the request. */
  providerRequestId?: string;
  /** HTTP status of the provider's answer. */
  httpStatus?: number;
  /** Milliseconds after which the provider allows a repeat. */
  retryAfterMs?: number;
  /** The request field at fault, in the SDK's words, e.g. `cidr`. */
  field?: string;
  /** The quota that was reached, as listed by `quota.list`. */
  quotaId?: string;
}

/** The one error that a driver throws. The host tells it by `name` and `code`, never by `instanceof` or by text. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  constructor(readonly code: DriverErrorCode, message: string, readonly detail: DriverErrorDetail = {}) {
    super(message);
  }
}

/** Whether a value is a DriverError, also one that another copy of this package made. */
export function isDriverError(value: unknown): value is DriverError {
  const error = value as { name?: unknown; code?: unknown } | null;
  return typeof error === 'object' && error !== null && error.name === 'DriverError' && DRIVER_ERROR_CODES.includes(error.code as DriverErrorCode);
}
