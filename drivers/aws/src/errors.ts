import type { DriverErrorCode, DriverErrorDetail } from '@mcmp/driver-sdk';
import { DriverError, isDriverError } from '@mcmp/driver-sdk';

/** Codes of EC2, STS, Service Quotas and Pricing that no pattern below tells. Source: "Error codes for the Amazon EC2 API", EC2 developer guide; the services' models for the others. */
const BY_CODE: Partial<Record<DriverErrorCode, string>> = {
  UNAUTHENTICATED: 'AuthFailure InvalidClientTokenId SignatureDoesNotMatch IncompleteSignature ExpiredToken ExpiredTokenException UnrecognizedClientException RequestExpired MissingAuthenticationToken InvalidSignatureException',
  FORBIDDEN: 'UnauthorizedOperation AccessDenied AccessDeniedException NotAuthorized Blocked',
  NOT_FOUND: 'NotFound AWS.SimpleQueueService.NonExistentQueue QueueDoesNotExist PermanentRedirect',
  ALREADY_EXISTS: 'BucketAlreadyOwnedByYou QueueNameExists AWS.SimpleQueueService.QueueAlreadyExists ConflictingDomainExists',
  QUOTA_EXCEEDED: 'RulesPerSecurityGroupLimitExceeded SecurityGroupsPerInstanceLimitExceeded TagLimitExceeded QuotaExceededException MaxSpotInstanceCountExceeded VolumeModificationRateExceeded InsufficientFreeAddressesInSubnet',
  PAYMENT_REQUIRED: 'PendingVerification',
  UNSUPPORTED: 'UnsupportedOperation UnsupportedOperationException InvalidInstanceType UnsupportedHostConfiguration OptInRequired RegionDisabledException UnsupportedInstanceTypeOnRegion NotImplemented UnknownOperationException InvalidAction DisabledOperation AvailabilityZoneNotSupported',
  OUT_OF_CAPACITY: 'InsufficientInstanceCapacity InsufficientHostCapacity InsufficientCapacity InsufficientCapacityException InsufficientAddressCapacity InsufficientVolumeCapacity InsufficientReservedInstanceCapacity UnsupportedAvailabilityZoneException SpotMaxPriceTooLow Unsupported',
  CONFLICT: 'IncorrectState OperationNotPermitted IncorrectInstanceState ConcurrentModificationException PriorRequestNotCompleteException ConcurrentTagAccess IncorrectModificationState ConcurrentCreateImageNoReboot InvalidState EntityTemporarilyUnmodifiable OperationAborted QueueDeletedRecently AWS.SimpleQueueService.QueueDeletedRecently InvalidDBInstanceState InvalidDBInstanceStateFault InvalidDBSubnetGroupStateFault IncorrectFileSystemLifeCycleState IncorrectMountTargetState ResourcePropagationDelayException ConcurrentModification InvalidVpnConnection.InvalidState InvalidAMIID.Unavailable',
  IN_USE: 'DependencyViolation VolumeInUse Resource.AlreadyAssociated InvalidNetworkInterface.InUse DeleteConflict DeleteConflictException BucketNotEmpty HostedZoneNotEmpty FileSystemInUse',
  RATE_LIMITED: 'RequestLimitExceeded Throttling ThrottlingException ThrottledException TooManyRequestsException RequestThrottledException SlowDown InstanceCreditsThrottled PriorRequestNotComplete RequestThrottled',
  INVALID_REQUEST: 'CannotDelete MissingParameter UnknownParameter ValidationException ValidationError IdempotentParameterMismatch VPCIdNotSpecified MalformedQueryString GatewayNotAttached Gateway.NotAttached MissingAction VolumeTypeNotAvailableInZone EncryptedVolumesNotSupported MalformedPolicyDocument NoSuchVersion IllegalLocationConstraintException AuthorizationHeaderMalformed VPCAssociationNotFound IncompatibleProtocols UnsupportedProtocol',
  UNAVAILABLE: 'InternalError InternalErrorException InternalFailure InternalServerError InternalServiceError ServiceUnavailable ServiceUnavailableException Unavailable ServerException ServiceException',
};
const CODES = new Map(Object.entries(BY_CODE).flatMap(([code, names]) => names.split(' ').map((name) => [name, code as DriverErrorCode] as const)));

/** Families of codes; the first that fits holds, so the narrow ones stand first. */
const BY_PATTERN: [pattern: RegExp, code: DriverErrorCode][] = [
  [/^Invalid\w*\.Unknown$|NotFound(Fault|Exception)?$|^NoSuch/i, 'NOT_FOUND'],
  [/\.Duplicate$|AlreadyExists(Fault|Exception)?$|^Duplicate/, 'ALREADY_EXISTS'],
  [/LimitExceeded(Fault|Exception)?$|^TooMany|QuotaExceeded/, 'QUOTA_EXCEEDED'],
  [/\.InUse$|InUse(Fault|Exception)?$/, 'IN_USE'],
  [/CapacityExceeded|^InsufficientDBInstanceCapacity/, 'OUT_OF_CAPACITY'],
  [/^Invalid|\.Malformed$|^Malformed|^Missing|^Unknown/, 'INVALID_REQUEST'],
];

/** The SDK's word for an AWS error code; UNKNOWN for one that the table does not hold. */
export const codeOf = (providerCode: string): DriverErrorCode => CODES.get(providerCode) ?? BY_PATTERN.find(([pattern]) => pattern.test(providerCode))?.[1] ?? 'UNKNOWN';

/** Which field of our request an AWS code speaks of. */
const FIELDS: [pattern: RegExp, field: string][] = [
  [/^InvalidVpc\.Range$|^InvalidVpcRange$|^InvalidSubnet\.(Range|Conflict)$|^InvalidCidr/i, 'cidr'],
  [/^InvalidAMIID/, 'imageId'],
  [/^InvalidInstanceType$|^Unsupported$/, 'specId'],
  [/^InvalidKeyPair\.NotFound$/, 'keyPairId'],
  [/^InvalidKey\.Format$/, 'publicKey'],
  [/^Invalid(Security)?Group(Id)?\./, 'securityGroupIds'],
  [/^InvalidSubnetID/i, 'subnetId'],
  [/^SubnetNotFound|^InvalidSubnet$/, 'subnetIds'],
  [/^InvalidTarget$/, 'vmIds'],
  [/^CertificateNotFound/, 'listeners'],
  [/^InvalidSecurityGroup$/, 'securityGroupIds'],
  [/^InvalidVpcID/i, 'networkId'],
  [/^InvalidZone/, 'zone'],
  [/^InvalidNextToken|^InvalidPaginationToken/, 'pageToken'],
];

/** Service Quotas' code of the limit behind an error; that of VMs depends on their type, see quota.ts. */
const QUOTAS: Record<string, string> = {
  VpcLimitExceeded: 'L-F678F1CE', SubnetLimitExceeded: 'L-407747CB', SecurityGroupLimitExceeded: 'L-E79EC296', InternetGatewayLimitExceeded: 'L-A4707A72', AddressLimitExceeded: 'L-0263D0A3',
  NatGatewayLimitExceeded: 'L-FE5A380F', VpnGatewayLimitExceeded: 'L-7029FAB6', VpnConnectionLimitExceeded: 'L-3E6EC3A3', TooManyTargetGroups: 'L-B22855CB', InstanceQuotaExceeded: 'L-7B6409FD', StorageQuotaExceeded: 'L-7ADDB58A',
  FileSystemLimitExceeded: 'L-848C634D', TooManyBuckets: 'L-DC2B2D3D',
};

/** What the vendor's library throws, as far as we read it. */
interface SdkError {
  name?: string;
  Code?: string;
  code?: string;
  message?: string;
  $fault?: string;
  $metadata?: { httpStatusCode?: number; requestId?: string };
  $response?: { statusCode?: number; headers?: Record<string, string> };
  cause?: { code?: string };
}

const SOCKET = /^(E(?!TIMEDOUT)[A-Z]{3,}|EAI_AGAIN|UND_ERR_\w+|ERR_(TLS|SSL|SOCKET)\w*|CERT_\w+|DEPTH_ZERO\w*|SELF_SIGNED\w*|UNABLE_TO\w*)$/;
/** Where the library wraps an error of a socket, only the text keeps what it was. */
const WRAPPED_SOCKET = /\b(ECONN[A-Z]+|ENOTFOUND|EAI_AGAIN|EPIPE|E(HOST|NET)UNREACH|socket hang up)\b/;

/** EC2 sends no Retry-After: time in which its published buckets get the next token back, at least (RunInstances and StartInstances 2/s, changes 5/s). */
const refillMs = (operation: string): number => (/^ec2:(?!RunInstances|StartInstances)/.test(operation) ? 200 : 500);

/**
 * Any error of a call to AWS as a DriverError. The message never holds one of `secrets`: a SignatureDoesNotMatch quotes the request with its session token.
 * @param operation e.g. `ec2:RunInstances`, which is also the name of the permission that FORBIDDEN lacks.
 */
export function toDriverError(thrown: unknown, operation: string, secrets: string[], signal?: AbortSignal): DriverError {
  if (isDriverError(thrown)) return thrown;
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }) as SdkError;
  const text = clean(error.message ?? '', secrets);
  if (signal?.aborted || error.name === 'AbortError') return new DriverError('TIMEOUT', `${operation} was stopped before AWS answered.`);
  const httpStatus = error.$metadata?.httpStatusCode ?? error.$response?.statusCode;
  const unanswered = error.$fault === undefined && httpStatus === undefined;
  const socket = [error.code, error.cause?.code, error.name].find((code) => code !== undefined && SOCKET.test(code)) ?? (unanswered ? WRAPPED_SOCKET.exec(text)?.[0] : undefined);
  if (socket !== undefined) return new DriverError('UNAVAILABLE', `${operation} did not reach the endpoint: ${socket}`);
  if (error.name === 'TimeoutError' || error.code === 'ETIMEDOUT') return new DriverError('TIMEOUT', `${operation} got no answer: ${text}`);
  if (unanswered) return new DriverError('UNKNOWN', `${operation}: ${text}`);
  const providerCode = error.$fault === undefined ? undefined : (error.Code ?? error.name);
  const said = providerCode === undefined ? `the endpoint's answer is not one of AWS (HTTP ${httpStatus})` : text || providerCode;
  const code = providerCode === undefined ? byStatus(httpStatus) : fallback(codeOf(providerCode), httpStatus);
  const retryAfter = Number(error.$response?.headers?.['retry-after'] ?? NaN);
  const detail: DriverErrorDetail = {
    providerCode, providerRequestId: error.$metadata?.requestId, httpStatus,
    retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : code === 'RATE_LIMITED' ? refillMs(operation) : undefined,
    field: FIELDS.find(([pattern]) => pattern.test(providerCode ?? ''))?.[1],
    quotaId: QUOTAS[providerCode ?? ''],
  };
  const permission = code === 'FORBIDDEN' ? ` The credential lacks the permission ${operation}.` : '';
  return new DriverError(code, `${operation}: ${said}${permission}`, withoutUndefined(detail));
}

/** An answer that is not AWS's, such as a proxy's page, is told by its status alone. */
const byStatus = (status = 0): DriverErrorCode => (status >= 500 ? 'UNAVAILABLE' : status === 429 ? 'RATE_LIMITED' : status === 403 ? 'FORBIDDEN' : status === 401 ? 'UNAUTHENTICATED' : 'UNKNOWN');

/** A code that we do not know is at least a fault of AWS where the status says so. */
const fallback = (code: DriverErrorCode, status = 0): DriverErrorCode => (code === 'UNKNOWN' && [500, 502, 503, 504].includes(status) ? 'UNAVAILABLE' : code);

function clean(message: string, secrets: string[]): string {
  const told = message.split(/ ?Encoded authorization failure message:/)[0] ?? '';
  return secrets.filter((secret) => secret.length >= 4).reduce((text, secret) => hide(hide(text, secret), encodeURIComponent(secret)), told).slice(0, 600);
}

/** Hides a secret, and the beginning of one at the end of a text that was cut off within it. */
function hide(text: string, secret: string): string {
  const whole = text.replaceAll(secret, HIDDEN);
  for (let length = Math.min(secret.length - 1, whole.length); length >= 4; length -= 1) if (whole.endsWith(secret.slice(0, length))) return whole.slice(0, -length) + HIDDEN;
  return whole;
}
const HIDDEN = '[hidden]';

const withoutUndefined = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;

/** Awaits a call that carries a secret of its own; AWS quotes values that it refuses. */
export const concealed = <T>(secret: string, call: Promise<T>): Promise<T> => call.catch((error: unknown) => {
  throw isDriverError(error) ? new DriverError(error.code, clean(error.message, [secret]), error.detail) : error;
});

/** Whether a call failed with one of these codes of AWS. */
export const failedWith = (error: unknown, ...providerCodes: string[]): boolean => isDriverError(error) && providerCodes.includes(error.detail.providerCode ?? '');

/** Whether a call that names one id says that the thing is not there; an id of the wrong shape names nothing either. */
export const isGone = (error: unknown): boolean => isDriverError(error) && (error.code === 'NOT_FOUND' || /^Invalid(\w*ID(\.Malformed)?|ParameterValue)$/i.test(error.detail.providerCode ?? ''));

/** Awaits a deletion; a thing that is already gone counts as deleted. */
export async function deleted(call: Promise<unknown>): Promise<void> {
  await call.catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}

/**
 * Awaits a look-up by id.
 * @throws DriverError NOT_FOUND where it gives nothing, also for an id of the wrong shape.
 */
export async function existing<T>(kind: string, id: string, providerCode: string, look: Promise<T | undefined>): Promise<T> {
  const thing = await look.catch((error: unknown) => {
    if (!isGone(error) || (isDriverError(error) && error.code === 'NOT_FOUND')) throw error;
    return undefined;
  });
  if (thing === undefined) throw new DriverError('NOT_FOUND', `There is no ${kind} ${id} in this region.`, { providerCode });
  return thing;
}

/** AWS refuses a second thing of one name or range before it shows the first: neither ours nor foreign yet. */
export const notSeenYet = (what: string): DriverError => new DriverError('CONFLICT', `${what} is taken by something that AWS does not show yet: repeat the create.`);
