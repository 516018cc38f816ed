import type { DriverErrorCode } from '@mcmp/driver-sdk';
import { isCloudError } from '../connector/index.js';
import type { Failure } from './infra.entities.js';

/** The cloud refused and nothing was made; a repeat would be refused too. */
const FINAL: readonly DriverErrorCode[] = ['UNAUTHENTICATED', 'FORBIDDEN', 'INVALID_REQUEST', 'NOT_FOUND', 'ALREADY_EXISTS', 'QUOTA_EXCEEDED', 'PAYMENT_REQUIRED', 'UNSUPPORTED', 'OUT_OF_CAPACITY'];

/** What would help, by code. */
const HELP: Record<string, string> = {
  UNAUTHENTICATED: 'Renew the credential of the connection (PATCH /v1/connections/{id}) and verify it.',
  FORBIDDEN: 'Give the connection’s account the permission that the message names.',
  QUOTA_EXCEEDED: 'Ask the cloud for a higher quota, delete what is not needed, or choose another region.',
  PAYMENT_REQUIRED: 'Settle the account with the cloud.',
  OUT_OF_CAPACITY: 'Choose another zone, region or spec, or set onPartialFailure to "replace" with alternatives.',
  UNSUPPORTED: 'Choose a spec or image that this region offers.',
  INVALID_REQUEST: 'Correct the field that the message names.',
  RATE_LIMITED: 'Nothing: the platform goes on as fast as the cloud allows.',
  UNAVAILABLE: 'Nothing: the platform goes on when the cloud answers again.',
  TIMEOUT: 'Nothing: the platform goes on when the cloud answers again.',
};

/** The smallest change that helps against a code, where one is known. */
export const helpFor = (code: string): string | undefined => HELP[code];

/** Whether a thrown value says for certain that nothing was made and never will be by a repeat. */
export const isFinal = (error: unknown): boolean => isCloudError(error) && FINAL.includes(error.code);

/** Whether a thrown value is a driver error of this code. */
export const hasCode = (error: unknown, ...codes: DriverErrorCode[]): boolean => isCloudError(error) && codes.includes(error.code);

/** A driver error as it is kept with a row. */
export function toFailure(error: unknown): Failure {
  if (!isCloudError(error)) return { code: 'UNKNOWN', message: error instanceof Error ? error.message.slice(0, 500) : 'an unknown error' };
  const { providerCode, providerRequestId, quotaId } = error.detail;
  return { code: error.code, message: error.message.slice(0, 500), ...(providerCode && { providerCode }), ...(providerRequestId && { providerRequestId }), ...(quotaId && { quotaId }) };
}

/** Failures grouped by code, the most frequent first, each with what would help. */
export function groupFailures(items: readonly { name: string; failure: Failure | null }[]): { code: string; count: number; message: string; help?: string; targets: string[] }[] {
  const groups = new Map<string, { code: string; count: number; message: string; help?: string; targets: string[] }>();
  for (const { name, failure } of items) {
    const { code, message } = failure ?? { code: 'UNKNOWN', message: 'no cause was given' };
    const group = groups.get(code) ?? { code, count: 0, message, ...(HELP[code] && { help: HELP[code] }), targets: [] };
    group.count += 1;
    if (group.targets.length < 10) group.targets.push(name);
    groups.set(code, group);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}
