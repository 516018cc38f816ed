import type { Listener } from '@mcmp/driver-sdk';
import { createHash } from 'node:crypto';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
/** ELB takes letters, digits and single hyphens, none at an end, and no name that begins with `internal-`. */
const sound = (text: string, most: number): string => text.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|^internal-/g, '').slice(0, most).replace(/^-|-$/g, '') || 'lb';

/** A name that only this request has: 32 characters at most, unique in an account and region. */
export const balancerName = ({ name, token }: { name: string; token: string }): string => `${sound(name, 23)}-${hash(token)}`;
/** The name within the ARN of a load balancer. */
export const nameOfArn = (arn: string): string => arn.split('/')[2] ?? '';

/** How the names of all target groups of a load balancer begin; also of one that was made elsewhere and has no hash of ours. */
export function groupStem(balancer: string): string {
  const [, base = balancer, ours] = /^(.+)-([0-9a-f]{8})$/.exec(balancer) ?? [];
  return `${sound(base, 14)}-${ours ?? hash(balancer)}-`;
}
/** What of a listener is in its target group alone: none of it can be changed at all types of load balancers, so that other values are another group. */
export const groupName = (balancer: string, { protocol, port, targetPort, targetProtocol, healthCheck: check }: Listener): string =>
  groupStem(balancer) + hash(JSON.stringify([protocol, port, targetPort, targetProtocol ?? '', check.protocol, check.port ?? '', check.protocol === 'tcp' ? '' : (check.path ?? '/'), check.intervalSeconds, check.timeoutSeconds, check.healthyThreshold, check.unhealthyThreshold]));
