import type { Check } from '../context.js';
import { accountChecks } from './account.js';
import { attachmentChecks } from './attachments.js';
import { balancerChecks } from './balancer.js';
import { catalogChecks } from './catalog.js';
import { clusterChecks } from './cluster.js';
import { conductChecks } from './conduct.js';
import { dnsChecks } from './dns.js';
import { faultChecks } from './faults.js';
import { functionChecks } from './function.js';
import { gatewayChecks } from './gateways.js';
import { iamChecks } from './iam.js';
import { lifecycleChecks } from './lifecycle.js';
import { manifestChecks } from './manifest.js';
import { dependencyChecks, networkChecks } from './network.js';
import { serviceChecks } from './services.js';
import { sessionChecks } from './session.js';
import { bucketChecks, copyChecks, fileSystemChecks } from './storage.js';
import { tagChecks } from './tag.js';
import { telemetryChecks } from './telemetry.js';
import { vmChecks } from './vm.js';

const lifecycles = (...kinds: Parameters<typeof lifecycleChecks>[0][]): Check[] => kinds.flatMap(lifecycleChecks);

/** Every check, in the order in which they run: from what asks nothing to what could do harm, and last what looks back at all calls. */
export const CHECKS: readonly Check[] = [
  ...manifestChecks, ...sessionChecks, ...accountChecks, ...catalogChecks, ...functionChecks,
  ...lifecycles('network', 'subnet', 'security-group', 'key-pair'), ...networkChecks,
  ...lifecycles('vm'), ...vmChecks,
  ...lifecycles('disk', 'public-ip', 'network-interface'), ...attachmentChecks,
  ...lifecycles('internet-gateway', 'nat-gateway', 'route-table', 'vpn-gateway', 'vpn-connection'), ...gatewayChecks,
  ...lifecycles('placement-group', 'snapshot', 'custom-image'), ...copyChecks,
  ...lifecycles('load-balancer'), ...balancerChecks,
  ...lifecycles('cluster', 'node-group'), ...clusterChecks,
  ...lifecycles('bucket'), ...bucketChecks, ...lifecycles('file-system'), ...fileSystemChecks,
  ...lifecycles('database', 'queue'), ...serviceChecks,
  ...lifecycles('dns-zone'), ...dnsChecks, ...lifecycles('iam-user', 'iam-role'), ...iamChecks, ...telemetryChecks,
  ...tagChecks, ...faultChecks, ...dependencyChecks, ...conductChecks,
];
