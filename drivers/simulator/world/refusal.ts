import type { DriverErrorCode } from '@mcmp/driver-sdk';
import type { Kind } from './attributes.js';

/** A refusal, in the SDK's codes; each wire says it in its provider's own words. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
  constructor(
    readonly code: DriverErrorCode,
    message: string,
    readonly detail: { kind?: Kind; id?: string; field?: string; retryAfterMs?: number; quotaId?: string; reason?: string } = {},
  ) {
    super(message);
  }
}

/** Thrown by `World.call` where no answer may reach the caller, whether the work was done or not: the wire must cut the connection. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer';
}
