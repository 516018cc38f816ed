import type { ById, CloudResource, CreateRequest, ListRequest, Page, ResourceState } from './shapes.js';

/** A virtual network that reaches the internet: gateway and routes are part of it, so one create makes and one delete removes them all. */
export interface Network extends CloudResource {
  state: ResourceState;
  /** IPv4 range; absent where the cloud gives only subnets one. */
  cidr?: string;
}
/** A subnet of a network. */
export interface Subnet extends CloudResource {
  state: ResourceState;
  networkId: string;
  cidr: string;
  /** Absent where subnets span the region. */
  zone?: string;
}
/** One rule that lets traffic in or out. */
export interface SecurityRule {
  direction: 'ingress' | 'egress';
  protocol: 'tcp' | 'udp' | 'icmp' | 'all';
  /** First and last port; absent for icmp and all. */
  fromPort?: number;
  toPort?: number;
  cidr: string;
}
/** A named set of rules on VMs. Clouds without groups (firewall rules, port forwarding) emulate it under this one shape. */
export interface SecurityGroup extends CloudResource {
  state: ResourceState;
  networkId?: string;
  rules: SecurityRule[];
}
/** A public key that VMs take. */
export interface KeyPair extends CloudResource {
  state: ResourceState;
  fingerprint?: string;
}
/** A public address of its own. */
export interface PublicIp extends CloudResource {
  state: ResourceState;
  address: string;
  vmId?: string;
}

export interface CreateNetwork extends CreateRequest { cidr: string }
export interface CreateSubnet extends CreateRequest { networkId: string; cidr: string; zone?: string }
export interface CreateSecurityGroup extends CreateRequest { networkId: string; description: string; rules: SecurityRule[] }
export interface CreateKeyPair extends CreateRequest {
  /** OpenSSH line; the platform makes the pair itself, so no private key ever travels. */
  publicKey: string;
}

/** Create, read and delete of one kind. `create` resumes where an earlier call of the same token stopped half-way. `delete` of a thing that is gone succeeds. */
export interface Lifecycle<T, C> {
  create(request: C, signal: AbortSignal): Promise<T>;
  /** NOT_FOUND where it does not exist. */
  get(request: ById, signal: AbortSignal): Promise<T>;
  list(request: ListRequest, signal: AbortSignal): Promise<Page<T>>;
  /** Returns as soon as the cloud took the request; the host looks until it is gone. */
  delete(request: ById, signal: AbortSignal): Promise<void>;
}
/** Capability `network`. */
export type NetworkHandlers = Lifecycle<Network, CreateNetwork>;
/** Capability `subnet`. */
export type SubnetHandlers = Lifecycle<Subnet, CreateSubnet>;
/** Capability `security-group`. */
export interface SecurityGroupHandlers extends Lifecycle<SecurityGroup, CreateSecurityGroup> {
  /** Makes the rules exactly these; may be repeated. */
  setRules(request: ById & { rules: SecurityRule[] }, signal: AbortSignal): Promise<SecurityGroup>;
}
/** Capability `key-pair`. */
export type KeyPairHandlers = Lifecycle<KeyPair, CreateKeyPair>;
/** Capability `public-ip`. */
export interface PublicIpHandlers extends Lifecycle<PublicIp, CreateRequest> {
  associate(request: ById & { vmId: string }, signal: AbortSignal): Promise<PublicIp>;
  disassociate(request: ById, signal: AbortSignal): Promise<PublicIp>;
}
