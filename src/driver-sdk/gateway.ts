import type { Lifecycle } from './network.js';
import type { ById, CloudResource, CreateRequest, ResourceState } from './shapes.js';

/** A network card of its own life. Where cards exist only with their VM, a driver leaves the capability out. */
export interface NetworkInterface extends CloudResource {
  state: ResourceState;
  networkId?: string;
  subnetId: string;
  securityGroupIds: string[];
  privateIp?: string;
  macAddress?: string;
  vmId?: string;
}
export interface CreateNetworkInterface extends CreateRequest {
  subnetId: string;
  securityGroupIds: string[];
  /** A free address of the subnet; absent lets the cloud choose. */
  privateIp?: string;
}
/** Capability `network-interface`. Attach and detach may be repeated. */
export interface NetworkInterfaceHandlers extends Lifecycle<NetworkInterface, CreateNetworkInterface> {
  attach(request: ById & { vmId: string }, signal: AbortSignal): Promise<NetworkInterface>;
  detach(request: ById, signal: AbortSignal): Promise<NetworkInterface>;
}

/** A way out of a network to the internet. `network.create` makes one by itself; this capability is for what stands beside it. */
export interface InternetGateway extends CloudResource {
  state: ResourceState;
  networkId?: string;
}
/** Capability `internet-gateway`. Deleting one that is attached is IN_USE. */
export interface InternetGatewayHandlers extends Lifecycle<InternetGateway, CreateRequest> {
  attach(request: ById & { networkId: string }, signal: AbortSignal): Promise<InternetGateway>;
  detach(request: ById, signal: AbortSignal): Promise<InternetGateway>;
}

/** A way out for VMs without a public address. */
export interface NatGateway extends CloudResource {
  state: ResourceState;
  networkId?: string;
  subnetId?: string;
  publicIp?: string;
  publicIpId?: string;
}
export interface CreateNatGateway extends CreateRequest {
  /** The public subnet that it stands in. */
  subnetId: string;
  /** An address of `public-ip`; absent lets the driver take one that lives as long as the gateway. */
  publicIpId?: string;
}
/** Capability `nat-gateway`. */
export type NatGatewayHandlers = Lifecycle<NatGateway, CreateNatGateway>;

/** What a route leads to. */
export type RouteTarget = 'local' | 'internet-gateway' | 'nat-gateway' | 'vpn-gateway' | 'network-interface' | 'vm' | 'other';
/** One route. */
export interface Route {
  /** IPv4 range, e.g. `0.0.0.0/0`. */
  cidr: string;
  target: RouteTarget;
  /** Id of the target; absent for `local`. */
  targetId?: string;
}
/** Routes of some subnets. */
export interface RouteTable extends CloudResource {
  state: ResourceState;
  networkId: string;
  routes: Route[];
  subnetIds: string[];
}
export interface CreateRouteTable extends CreateRequest { networkId: string }
/** Capability `route-table`. */
export interface RouteTableHandlers extends Lifecycle<RouteTable, CreateRouteTable> {
  /** Makes the routes exactly these, beside the cloud's own `local` ones; may be repeated. */
  setRoutes(request: ById & { routes: Route[] }, signal: AbortSignal): Promise<RouteTable>;
  /** Makes it the table of exactly these subnets; others fall back to the network's main table. */
  setSubnets(request: ById & { subnetIds: string[] }, signal: AbortSignal): Promise<RouteTable>;
}
