import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const COST = { N: 32_768, r: 8, p: 1 };

const derive = (password: string, salt: Buffer, { N, r, p }: typeof COST): Promise<Buffer> =>
  new Promise((done, failed) => scrypt(password.normalize('NFKC'), salt, 32, { N, r, p, maxmem: 64 * 1024 * 1024 }, (error, key) => (error ? failed(error) : done(key))));

/** Hashes a password with scrypt (RFC 7914), a salt of its own, and the cost written beside it. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), (await derive(password, salt, COST)).toString('base64')].join('$');
}

/** Whether the password is the one that was hashed; takes the same time for a missing hash, so that names cannot be guessed. */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, N, r, p, salt, expected] = (hash ?? `scrypt$${COST.N}$${COST.r}$${COST.p}$${Buffer.alloc(16).toString('base64')}$${Buffer.alloc(32).toString('base64')}`).split('$');
  const derived = await derive(password, Buffer.from(salt ?? '', 'base64'), { N: Number(N), r: Number(r), p: Number(p) });
  return timingSafeEqual(derived, Buffer.from(expected ?? '', 'base64')) && hash !== undefined;
}
