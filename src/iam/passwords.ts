import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Problem } from '../kernel/problem.js';

const COST = { N: 32_768, r: 8, p: 1 };

/** Node's pool has four threads, which signing in to PostgreSQL needs as well: half of them stay free, or a flood of logins would cut the server off from its database. */
const AT_ONCE = 2;
/** About ten seconds of work on one core. */
const MOST_WAITING = 100;
let running = 0;
const waiting: (() => void)[] = [];

/** Derives a key when it is its turn. @throws Problem RATE_LIMITED where too many wait. */
async function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  if (running >= AT_ONCE) {
    if (waiting.length >= MOST_WAITING) throw new Problem('RATE_LIMITED', 'Too many people log in just now: repeat the request in a few seconds.', { retryAfterSeconds: 5 });
    await new Promise<void>((turn) => waiting.push(turn));
  } else running += 1;
  try {
    return await deriveNow(password, salt, cost);
  } finally {
    // The turn goes to the next one as it is; without one a place is free.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

const deriveNow = (password: string, salt: Buffer, { N, r, p }: typeof COST): Promise<Buffer> =>
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
