import { DriverError } from '@mcmp/driver-sdk';
import { fieldOf } from '@mcmp/driver-sdk/bundle';

/** A broken rule of one field, as zod tells it; `path` is relative to the request of the call. */
export interface BrokenRule { path: PropertyKey[]; message: string; code?: string; keys?: string[]; expected?: string; issues?: { message: string }[] }

/** INVALID_REQUEST of the host itself: what was asked breaks the shapes of the SDK, or a function's schema, and the cloud was not asked. */
export class RequestRefused extends DriverError {
  constructor(what: string, readonly rules: BrokenRule[]) {
    const [first] = rules;
    const field = fieldOf(first?.path ?? []);
    super('INVALID_REQUEST', `${what}: ${field === '' ? '' : `${field}: `}${first?.message ?? 'wrong request'}`, { field });
  }
}
