import type { DriverErrorCode, DriverErrorDetail } from '@mcmp/driver-sdk';
import { DriverError, isDriverError } from '@mcmp/driver-sdk';
import { retryAfterS as readRetryAfter } from './limits.js';

/** Types of Neutron's errors that their HTTP status does not tell. Source: neutron-lib's `exceptions` and the extensions' own. */
const BY_TYPE: Partial<Record<DriverErrorCode, string>> = {
  IN_USE: 'SubnetInUse NetworkInUse SecurityGroupInUse RouterInUse PortInUse L3PortInUse ServicePortInUse SubnetPoolInUse RouterInterfaceInUseByFloatingIP FloatingIPPortAlreadyAssociated RouterInterfaceInUseByRoute',
  QUOTA_EXCEEDED: 'OverQuota QuotaExceeded',
  OUT_OF_CAPACITY: 'IpAddressGenerationFailure ExternalIpAddressExhausted IpAddressGenerationFailureAllSubnets NoNetworkAvailable NoNetworkFoundInMaximumAllowedAttempts',
  ALREADY_EXISTS: 'SecurityGroupRuleExists SecurityGroupDefaultAlreadyExists',
  INVALID_REQUEST: 'IpAddressInUse InvalidIpForSubnet InvalidInput',
};
const TYPES = new Map(Object.entries(BY_TYPE).flatMap(([code, types]) => types.split(' ').map((type) => [type, code as DriverErrorCode] as const)));

const BY_STATUS: Record<number, DriverErrorCode> = {
  300: 'UNSUPPORTED', 400: 'INVALID_REQUEST', 401: 'UNAUTHENTICATED', 402: 'PAYMENT_REQUIRED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 405: 'UNSUPPORTED', 406: 'UNSUPPORTED', 408: 'TIMEOUT', 409: 'CONFLICT', 410: 'NOT_FOUND',
  422: 'INVALID_REQUEST', 429: 'RATE_LIMITED', 500: 'UNAVAILABLE', 501: 'UNSUPPORTED', 502: 'UNAVAILABLE', 503: 'UNAVAILABLE', 504: 'UNAVAILABLE',
};

/** Which field of our request a type of Neutron speaks of. */
const FIELDS: Record<string, string> = {
  SubnetNotFound: 'subnetId', NetworkNotFound: 'networkId', SecurityGroupNotFound: 'securityGroupIds', SecurityGroupInvalidPortRange: 'rules', SecurityGroupInvalidPortValue: 'rules', SecurityGroupInvalidIcmpValue: 'rules',
};

/** What a service said in its own form. */
interface Told { providerCode?: string; message: string; known: boolean }
type Json = Record<string, unknown>;
const textOf = (value: unknown): string => (typeof value === 'string' ? value.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim() : '');

/**
 * Reads the body of an error in the form of whichever service it came from: `{NeutronError: {type}}`, Nova's and Cinder's `{itemNotFound: {message}}`, Keystone's `{error: {title}}`,
 * Octavia's `{faultcode, faultstring}`, Magnum's `{errors: [{code}]}`, Glance's page or `{title, message}`.
 */
export function told(body: unknown): Told {
  if (typeof body !== 'object' || body === null) return { message: textOf(body).slice(0, 300), known: false };
  const json = body as Json;
  const neutron = json.NeutronError as Json | string | undefined;
  if (neutron !== undefined) return typeof neutron === 'string' ? { providerCode: 'NeutronError', message: neutron, known: true } : { providerCode: textOf(neutron.type) || 'NeutronError', message: textOf(neutron.message), known: true };
  if (typeof json.faultstring === 'string') return { message: textOf(json.faultstring), known: true };
  if (Array.isArray(json.errors)) {
    const first = (json.errors[0] ?? {}) as Json;
    // Magnum's code is `client` or `server` and tells nothing.
    return { ...(/^(client|server)?$/.test(textOf(first.code)) ? {} : { providerCode: textOf(first.code) }), message: textOf(first.detail) || textOf(first.title), known: true };
  }
  if (typeof json.title === 'string') return { providerCode: json.title.replace(/\W/g, ''), message: textOf(json.message) || json.title, known: true };
  const [name, inner] = Object.entries(json)[0] ?? [];
  if (typeof inner !== 'object' || inner === null) return { message: textOf(json.message) || JSON.stringify(json).slice(0, 300), known: typeof json.message === 'string' };
  const { title, message } = inner as Json;
  return { providerCode: (name === 'error' && textOf(title).replace(/\W/g, '')) || name, message: textOf(message), known: true };
}

/** Nova and Octavia answer 403 both to a missing right and to a full quota; only their sentence tells which. */
const QUOTA_TEXT = /^quota (exceeded|has been met)|exceeds? (allowed )?[\w ]*quota|quota exceeded|^Resource limit exceeded/i;
/** Cinder answers 400 where a volume is just changing or attached, Magnum where a cluster is; only their sentences tell. */
const BUSY_TEXT = /^Invalid (volume|snapshot): |when (nodegroup )?status is "|already has an operation in progress/i;
/** Magnum's 409 for what is no conflict with a change. */
const TAKEN_TEXT = /^A node group with name .* already exists/;

function codeOf(status: number, { providerCode = '', message, known }: Told, retryAfterS: number): DriverErrorCode {
  const byType = TYPES.get(providerCode);
  if (byType) return byType;
  // Cinder sends a full quota with `Retry-After: 0`; a throttle names a time.
  if (status === 413) return retryAfterS > 0 ? 'RATE_LIMITED' : 'QUOTA_EXCEEDED';
  if (status === 403 && QUOTA_TEXT.test(message)) return 'QUOTA_EXCEEDED';
  if (status === 400 && BUSY_TEXT.test(message)) return 'CONFLICT';
  if (status === 409 && TAKEN_TEXT.test(message)) return 'ALREADY_EXISTS';
  // An answer that is not in a service's form speaks of the address, not of a thing.
  if (status === 404 && !known) return 'UNSUPPORTED';
  return BY_STATUS[status] ?? (status >= 500 ? 'UNAVAILABLE' : 'UNKNOWN');
}

/** The answer of a service that is no success, as a DriverError; `operation` is e.g. `compute POST /servers`. */
export function refusal(operation: string, status: number, headers: Headers, body: unknown): DriverError {
  const said = told(body);
  const retryAfterS = readRetryAfter(headers);
  const code = codeOf(status, said, retryAfterS);
  const requestId = headers.get('x-openstack-request-id') ?? headers.get('x-compute-request-id');
  const detail: DriverErrorDetail = {
    providerCode: said.providerCode ?? `${operation.split(' ')[0]}.${status}`, httpStatus: status,
    ...(requestId ? { providerRequestId: requestId } : {}),
    ...(Number.isFinite(retryAfterS) && retryAfterS > 0 ? { retryAfterMs: Math.round(retryAfterS * 1000) } : code === 'RATE_LIMITED' ? { retryAfterMs: 1000 } : {}),
    ...(FIELDS[said.providerCode ?? ''] ? { field: FIELDS[said.providerCode ?? ''] } : {}),
  };
  return new DriverError(code, `${operation}: ${said.message.slice(0, 500) || `HTTP ${status}`}`, detail);
}

/** What `fetch` threw, as a DriverError: stopped by us, or no way to the address. */
export function unanswered(thrown: unknown, operation: string, signal: AbortSignal): DriverError {
  if (isDriverError(thrown)) return thrown;
  if (signal.aborted) return new DriverError('TIMEOUT', `${operation} was stopped before the cloud answered.`);
  const { message, cause } = (thrown ?? {}) as { message?: string; cause?: { code?: string; message?: string } };
  const why = cause?.code ?? cause?.message ?? message ?? 'unknown';
  const help = /CERT|VERIFY/.test(why) ? ' (its certificate is not trusted here: NODE_EXTRA_CA_CERTS of the server names a file of further authorities)' : '';
  return new DriverError('UNAVAILABLE', `${operation} did not reach the endpoint: ${why}${help}`);
}

export const failedWith = (error: unknown, ...providerCodes: string[]): boolean => isDriverError(error) && providerCodes.includes(error.detail.providerCode ?? '');
export const hasCode = (error: unknown, ...codes: DriverErrorCode[]): boolean => isDriverError(error) && codes.includes(error.code);

/** Awaits a deletion; a thing that is already gone counts as deleted. */
export async function deleted(call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    if (!hasCode(error, 'NOT_FOUND')) throw error;
  });
}

/** For a look-up of what may be absent: gives undefined instead of NOT_FOUND. */
export const ifFound = <T>(call: Promise<T>): Promise<T | undefined> => call.catch((error: unknown) => {
  if (hasCode(error, 'NOT_FOUND')) return undefined;
  throw error;
});
