import { randomBytes } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import type { EntityManager } from 'typeorm';
import { newId } from '../kernel/ids.js';
import { SigningKeyRow, type UserRow } from './iam.entities.js';

const ISSUER = 'mcmp';

/** Claims of an access token (RFC 7519). */
export interface TokenClaims {
  /** User id. */
  sub: string;
  name: string;
  role: string;
  /** The user's token epoch when the token was made. */
  epoch: number;
}

/** What seals the signing key; the platform's `Secrets` fits. */
interface Sealer {
  seal(plain: string, context: string): string | Promise<string>;
  open(record: string, context: string): string | Promise<string>;
}

/** Options by which a verifier takes our tokens and no others; the algorithm is pinned, so that `none` and RS256 fail. */
export const TOKEN_RULES = { algorithms: ['HS256' as const], issuer: ISSUER };

/** Makes access tokens and knows the keys that check them. */
export class Tokens {
  private readonly keys = new Map<string, string>();
  private currentId: string | undefined;

  constructor(private readonly secrets: Sealer, readonly ttlSeconds: number) {}

  /** Reads the signing keys, and makes the first one; the caller holds the lock of first start. */
  async load(rows: EntityManager): Promise<void> {
    let stored = await rows.find(SigningKeyRow, { order: { id: 'ASC' } });
    if (stored.length === 0) {
      const id = newId();
      await rows.insert(SigningKeyRow, { id, sealed: await this.secrets.seal(randomBytes(32).toString('base64'), `signing-key:${id}`) });
      stored = await rows.find(SigningKeyRow);
    }
    for (const row of stored) this.keys.set(row.id, await this.secrets.open(row.sealed, `signing-key:${row.id}`));
    this.currentId = stored.at(-1)?.id;
  }

  /** Makes an access token for a user; it ends after `ttlSeconds`, or at once when the user's epoch rises. */
  issue(user: Pick<UserRow, 'id' | 'username' | 'role' | 'tokenEpoch'>): string {
    const key = this.currentId === undefined ? undefined : this.keys.get(this.currentId);
    if (key === undefined || this.currentId === undefined) throw new Error('Tokens were asked for before the signing key was read');
    const claims = { name: user.username, role: user.role, epoch: user.tokenEpoch };
    return jsonwebtoken.sign(claims, key, { algorithm: 'HS256', subject: user.id, issuer: ISSUER, expiresIn: this.ttlSeconds, keyid: this.currentId });
  }

  /** The key that a token names in its header, if it is one of ours. */
  findKey(token: string): string | undefined {
    const header = jsonwebtoken.decode(token, { complete: true })?.header;
    return header?.kid === undefined ? undefined : this.keys.get(header.kid);
  }
}
