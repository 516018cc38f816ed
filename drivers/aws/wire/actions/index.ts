import type { Action } from '../action.js';
import { addressActions } from './addresses.js';
import { catalogueActions } from './catalogue.js';
import { gatewayActions } from './gateways.js';
import { instanceActions } from './instances.js';
import { keyPairActions } from './key-pairs.js';
import { networkInterfaceActions } from './network-interfaces.js';
import { regionActions } from './regions.js';
import { routeTableActions } from './route-tables.js';
import { runActions } from './run-instances.js';
import { securityGroupActions } from './security-groups.js';
import { subnetActions } from './subnets.js';
import { tagActions } from './tags.js';
import { volumeActions } from './volumes.js';
import { vpcActions } from './vpcs.js';

/** Every action of EC2 that the box plays, by its name. */
export const ec2Actions: ReadonlyMap<string, Action> = new Map([
  ...regionActions, ...catalogueActions, ...vpcActions, ...gatewayActions, ...routeTableActions, ...subnetActions, ...securityGroupActions, ...keyPairActions,
  ...runActions, ...instanceActions, ...networkInterfaceActions, ...volumeActions, ...addressActions, ...tagActions,
].map((action) => [action.name, action]));
