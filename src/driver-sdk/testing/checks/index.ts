import type { Check } from '../context.js';
import { accountChecks } from './account.js';
import { attachmentChecks } from './attachments.js';
import { catalogChecks } from './catalog.js';
import { conductChecks } from './conduct.js';
import { faultChecks } from './faults.js';
import { lifecycleChecks } from './lifecycle.js';
import { manifestChecks } from './manifest.js';
import { dependencyChecks, networkChecks } from './network.js';
import { sessionChecks } from './session.js';
import { tagChecks } from './tag.js';
import { vmChecks } from './vm.js';

const lifecycles = (...kinds: Parameters<typeof lifecycleChecks>[0][]): Check[] => kinds.flatMap(lifecycleChecks);

/** Every check, in the order in which they run: from what asks nothing to what could do harm, and last what looks back at all calls. */
export const CHECKS: readonly Check[] = [
  ...manifestChecks, ...sessionChecks, ...accountChecks, ...catalogChecks,
  ...lifecycles('network', 'subnet', 'security-group', 'key-pair'), ...networkChecks,
  ...lifecycles('vm'), ...vmChecks,
  ...lifecycles('disk', 'public-ip'), ...attachmentChecks,
  ...tagChecks, ...faultChecks, ...dependencyChecks, ...conductChecks,
];
