import type { Iam, Principal } from '../../iam/index.js';
import { Problem } from '../../kernel/problem.js';

/** The workspace that was named, or the only one that the caller has. @throws Problem NOT_FOUND, INVALID_REQUEST. */
export async function workspaceFor(iam: Iam, principal: Principal, id: string | undefined): Promise<string> {
  const { items } = await iam.listWorkspaces(principal, { pageSize: 10_000 });
  const refuse = (code: 'NOT_FOUND' | 'INVALID_REQUEST', detail: string, rule: string): never => {
    throw new Problem(code, detail, { errors: [{ field: 'workspaceId', rule, help: 'GET /v1/workspaces lists yours' }] });
  };
  if (id !== undefined) return items.some((workspace) => workspace.id === id) ? id : refuse('NOT_FOUND', `There is no workspace ${id} that you may see.`, 'must be a workspace that you are a member of');
  const [only, another] = items;
  if (!only) return refuse('INVALID_REQUEST', 'You are in no workspace: ask an administrator to add you to one.', 'is required');
  return another ? refuse('INVALID_REQUEST', `You have ${items.length} workspaces: name the one that the connection is for.`, 'is required where you have several workspaces') : only.id;
}
