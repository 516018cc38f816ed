import { createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import passportJwt from 'passport-jwt';
import { Problem } from '../kernel/problem.js';
import { CONFIG, type Config, Database, Secrets } from '../platform/index.js';
import { SigningKeyRow } from './iam.entities.js';

const ISSUER = 'mcmp';
const WHY: [RegExp, string][] = [
  [/expired/, 'The access token has expired: get a new one with POST /v1/auth/token.'],
  [/No auth token/, 'No access token: send the header "Authorization: Bearer <token>"; POST /v1/auth/token gives one.'],
  [/./, 'The access token is not valid here: get a new one with POST /v1/auth/token.'],
];

/** Signs and checks access tokens (JWT, HS256) with a key that all servers on one database share. */
@Injectable()
export class Tokens implements OnModuleInit {
  private key = '';
  constructor(@Inject(Database) private readonly database: Database, @Inject(Secrets) private readonly secrets: Secrets, @Inject(CONFIG) private readonly config: Config) {}

  async onModuleInit(): Promise<void> {
    const rows = this.database.dataSource.getRepository(SigningKeyRow);
    const sealed = this.secrets.seal(randomBytes(32).toString('base64'), 'iam:signing-key');
    await rows.createQueryBuilder().insert().values({ id: 1, sealed }).orIgnore().execute();
    this.key = this.secrets.open((await rows.findOneByOrFail({ id: 1 })).sealed, 'iam:signing-key');
  }

  /** A token for the user, and its life in seconds. */
  issue(userId: string): { accessToken: string; tokenType: 'Bearer'; expiresIn: number } {
    const expiresIn = this.config.tokenTtlSeconds;
    return { accessToken: this.sign({ subject: userId, expiresIn }), tokenType: 'Bearer', expiresIn };
  }

  /** Signs a token with these claims. */
  sign(claims: { subject: string; expiresIn: number; audience?: string; jwtid?: string }): string {
    return jwt.sign({}, this.key, { ...claims, issuer: ISSUER, algorithm: 'HS256' });
  }

  /** The claims of a token for this audience. @throws Error where it is expired, for another one, or not ours. */
  open(token: string, audience: string): jwt.JwtPayload | string {
    return jwt.verify(token, this.key, { audience, issuer: ISSUER, algorithms: ['HS256'] });
  }

  /** A key for another purpose, equal on all servers. */
  derive(purpose: string): Buffer {
    return createHmac('sha256', this.key).update(purpose).digest();
  }

  /** The user id in a request's bearer token, and when it ends. @throws Problem UNAUTHENTICATED that says what is wrong with it. */
  authenticate(request: { headers: Record<string, unknown> }): Promise<{ userId: string; expiresAt: Date }> {
    return new Promise((done, failed) => {
      const refuse = (info: unknown): void => {
        const text = info instanceof Error ? info.message : String(info);
        failed(new Problem('UNAUTHENTICATED', (WHY.find(([pattern]) => pattern.test(text)) as [RegExp, string])[1]));
      };
      const strategy = new passportJwt.Strategy(
        { jwtFromRequest: passportJwt.ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: this.key, algorithms: ['HS256'], issuer: ISSUER },
        (payload: { sub?: string; exp?: number; aud?: unknown }, verified: (error: unknown, user?: unknown, info?: unknown) => void) =>
          verified(null, payload.sub !== undefined && payload.exp !== undefined && payload.aud === undefined ? { userId: payload.sub, expiresAt: new Date(payload.exp * 1000) } : false),
      );
      // Passport gives a strategy these by hand; there is one strategy, so its middleware is not needed.
      Object.assign(strategy, { success: done, fail: refuse, error: failed });
      strategy.authenticate(request as never);
    });
  }
}
