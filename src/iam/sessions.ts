import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { parse, serialize } from 'cookie';
import jwt from 'jsonwebtoken';
import { Problem } from '../kernel/problem.js';
import { CONFIG, type Config } from '../platform/index.js';
import { Tokens } from './tokens.js';

/** Name of the cookie; scripts of a page cannot read it, and no other site's page can have it sent. */
export const SESSION_COOKIE = 'mcmp_session';
/** Header that carries the CSRF token with everything that is no GET. */
export const CSRF_HEADER = 'x-csrf-token';
const AUDIENCE = 'session';
const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/** What a session says of itself. */
export interface Session { id: string; userId: string; csrfToken: string; expiresAt: Date }

interface Request { method?: string; headers: Record<string, unknown> }

/**
 * Sessions of the portal: a signed token in an HttpOnly, SameSite=Strict cookie, and a CSRF token that is made from it, which a page must send back in a header with whatever changes something.
 * Nothing is kept of one on the server but that it was ended, so that every server on one database knows every session.
 */
@Injectable()
export class Sessions {
  constructor(@Inject(Tokens) private readonly tokens: Tokens, @Inject(CONFIG) private readonly config: Config) {}

  /** Begins a session: the cookie to set (`secure` where the page came by https), and the session. */
  begin(userId: string, secure: boolean): { cookie: string; session: Session } {
    const maxAge = this.config.sessionTtlSeconds;
    const id = randomBytes(16).toString('base64url');
    const token = this.tokens.sign({ subject: userId, audience: AUDIENCE, jwtid: id, expiresIn: maxAge });
    return { cookie: this.cookie(token, maxAge, secure), session: { id, userId, csrfToken: this.csrfToken(id), expiresAt: new Date((Math.floor(Date.now() / 1000) + maxAge) * 1000) } };
  }

  /** The cookie that ends a session in the browser. */
  endCookie(secure: boolean): string {
    return this.cookie('', 0, secure);
  }

  /** The session of a request's cookie; undefined where it has none or one that is over. */
  find(request: Request): Session | undefined {
    const { cookie } = request.headers;
    const token = typeof cookie === 'string' ? parse(cookie)[SESSION_COOKIE] : undefined;
    if (!token) return undefined;
    try {
      const { sub, exp, jti } = this.tokens.open(token, AUDIENCE) as jwt.JwtPayload;
      return sub !== undefined && exp !== undefined && jti !== undefined ? { id: jti, userId: sub, csrfToken: this.csrfToken(jti), expiresAt: new Date(exp * 1000) } : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * The session of a request, if it may do what it asks.
   * @throws Problem FORBIDDEN where something would be changed without the session's CSRF token, or another site's page opens a WebSocket.
   */
  authenticate(request: Request): Session | undefined {
    const session = this.find(request);
    if (session && String(request.headers.upgrade ?? '').toLowerCase() === 'websocket') refuseOtherOrigin(request);
    if (!session || SAFE.includes(request.method ?? '')) return session;
    const given = Buffer.from(String(request.headers[CSRF_HEADER] ?? ''));
    const right = Buffer.from(session.csrfToken);
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw new Problem('FORBIDDEN', `The header "${CSRF_HEADER}" is missing or not that of this session: GET /v1/auth/session tells it.`);
    return session;
  }

  private csrfToken(id: string): string {
    return createHmac('sha256', this.tokens.derive('csrf')).update(id).digest('base64url');
  }

  private cookie(value: string, maxAge: number, secure: boolean): string {
    return serialize(SESSION_COOKIE, value, { httpOnly: true, sameSite: 'strict', path: '/', maxAge, secure });
  }
}

/** Browsers let every page open a WebSocket anywhere, and say only from where: a session's must come from this server's own pages. @throws Problem FORBIDDEN. */
function refuseOtherOrigin({ headers }: Request): void {
  // A proxy may have changed Host; no page can set the header in which it then says so.
  const hosts = [headers['x-forwarded-host'], headers.host].filter((host) => typeof host === 'string');
  const origin = typeof headers.origin === 'string' && URL.canParse(headers.origin) ? new URL(headers.origin).host : undefined;
  if (origin === undefined || !hosts.includes(origin)) throw new Problem('FORBIDDEN', 'A WebSocket with a session may be opened by pages of this server only: the header "Origin" is missing or another. Programs send a bearer token instead.');
}
