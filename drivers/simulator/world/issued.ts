/** A key that somebody was given beside the account's own. */
export interface IssuedKey { cloud: string; keyId: string; account: string; /** Identity that it speaks for, e.g. `user/backup`. */ principal: string; /** Milliseconds of the clouds' date. */ expiresAt?: number }

/** Keys of users and of roles that were taken for a while, and until when a key holds. Their secrets are derived as those of accounts are, so none is kept. */
export class Issued {
  readonly #keys = new Map<string, IssuedKey>();
  /** When keys of either sort end, by `cloud/keyId`. */
  readonly #ends = new Map<string, number>();

  add(key: IssuedKey): void {
    this.#keys.set(`${key.cloud}/${key.keyId}`, key);
  }

  find(cloud: string, keyId: string): IssuedKey | undefined {
    return this.#keys.get(`${cloud}/${keyId}`);
  }

  revoke(cloud: string, keyId: string): void {
    this.#keys.delete(`${cloud}/${keyId}`);
  }

  /** Lets a key end at a time; undefined takes that back. */
  expire(cloud: string, keyId: string, at: number | undefined): void {
    if (at === undefined) this.#ends.delete(`${cloud}/${keyId}`);
    else this.#ends.set(`${cloud}/${keyId}`, at);
  }

  /** When a key ends; undefined is never. */
  endOf(cloud: string, keyId: string): number | undefined {
    const own = this.find(cloud, keyId)?.expiresAt, set = this.#ends.get(`${cloud}/${keyId}`);
    return own === undefined ? set : Math.min(own, set ?? own);
  }

  clear(): void {
    this.#keys.clear();
    this.#ends.clear();
  }

  save(): { keys: IssuedKey[]; ends: [string, number][] } {
    return { keys: [...this.#keys.values()], ends: [...this.#ends] };
  }

  load({ keys, ends }: { keys: IssuedKey[]; ends: [string, number][] }): void {
    for (const key of keys) this.add(key);
    for (const [key, at] of ends) this.#ends.set(key, at);
  }
}
