import { RESOURCE_KINDS } from '@mcmp/driver-sdk';
import type { ResourceKind } from '@mcmp/driver-sdk';

/** All kinds but these. */
export const without = (...kinds: ResourceKind[]): ResourceKind[] => RESOURCE_KINDS.filter((kind) => !kinds.includes(kind));
/** Kinds whose names are taken once in nearly every cloud: a key pair of a person, a bucket of the whole cloud, an identity of the account. */
export const NAMED: ResourceKind[] = ['key-pair', 'bucket', 'iam-user', 'iam-role'];
