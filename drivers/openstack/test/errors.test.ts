import { describe, expect, it } from '@jest/globals';
import type { DriverErrorCode } from '@mcmp/driver-sdk';
import { refusal, unanswered } from '../src/errors.js';

const neutron = (type: string, message = 'why'): object => ({ NeutronError: { type, message, detail: '' } });
const nova = (kind: string, code: number, message = 'why'): object => ({ [kind]: { code, message } });
const magnum = (detail: string): object => ({ errors: [{ request_id: '', code: 'client', status: 0, title: 'why', detail, links: [] }] });

/** One row per way in which a service refuses; the bodies are those of the services of release Zed. */
const TABLE: [what: string, status: number, body: unknown, code: DriverErrorCode, providerCode: string, headers?: Record<string, string>][] = [
  ['Keystone, wrong password', 401, { error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' } }, 'UNAUTHENTICATED', 'Unauthorized'],
  ['Nova, unknown server', 404, nova('itemNotFound', 404), 'NOT_FOUND', 'itemNotFound'],
  ['Nova, busy', 409, nova('conflictingRequest', 409, "Cannot 'stop' instance x while it is in task_state deleting"), 'CONFLICT', 'conflictingRequest'],
  ['Nova, quota', 403, nova('forbidden', 403, 'Quota exceeded for instances: Requested 1, but already used 10 of 10 instances'), 'QUOTA_EXCEEDED', 'forbidden'],
  ['Nova, right', 403, nova('forbidden', 403, "Policy doesn't allow os_compute_api:os-services:list to be performed."), 'FORBIDDEN', 'forbidden'],
  ['Nova, wrong image', 400, nova('badRequest', 400, 'Can not find requested image'), 'INVALID_REQUEST', 'badRequest'],
  ['Nova, limit of calls', 413, nova('overLimit', 413), 'RATE_LIMITED', 'overLimit', { 'retry-after': '3' }],
  ['Nova, fault', 500, nova('computeFault', 500), 'UNAVAILABLE', 'computeFault'],
  ['Neutron, unknown', 404, neutron('NetworkNotFound'), 'NOT_FOUND', 'NetworkNotFound'],
  ['Neutron, in use', 409, neutron('SubnetInUse'), 'IN_USE', 'SubnetInUse'],
  ['Neutron, second address', 409, neutron('FloatingIPPortAlreadyAssociated'), 'IN_USE', 'FloatingIPPortAlreadyAssociated'],
  ['Neutron, quota', 409, neutron('OverQuota'), 'QUOTA_EXCEEDED', 'OverQuota'],
  ['Neutron, subnet full', 409, neutron('IpAddressGenerationFailure'), 'OUT_OF_CAPACITY', 'IpAddressGenerationFailure'],
  ['Neutron, rule twice', 409, neutron('SecurityGroupRuleExists'), 'ALREADY_EXISTS', 'SecurityGroupRuleExists'],
  ['Neutron, busy', 409, neutron('RetryRequest'), 'CONFLICT', 'RetryRequest'],
  ['Neutron, wrong', 400, neutron('InvalidInput'), 'INVALID_REQUEST', 'InvalidInput'],
  ['Cinder, quota', 413, nova('overLimit', 413, "VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded for quota 'volumes'."), 'QUOTA_EXCEEDED', 'overLimit', { 'retry-after': '0' }],
  ['Cinder, busy', 400, nova('badRequest', 400, 'Invalid volume: Volume status must be available or error'), 'CONFLICT', 'badRequest'],
  ['Glance, unknown', 404, { message: 'No image found with ID x<br /><br />\n', code: '404 Not Found', title: 'Not Found' }, 'NOT_FOUND', 'NotFound'],
  ['Octavia, immutable', 409, { faultcode: 'Client', faultstring: 'Load Balancer x is immutable and cannot be updated.', debuginfo: null }, 'CONFLICT', 'service.409'],
  ['Octavia, quota', 403, { faultcode: 'Client', faultstring: 'Quota has been met for resources: load_balancer', debuginfo: null }, 'QUOTA_EXCEEDED', 'service.403'],
  ['Magnum, unknown', 404, { errors: [{ request_id: '', code: 'client', status: 404, title: 'Cluster x could not be found', detail: 'Cluster x could not be found.', links: [] }] }, 'NOT_FOUND', 'service.404'],
  ['Magnum, busy', 400, magnum('Upgrading a cluster when status is "UPDATE_IN_PROGRESS" is not supported.'), 'CONFLICT', 'service.400'],
  ['Magnum, quota', 403, magnum('Resource limit exceeded: You have reached the maximum clusters per project, 20.'), 'QUOTA_EXCEEDED', 'service.403'],
  ['Magnum, name taken', 409, magnum('A node group with name a already exists in the cluster b.'), 'ALREADY_EXISTS', 'service.409'],
  ['Magnum, wrong', 400, magnum('Resizing a outside the allowed range: min_node_count = 1, max_node_count = 2'), 'INVALID_REQUEST', 'service.400'],
  ['another service’s microversion', 406, { errors: [{ status: 406, code: 'magnum.microversion-unsupported', title: 'Requested microversion is unsupported', detail: 'x' }] }, 'UNSUPPORTED', 'magnum.microversion-unsupported'],
  ['no such path', 404, '<html><body>404 page</body></html>', 'UNSUPPORTED', 'service.404'],
  ['too many calls', 429, '', 'RATE_LIMITED', 'service.429'],
  ['a proxy, no service behind', 503, '<html>', 'UNAVAILABLE', 'service.503'],
];

describe('refusals of OpenStack', () => {
  it.each(TABLE)('%s', (_what, status, body, code, providerCode, headers = {}) => {
    const error = refusal('service GET /x', status, new Headers({ 'x-openstack-request-id': 'req-1', ...headers }), body);
    expect(error).toMatchObject({ name: 'DriverError', code, detail: { providerCode, httpStatus: status, providerRequestId: 'req-1' } });
    expect(error.message).toMatch(/^service GET \/x: ./);
    expect(error.message).not.toMatch(/<|undefined/);
  });

  it('hands on how long to wait, and a wait of its own where none is named', () => {
    const pause = (headers: Record<string, string>): unknown => refusal('s', 429, new Headers(headers), '').detail.retryAfterMs;
    expect([pause({ 'retry-after': '2' }), pause({})]).toEqual([2000, 1000]);
  });

  it('tells an abort from a way that is closed', () => {
    const failure = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
    expect(unanswered(failure, 'compute GET /x', AbortSignal.timeout(60_000))).toMatchObject({ code: 'UNAVAILABLE', message: 'compute GET /x did not reach the endpoint: ECONNREFUSED' });
    expect(unanswered(failure, 'compute GET /x', AbortSignal.abort())).toMatchObject({ code: 'TIMEOUT' });
  });
});
