import type { Action } from '../action.js';
import { addressActions } from './addresses.js';
import { catalogueActions } from './catalogue.js';
import { gatewayActions } from './gateways.js';
import { imageActions } from './images.js';
import { instanceActions } from './instances.js';
import { keyPairActions } from './key-pairs.js';
import { natGatewayActions } from './nat-gateways.js';
import { networkInterfaceActions } from './network-interfaces.js';
import { placementGroupActions } from './placement-groups.js';
import { regionActions } from './regions.js';
import { routeTableActions } from './route-tables.js';
import { routeActions } from './routes.js';
import { runActions } from './run-instances.js';
import { securityGroupActions } from './security-groups.js';
import { snapshotActions } from './snapshots.js';
import { subnetActions } from './subnets.js';
import { tagActions } from './tags.js';
import { volumeActions } from './volumes.js';
import { vpcActions } from './vpcs.js';
import { vpnConnectionActions } from './vpn-connections.js';
import { vpnGatewayActions } from './vpn-gateways.js';

/** Every action of EC2 that the box plays, by its name. */
export const ec2Actions: ReadonlyMap<string, Action> = new Map([
  ...regionActions, ...catalogueActions, ...vpcActions, ...gatewayActions, ...routeTableActions, ...subnetActions, ...securityGroupActions, ...keyPairActions,
  ...runActions, ...instanceActions, ...networkInterfaceActions, ...volumeActions, ...addressActions, ...tagActions,
  ...routeActions, ...natGatewayActions, ...snapshotActions, ...imageActions, ...placementGroupActions, ...vpnGatewayActions, ...vpnConnectionActions,
].map((action) => [action.name, action]));
