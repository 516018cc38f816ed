import type { Lifecycle } from './network.js';
import type { ById, CloudResource, CreateRequest, ResourceState } from './shapes.js';

/** A user of the cloud account. Global; calls still name a region. */
export interface IamUser extends CloudResource {
  state: ResourceState;
  /** Ids of policies on it. */
  policyIds: string[];
  /** Ids of its access keys, without their secrets. */
  keyIds: string[];
}
/** Capability `iam-user`. */
export interface IamUserHandlers extends Lifecycle<IamUser, CreateRequest> {
  /** A new long-lived key. Not repeated by the host: look at `keyIds` first. The secret is told once. */
  createKey(request: ById, signal: AbortSignal): Promise<{ keyId: string; secret: string }>;
  deleteKey(request: ById & { keyId: string }, signal: AbortSignal): Promise<void>;
  /** Makes the policies exactly these; may be repeated. */
  setPolicies(request: ById & { policyIds: string[] }, signal: AbortSignal): Promise<IamUser>;
}

/** A role that others take for a while. */
export interface IamRole extends CloudResource {
  state: ResourceState;
  policyIds: string[];
  /** Who may take it, in the provider's own form (JSON text where it is a document). */
  trust: string;
}
export interface CreateIamRole extends CreateRequest { trust: string; description?: string }
/** Capability `iam-role`. */
export interface IamRoleHandlers extends Lifecycle<IamRole, CreateIamRole> {
  setPolicies(request: ById & { policyIds: string[] }, signal: AbortSignal): Promise<IamRole>;
  /** A short-lived credential of the role, as values of the manifest's credential fields. A secret. */
  assume?(request: ById & { durationSeconds: number; sessionName: string }, signal: AbortSignal): Promise<{ credential: Record<string, string>; expiresAt: string }>;
}

