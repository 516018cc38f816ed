import type { Listener, LoadBalancer } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';

type Type = LoadBalancer['type'];
type Word = Listener['protocol'];

/** What each type listens to, and what the targets of such a listener may speak. */
const SPOKEN: Record<Type, Partial<Record<Word, Word[]>>> = { network: { tcp: ['tcp'], udp: ['udp'] }, application: { http: ['http', 'https'], https: ['http', 'https'] } };
/** Bounds of a health check, from "Health checks for your target groups" of both types. */
const BOUNDS = { intervalSeconds: [5, 300], timeoutSeconds: [2, 120], healthyThreshold: [2, 10], unhealthyThreshold: [2, 10] } as const;

/** The protocol that targets of a listener speak. */
export const targetProtocolOf = ({ protocol, targetProtocol }: Listener): Word => targetProtocol ?? (protocol === 'https' ? 'http' : protocol);

/**
 * Holds listeners to what ELB takes, before anything is made.
 * @throws DriverError INVALID_REQUEST with the field that is wrong.
 */
export function requireListeners(type: Type, listeners: Listener[]): void {
  listeners.forEach((listener, index) => {
    const at = `listeners.${index}`;
    const refuse = (field: string, why: string): never => { throw new DriverError('INVALID_REQUEST', why, { field: `${at}.${field}` }); };
    const { protocol, port, certificateId, healthCheck } = listener;
    const spoken = SPOKEN[type][protocol];
    if (!spoken) return refuse('protocol', `A load balancer of type "${type}" of AWS listens to ${Object.keys(SPOKEN[type]).join(' and ')}, not to ${protocol}: ask for the type "${type === 'network' ? 'application' : 'network'}".`);
    if (listeners.findIndex((other) => other.port === port) < index) refuse('port', `AWS has one listener for each port; ${port} is listened to twice.`);
    const target = targetProtocolOf(listener);
    if (!spoken.includes(target)) refuse('targetProtocol', `Targets of a ${protocol} listener speak ${spoken.join(' or ')}, not ${target}.`);
    if (protocol === 'https' && !certificateId) refuse('certificateId', 'An https listener needs the ARN of a certificate of ACM or IAM.');
    if (type === 'application' && healthCheck.protocol === 'tcp') refuse('healthCheck.protocol', 'An application load balancer asks its targets by http or https, not by tcp.');
    for (const [field, [least, most]] of Object.entries(BOUNDS)) {
      const value = healthCheck[field as keyof typeof BOUNDS];
      if (value < least || value > most) refuse(`healthCheck.${field}`, `${field} is ${value}; AWS takes ${least} to ${most}.`);
    }
    if (healthCheck.timeoutSeconds > healthCheck.intervalSeconds) refuse('healthCheck.timeoutSeconds', `timeoutSeconds ${healthCheck.timeoutSeconds} is longer than intervalSeconds ${healthCheck.intervalSeconds}.`);
    return undefined;
  });
}
