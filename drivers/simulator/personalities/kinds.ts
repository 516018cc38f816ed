import { RESOURCE_KINDS } from '@mcmp/driver-sdk';
import type { Kind } from '../world/types.js';

/** All kinds but these. */
export const without = (...kinds: Kind[]): Kind[] => RESOURCE_KINDS.filter((kind) => !kinds.includes(kind));
/** Kinds whose names are taken once in nearly every cloud: a key pair of a person, a bucket of the whole cloud, an identity of the account. */
export const NAMED: Kind[] = ['key-pair', 'bucket', 'iam-user', 'iam-role'];
