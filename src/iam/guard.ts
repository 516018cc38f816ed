import { type CanActivate, type ExecutionContext, Inject, Injectable, type OnApplicationBootstrap, createParamDecorator } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { Problem } from '../kernel/problem.js';
import { type CallerScope, PERMISSION_MARK, PUBLIC_MARK } from '../platform/index.js';
import { Iam, type Principal } from './iam.js';
import { allows } from './roles.js';
import { Sessions } from './sessions.js';
import { Tokens } from './tokens.js';

interface Request { method?: string; headers: Record<string, unknown>; principal?: Principal; scope?: CallerScope }

/** The caller of a route; only on routes that are not public. */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<Request>();
  if (!principal) throw new Error('CurrentPrincipal on a public route');
  return principal;
});

/** The one guard of all routes: who are you, and may you do this? The server does not start while a route carries no mark. */
@Injectable()
export class IamGuard implements CanActivate, OnApplicationBootstrap {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(Tokens) private readonly tokens: Tokens,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(Iam) private readonly iam: Iam,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_MARK, targets)) return true;
    const request = context.switchToHttp().getRequest<Request>();
    // A bearer token goes before a cookie: whoever sends one means it.
    const session = request.headers.authorization === undefined ? this.sessions.authenticate(request) : undefined;
    const { userId, expiresAt } = session ?? (await this.tokens.authenticate(request));
    const [principal, ended] = await Promise.all([this.iam.principal(userId), session && this.iam.endedSessions([session.id])]);
    if (session && ended?.has(session.id)) throw new Problem('UNAUTHENTICATED', 'This session was ended: log in again.');
    request.principal = principal;
    request.scope = { userId, expiresAt, whileOpen: (end) => (session ? this.iam.whileOpen(session.id, end) : () => undefined), workspaceIds: () => this.iam.workspaceIds(principal) };
    const permission = this.reflector.getAllAndOverride<string | undefined>(PERMISSION_MARK, targets);
    if (permission === undefined || !allows(principal.role, permission)) {
      throw new Problem('FORBIDDEN', `The role "${principal.role}" does not hold the permission "${permission}": ask an administrator for a role that does.`);
    }
    return true;
  }

  onApplicationBootstrap(): void {
    const unmarked = this.discovery.getControllers().flatMap(({ metatype, instance }) => unmarkedRoutes(metatype as (new () => object) | null, instance as object));
    if (unmarked.length > 0) throw new Error(`These routes carry neither @Permission nor @Public: ${unmarked.join(', ')}`);
  }
}

/** Names of a controller's routes that carry no mark. */
export function unmarkedRoutes(metatype: (new () => object) | null, instance: object): string[] {
  const prototype = Object.getPrototypeOf(instance) as Record<string, unknown>;
  const marked = (target: object): boolean => [PERMISSION_MARK, PUBLIC_MARK].some((key) => Reflect.getMetadata(key, target) !== undefined);
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    if (typeof handler !== 'function' || !Reflect.hasMetadata('path', handler) || name === 'constructor') return [];
    return marked(handler) || (metatype && marked(metatype)) ? [] : [`${metatype?.name ?? '?'}.${name}`];
  });
}
