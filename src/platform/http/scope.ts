import { type ExecutionContext, createParamDecorator } from '@nestjs/common';

/** What the platform knows of a caller: it has no notion of users or roles, so the guard hands it this. */
export interface CallerScope {
  userId: string;
  /** End of the access token; a stream ends then. */
  expiresAt: Date;
  /** Has `end` called when the caller's session is ended before its time, wherever that was, within ten seconds; gives how to be told no more. For what stays open longer than a request. */
  whileOpen(end: () => void): () => void;
  /** Workspaces whose things the caller may see; `all` for an administrator. */
  workspaceIds(): Promise<string[] | 'all'>;
}

/** The {@link CallerScope} of a route; only on routes that are not public. */
export const CurrentScope = createParamDecorator((_data: unknown, context: ExecutionContext): CallerScope => {
  const { scope } = context.switchToHttp().getRequest<{ scope?: CallerScope }>();
  if (!scope) throw new Error('CurrentScope on a public route');
  return scope;
});

/** Whether something of this workspace may be seen. */
export async function maySee(scope: CallerScope, workspaceId: string): Promise<boolean> {
  const ids = await scope.workspaceIds();
  return ids === 'all' || ids.includes(workspaceId);
}
