import { Accounts } from './accounts.js';
import type { Step } from './step.js';
import { WorldError } from './types.js';

/** A key as it is told, once. */
export interface NewKey { keyId: string; secret: string }

function issue(step: Step, principal: string, expiresAt?: number): NewKey {
  const { engine, call } = step;
  const keyId = Accounts.keyId(engine.chance.hex(call.cloud, 'global', 20), expiresAt === undefined);
  engine.issued.add({ cloud: call.cloud, keyId, account: call.account, principal, ...(expiresAt !== undefined && { expiresAt }) });
  return { keyId, secret: engine.accounts.secretOf(call.cloud, keyId) };
}

/** Most keys of one user. */
const MOST_KEYS = 2;

/** A new long-lived key of a user. @throws WorldError QUOTA_EXCEEDED. */
export function createKey(step: Step, userId: string): NewKey {
  const user = step.findStaying('iam-user', userId);
  if (user.attributes.keyIds.length >= MOST_KEYS) throw new WorldError('QUOTA_EXCEEDED', `the user '${userId}' has ${MOST_KEYS} keys`, { kind: 'iam-user', id: userId, reason: 'keys' });
  const key = issue(step, `user/${user.name}`);
  user.attributes.keyIds = [...user.attributes.keyIds, key.keyId];
  step.touch(user);
  return key;
}

/** Repeatable. */
export function deleteKey(step: Step, userId: string, keyId: string): void {
  const user = step.find('iam-user', userId);
  if (!user.attributes.keyIds.includes(keyId)) return;
  user.attributes.keyIds = user.attributes.keyIds.filter((each) => each !== keyId);
  step.engine.issued.revoke(step.call.cloud, keyId);
  step.touch(user);
}

/** A key that speaks for a role for a while. @throws WorldError UNSUPPORTED where the cloud's roles are taken otherwise. */
export function assume(step: Step, roleId: string, durationMs: number, sessionName: string): NewKey & { expiresAt: number } {
  const role = step.findStaying('iam-role', roleId);
  if (!step.personality.services.assumesRoles) throw new WorldError('UNSUPPORTED', `roles of ${step.personality.title} are not taken by a call`, { kind: 'iam-role', reason: 'NotOffered' });
  const expiresAt = step.engine.date() + durationMs;
  step.touch(role);
  return { ...issue(step, `role/${role.name}/${sessionName}`, expiresAt), expiresAt };
}
