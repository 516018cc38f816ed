/** One field of a request that broke a rule. */
export interface FieldProblem {
  /** JSON path of the field, e.g. `groups[0].specId`. */
  field: string;
  /** The rule that was broken, as a sentence. */
  rule: string;
  /** The smallest change that would help, where one is known. */
  help?: string;
}

/** What a problem answer carries beside its code and detail. */
export interface ProblemExtra {
  errors?: FieldProblem[];
  /** Operation that the problem belongs to, if any. */
  operationId?: string;
  /** Seconds after which a repeat makes sense; sent as `Retry-After` too. */
  retryAfterSeconds?: number;
  /** Further plain values for the caller (never secrets). */
  extra?: Record<string, unknown>;
  cause?: unknown;
}

/** HTTP status of each problem code; the codes are part of the public API. */
export const PROBLEM_STATUS = {
  INVALID_REQUEST: 400,
  UNAUTHENTICATED: 401,
  PAYMENT_REQUIRED: 402,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  ALREADY_EXISTS: 409,
  CONFLICT: 409,
  IN_USE: 409,
  GONE: 410,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNPROCESSABLE: 422,
  QUOTA_EXCEEDED: 422,
  OUT_OF_CAPACITY: 422,
  UNSUPPORTED: 422,
  IDEMPOTENCY_MISMATCH: 422,
  /** A cloud failed, not this server: a 5xx would make load balancers take it out. */
  CLOUD_ERROR: 424,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
} as const;

/** A code of the public error table. */
export type ProblemCode = keyof typeof PROBLEM_STATUS;

/**
 * The one error that domains throw for a caller to read; HTTP turns it into `application/problem+json` (RFC 9457).
 * `detail` says what is wrong, which rule fired and what would help; it must hold no secret.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  constructor(readonly code: ProblemCode, readonly detail: string, readonly more: ProblemExtra = {}) {
    super(detail, { cause: more.cause });
    this.status = PROBLEM_STATUS[code];
  }
}
