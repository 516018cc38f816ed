import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ACCOUNT = /^[a-z0-9-]{1,32}$/;
const NUMBER = /^\d{12}$/;
const CHECK_LENGTH = 8;
const PREFIX = 'AKIA';

/**
 * Keys of accounts that exist as soon as they are asked for: the access key holds the account's name and a check, the secret is derived from both and the box's seed.
 * So nothing has to be remembered, and a box started anew with the same seed knows its callers. A 12-digit account has a key of 20 characters, as AWS's are.
 */
export class Accounts {
  constructor(private readonly seed: number) {}

  /** @throws Error where the name is no account name. */
  credential(cloud: string, account: string): { accessKeyId: string; secretKey: string } {
    if (!ACCOUNT.test(account)) throw new Error(`an account is named by ${ACCOUNT.source}, not ${JSON.stringify(account)}`);
    const name = NUMBER.test(account) ? base32(bytesOf(Number(account))) : base32(Buffer.from(account));
    return { accessKeyId: PREFIX + name + this.#check(cloud, account), secretKey: this.#derive(`secret/${cloud}/${account}`).toString('base64').slice(0, 40) };
  }

  /** The secret of a key that was issued beside the account's own. */
  secretOf(cloud: string, keyId: string): string {
    return this.#derive(`issued/${cloud}/${keyId}`).toString('base64').slice(0, 40);
  }

  /** The id of such a key, from hex digits; its prefix says whether it lasts. */
  static keyId(hex: string, lasting: boolean): string {
    return (lasting ? PREFIX : 'ASIA') + base32(Buffer.from(hex, 'hex')).slice(0, 16);
  }

  /** The account of a key; undefined where the key was made by nobody, for another cloud, or by another box. */
  accountOf(cloud: string, accessKeyId: string): { account: string; secretKey: string } | undefined {
    if (!accessKeyId.startsWith(PREFIX) || accessKeyId.length > 80) return undefined;
    const bytes = unbase32(accessKeyId.slice(PREFIX.length, -CHECK_LENGTH));
    const names = bytes.length === 5 ? [String(bytes.readUIntBE(0, 5)).padStart(12, '0'), bytes.toString('latin1')] : [bytes.toString('latin1')];
    for (const account of names.filter((name) => ACCOUNT.test(name))) {
      const known = this.credential(cloud, account);
      if (known.accessKeyId === accessKeyId) return { account, secretKey: known.secretKey };
    }
    return undefined;
  }

  #check(cloud: string, account: string): string {
    return base32(this.#derive(`key/${cloud}/${account}`)).slice(0, CHECK_LENGTH);
  }

  #derive(what: string): Buffer {
    return createHmac('sha256', `cloud in a box ${this.seed}`).update(what).digest();
  }
}

function bytesOf(account: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUIntBE(account, 0, 5);
  return bytes;
}

function base32(bytes: Buffer): string {
  let text = '', held = 0, bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) text += ALPHABET[(held >>> (bits -= 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

function unbase32(text: string): Buffer {
  const bytes: number[] = [];
  let held = 0, bits = 0;
  for (const sign of text) {
    held = (held << 5) | Math.max(0, ALPHABET.indexOf(sign));
    bits += 5;
    if (bits >= 8) bytes.push((held >>> (bits -= 8)) & 255);
    held &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}
