import type { Capability } from '@mcmp/driver-sdk';
import { manifestOf } from '../../simulator/test/kit-stage.js';

/** What the wire of the cloud in a box does not speak: these are held to the contract by moto, or have tests of their own. */
const ELSEWHERE: Capability[] = [
  'load-balancer', 'cluster', 'node-group', 'bucket', 'object', 'file-system', 'database', 'queue', 'dns-zone', 'dns-record', 'metric', 'iam-user', 'iam-role', 'function',
];

/** What of the driver the EC2 wire serves. */
export const SERVED: Capability[] = manifestOf('aws').capabilities.filter((capability) => !ELSEWHERE.includes(capability));
