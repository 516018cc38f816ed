import { createHash } from 'node:crypto';
import { WorldError } from './types.js';
import type { Thing } from './types.js';

interface Remembered { fingerprint: string; things: Thing[] }

/** What each idempotency token made. A token is kept after its things have gone, so that a late repeat does not make them again. */
export class Tokens {
  readonly #tokens = new Map<string, Remembered>();
  constructor(private readonly capacity = 100_000) {}

  /** The things of the first time; undefined for a new token. @throws WorldError INVALID_REQUEST, reason `token-mismatch`, for another request. */
  find(key: string, request: unknown): Thing[] | undefined {
    const known = this.#tokens.get(key);
    if (known && known.fingerprint !== fingerprintOf(request)) {
      throw new WorldError('INVALID_REQUEST', 'the idempotency token was used before, by another request', { field: 'token', reason: 'token-mismatch' });
    }
    return known?.things;
  }

  remember(key: string, request: unknown, things: Thing[]): void {
    this.#tokens.set(key, { fingerprint: fingerprintOf(request), things });
    if (this.#tokens.size > this.capacity) for (const oldest of [...this.#tokens.keys()].slice(0, this.capacity / 10)) this.#tokens.delete(oldest);
  }

  clear(): void {
    this.#tokens.clear();
  }

  save(): [key: string, fingerprint: string, things: Thing[]][] {
    return [...this.#tokens].map(([key, { fingerprint, things }]) => [key, fingerprint, things]);
  }

  /** `alive` gives the thing that now stands for a saved one. */
  load(saved: [key: string, fingerprint: string, things: Thing[]][], alive: (thing: Thing) => Thing): void {
    for (const [key, fingerprint, things] of saved) this.#tokens.set(key, { fingerprint, things: things.map(alive) });
  }
}

/** The same for the same request, whatever the order of its members. */
function fingerprintOf(request: unknown): string {
  const sorted = JSON.stringify(request, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) : value);
  return createHash('sha256').update(sorted).digest('base64url');
}
