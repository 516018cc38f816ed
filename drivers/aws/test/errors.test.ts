import { describe, expect, it } from '@jest/globals';
import { DriverError } from '@mcmp/driver-sdk';
import type { DriverErrorCode } from '@mcmp/driver-sdk';
import { codeOf, deleted, existing, toDriverError } from '../src/errors.js';

/** One row per code of AWS that we know, as "Error codes for the Amazon EC2 API" and the services' models name them. */
const TABLE: Record<DriverErrorCode, string[]> = {
  UNAUTHENTICATED: ['AuthFailure', 'InvalidClientTokenId', 'SignatureDoesNotMatch', 'ExpiredToken', 'ExpiredTokenException', 'UnrecognizedClientException', 'RequestExpired', 'MissingAuthenticationToken', 'InvalidSignatureException'],
  FORBIDDEN: ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'],
  INVALID_REQUEST: [
    'InvalidParameterValue', 'InvalidParameterCombination', 'MissingParameter', 'UnknownParameter', 'InvalidVpcID.Malformed', 'InvalidInstanceID.Malformed', 'InvalidAMIID.Malformed', 'InvalidSubnet.Conflict', 'InvalidSubnet.Range', 'InvalidVpc.Range',
    'InvalidVpcRange', 'ValidationException', 'ValidationError', 'InvalidRequestException', 'IdempotentParameterMismatch', 'InvalidNextToken', 'InvalidPaginationToken', 'InvalidKey.Format', 'InvalidPermission.Malformed', 'InvalidBlockDeviceMapping', 'CannotDelete',
  ],
  NOT_FOUND: [
    'InvalidInstanceID.NotFound', 'InvalidVpcID.NotFound', 'InvalidSubnetID.NotFound', 'InvalidGroup.NotFound', 'InvalidSecurityGroupID.NotFound', 'InvalidKeyPair.NotFound', 'InvalidVolume.NotFound', 'InvalidAMIID.NotFound', 'InvalidAllocationID.NotFound',
    'InvalidAssociationID.NotFound', 'InvalidInternetGatewayID.NotFound', 'InvalidRouteTableID.NotFound', 'InvalidAttachment.NotFound', 'InvalidPermission.NotFound', 'InvalidGatewayID.NotFound', 'NoSuchResourceException', 'ResourceNotFoundException',
  ],
  ALREADY_EXISTS: ['InvalidPermission.Duplicate', 'InvalidKeyPair.Duplicate', 'InvalidGroup.Duplicate', 'RouteAlreadyExists'],
  QUOTA_EXCEEDED: [
    'InstanceLimitExceeded', 'VcpuLimitExceeded', 'VpcLimitExceeded', 'SubnetLimitExceeded', 'AddressLimitExceeded', 'SecurityGroupLimitExceeded', 'InternetGatewayLimitExceeded', 'RulesPerSecurityGroupLimitExceeded', 'VolumeLimitExceeded',
    'MaxSpotInstanceCountExceeded', 'ResourceLimitExceeded', 'ResourceLimitExceededException', 'LimitExceededException', 'ServiceQuotaExceededException', 'AttachmentLimitExceeded', 'InsufficientFreeAddressesInSubnet',
  ],
  PAYMENT_REQUIRED: ['PendingVerification'],
  UNSUPPORTED: ['UnsupportedOperation', 'InvalidInstanceType', 'OptInRequired', 'RegionDisabledException', 'InvalidAction'],
  OUT_OF_CAPACITY: ['InsufficientInstanceCapacity', 'InsufficientHostCapacity', 'InsufficientCapacityException', 'InsufficientAddressCapacity', 'UnsupportedAvailabilityZoneException', 'SpotMaxPriceTooLow', 'Unsupported'],
  CONFLICT: ['IncorrectState', 'IncorrectInstanceState', 'OperationNotPermitted', 'ConcurrentModificationException', 'PriorRequestNotCompleteException', 'IncorrectModificationState'],
  IN_USE: ['DependencyViolation', 'InvalidGroup.InUse', 'VolumeInUse', 'Resource.AlreadyAssociated', 'InvalidIPAddress.InUse', 'InvalidNetworkInterface.InUse', 'ResourceInUseException'],
  RATE_LIMITED: ['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'TooManyRequestsException', 'SlowDown'],
  TIMEOUT: [],
  UNAVAILABLE: ['InternalError', 'InternalFailure', 'ServiceUnavailable', 'ServiceUnavailableException', 'Unavailable', 'ServerException', 'ServiceException'],
  UNKNOWN: ['SomethingNew'],
};

/** An error as the vendor's library throws it. */
const thrown = (name: string, message = 'why', httpStatusCode = 400, more: object = {}): object => ({ name, message, $fault: 'client', $metadata: { httpStatusCode, requestId: 'req-1' }, ...more });

describe('errors of AWS', () => {
  it.each(Object.entries(TABLE).flatMap(([code, names]) => names.map((name) => [name, code])))('%s is %s', (name, code) => {
    expect(codeOf(name)).toBe(code);
    expect(toDriverError(thrown(name), 'ec2:X', [])).toMatchObject({ name: 'DriverError', code, detail: { providerCode: name, providerRequestId: 'req-1', httpStatus: 400 } });
  });

  it.each([
    ['InvalidSubnet.Conflict', { field: 'cidr' }], ['InvalidVpc.Range', { field: 'cidr' }], ['InvalidAMIID.NotFound', { field: 'imageId' }], ['InvalidInstanceType', { field: 'specId' }], ['InvalidKeyPair.NotFound', { field: 'keyPairId' }],
    ['InvalidGroup.NotFound', { field: 'securityGroupIds' }], ['InvalidSubnetID.NotFound', { field: 'subnetId' }], ['InvalidPaginationToken', { field: 'pageToken' }], ['VpcLimitExceeded', { quotaId: 'L-F678F1CE' }], ['AddressLimitExceeded', { quotaId: 'L-0263D0A3' }],
  ])('%s names what is at fault', (name, detail) => {
    expect(toDriverError(thrown(name), 'ec2:X', []).detail).toMatchObject(detail);
  });

  it('tells a page of a proxy by its status, and a new code of a failing service as UNAVAILABLE', () => {
    const page = (statusCode: number): object => ({ name: 'SyntaxError', message: 'Unexpected token <', $metadata: {}, $response: { statusCode, headers: {} } });
    expect([500, 502, 429, 403, 404].map((status) => toDriverError(page(status), 'ec2:X', []).code)).toEqual(['UNAVAILABLE', 'UNAVAILABLE', 'RATE_LIMITED', 'FORBIDDEN', 'UNKNOWN']);
    expect(toDriverError(thrown('BrandNewFault', 'oops', 503), 'ec2:X', []).code).toBe('UNAVAILABLE');
  });

  it('honours Retry-After, and knows the refill of the buckets where AWS sends none', () => {
    expect(toDriverError(thrown('RequestLimitExceeded', 'slow', 503, { $response: { statusCode: 503, headers: { 'retry-after': '2' } } }), 'ec2:X', [])).toMatchObject({ code: 'RATE_LIMITED', detail: { retryAfterMs: 2000 } });
    const pause = (operation: string): unknown => toDriverError(thrown('RequestLimitExceeded', 'slow', 503), operation, []).detail.retryAfterMs;
    expect([pause('ec2:RunInstances'), pause('ec2:StopInstances'), pause('pricing:GetProducts')]).toEqual([500, 200, 500]);
    expect(toDriverError(thrown('InternalError', 'oops', 500), 'ec2:X', []).detail).not.toHaveProperty('retryAfterMs');
  });

  it.each([
    [{ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:9' }, 'UNAVAILABLE'], [{ code: 'ECONNRESET', message: 'socket hang up' }, 'UNAVAILABLE'], [{ code: 'ENOTFOUND', message: 'getaddrinfo' }, 'UNAVAILABLE'],
    [{ code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' }, 'UNAVAILABLE'], [{ message: 'AWS SDK error wrapper for Error: connect ECONNREFUSED 127.0.0.1:9' }, 'UNAVAILABLE'],
    [{ name: 'TimeoutError', code: 'ECONNRESET', message: 'socket hang up' }, 'UNAVAILABLE'], [{ message: 'AWS SDK error wrapper for TimeoutError: socket hang up' }, 'UNAVAILABLE'], [{ code: 'ETIMEDOUT', message: 'connect' }, 'TIMEOUT'],
    [{ name: 'TimeoutError', message: 'Connection timed out' }, 'TIMEOUT'], [{ name: 'AbortError', message: 'Request aborted' }, 'TIMEOUT'], [{ message: 'a fault of ours' }, 'UNKNOWN'], ['text', 'UNKNOWN'],
  ])('tells %j as %s', (error, code) => {
    expect(toDriverError(error, 'ec2:X', []).code).toBe(code);
  });

  it('says TIMEOUT of whatever ends a stopped call, and leaves a DriverError as it is', () => {
    expect(toDriverError({ code: 'ECONNRESET', message: 'aborted' }, 'ec2:X', [], AbortSignal.abort()).code).toBe('TIMEOUT');
    const own = new DriverError('CONFLICT', 'ours');
    expect(toDriverError(own, 'ec2:X', [])).toBe(own);
  });

  it('never repeats a secret, and names the permission that is missing', () => {
    const token = 'FwoG+ZXIv/YXdz==';
    const error = toDriverError(thrown('SignatureDoesNotMatch', `The canonical string was 'x-amz-security-token:${token} ${encodeURIComponent(token)} s3cr3t-key'`, 403), 'ec2:X', ['s3cr3t-key', token]);
    expect(JSON.stringify([error.message, error.detail])).not.toMatch(/FwoG|s3cr3t-key/);
    const denied = toDriverError(thrown('UnauthorizedOperation', `You are not authorized. Encoded authorization failure message: ${'x'.repeat(3000)}`, 403), 'ec2:RunInstances', []);
    expect(denied.message).toBe('ec2:RunInstances: You are not authorized. The credential lacks the permission ec2:RunInstances.');
  });

  it('takes the deletion of a gone or unreal thing for done, and finds no such thing', async () => {
    const fails = (name: string): Promise<never> => Promise.reject(toDriverError(thrown(name), 'ec2:X', []));
    await deleted(fails('InvalidVpcID.NotFound'));
    await deleted(fails('InvalidVpcID.Malformed'));
    await expect(deleted(fails('DependencyViolation'))).rejects.toMatchObject({ code: 'IN_USE' });
    await expect(existing('network', 'vpc-1', 'InvalidVpcID.NotFound', fails('InvalidVpcID.Malformed'))).rejects.toMatchObject({ code: 'NOT_FOUND', detail: { providerCode: 'InvalidVpcID.NotFound' } });
    await expect(existing('network', 'vpc-1', 'InvalidVpcID.NotFound', Promise.resolve(undefined))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(existing('network', 'vpc-1', 'InvalidVpcID.NotFound', fails('AuthFailure'))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
