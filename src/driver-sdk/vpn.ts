import type { Lifecycle } from './network.js';
import type { CloudResource, CreateRequest, ResourceState } from './shapes.js';

/** The cloud's end of site-to-site tunnels. */
export interface VpnGateway extends CloudResource {
  state: ResourceState;
  networkId: string;
  /** Addresses that a peer dials; may come with the first connection only. */
  addresses: string[];
  /** Autonomous system number for BGP, where the cloud has one. */
  asn?: number;
}
export interface CreateVpnGateway extends CreateRequest {
  networkId: string;
  /** A subnet to stand in, for clouds that want one. */
  subnetId?: string;
  asn?: number;
}
/** Capability `vpn-gateway`. */
export type VpnGatewayHandlers = Lifecycle<VpnGateway, CreateVpnGateway>;

/** IPsec tunnels (IKEv2) from a gateway to one peer. */
export interface VpnConnection extends CloudResource {
  state: ResourceState;
  vpnGatewayId: string;
  peerAddress: string;
  /** Ranges behind the peer, as static routes. */
  peerCidrs: string[];
  tunnels: VpnTunnel[];
}
/** One tunnel. The shared key is never told. */
export interface VpnTunnel {
  /** The cloud's outer address. */
  address: string;
  /** The /30 within the tunnel, where the cloud sets one. */
  insideCidr?: string;
  up: boolean;
}
export interface CreateVpnConnection extends CreateRequest {
  vpnGatewayId: string;
  peerAddress: string;
  peerCidrs: string[];
  /** Ranges of our side, for clouds that want them named. */
  localCidrs: string[];
  /** 8 to 64 letters, digits, `.` and `_`; a secret. The platform makes it, so that both ends know it. */
  preSharedKey: string;
}
/** Capability `vpn-connection`. */
export type VpnConnectionHandlers = Lifecycle<VpnConnection, CreateVpnConnection>;
