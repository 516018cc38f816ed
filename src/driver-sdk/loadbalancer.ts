import type { Lifecycle } from './network.js';
import type { ById, CloudResource, CreateRequest, ResourceState } from './shapes.js';

/** How a target is asked whether it is well. */
export interface HealthCheck {
  protocol: 'tcp' | 'http' | 'https';
  /** Absent asks the target's own port. */
  port?: number;
  /** For http and https, e.g. `/health`. */
  path?: string;
  intervalSeconds: number;
  timeoutSeconds: number;
  /** So many good answers make a target well. */
  healthyThreshold: number;
  /** So many bad ones make it ill. */
  unhealthyThreshold: number;
}

/** One port that is listened on, and where its traffic goes. */
export interface Listener {
  protocol: 'tcp' | 'udp' | 'http' | 'https';
  port: number;
  /** Port of the targets. */
  targetPort: number;
  /** Absent is the protocol of the listener without its encryption. */
  targetProtocol?: 'tcp' | 'udp' | 'http' | 'https';
  /** The provider's id of a certificate, for https. */
  certificateId?: string;
  healthCheck: HealthCheck;
}

/** A load balancer with its listeners and targets, as one thing: clouds build it of one object or of five. */
export interface LoadBalancer extends CloudResource {
  state: ResourceState;
  /** `network` passes packets of layer 4, `application` understands HTTP. */
  type: 'network' | 'application';
  scheme: 'public' | 'internal';
  networkId?: string;
  subnetIds: string[];
  /** IP address or DNS name that clients dial; absent until the cloud gave one. */
  address?: string;
  listeners: Listener[];
  /** VMs that take the traffic, the same for all listeners. */
  vmIds: string[];
}
export interface CreateLoadBalancer extends CreateRequest {
  type: 'network' | 'application';
  scheme: 'public' | 'internal';
  networkId: string;
  /** One or more; application ones of some clouds need two in different zones. */
  subnetIds: string[];
  /** For clouds whose load balancers have groups. */
  securityGroupIds?: string[];
  listeners: Listener[];
  vmIds: string[];
}
/** Health of one VM behind one listener. */
export interface TargetHealth {
  vmId: string;
  port: number;
  state: 'healthy' | 'unhealthy' | 'pending' | 'draining' | 'unknown';
  /** The provider's words. */
  reason?: string;
}
/** Capability `load-balancer`. `delete` takes all its parts along. */
export interface LoadBalancerHandlers extends Lifecycle<LoadBalancer, CreateLoadBalancer> {
  /** Makes the listeners exactly these; may be repeated. */
  setListeners(request: ById & { listeners: Listener[] }, signal: AbortSignal): Promise<LoadBalancer>;
  /** Makes the targets exactly these VMs; may be repeated. */
  setTargets(request: ById & { vmIds: string[] }, signal: AbortSignal): Promise<LoadBalancer>;
  health(request: ById, signal: AbortSignal): Promise<{ items: TargetHealth[] }>;
}
