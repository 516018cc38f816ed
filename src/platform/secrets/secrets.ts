import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Encrypts with AES-256-GCM: 12 bytes nonce, 16 bytes tag, then the text. */
function encrypt(key: Buffer, plain: Buffer, context: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}

/**
 * Seals secrets by envelope encryption: each record has a data key of its own, which the master key wraps.
 * A record reads `v1.<master key id>.<wrapped data key>.<sealed text>`, the last two in base64url.
 */
export class Secrets {
  private readonly masterKeyId: string;
  constructor(private readonly masterKey: Buffer) {
    if (masterKey.length !== 32) throw new Error('The master key must have 32 bytes');
    this.masterKeyId = createHash('sha256').update('mcmp-key-id').update(masterKey).digest('hex').slice(0, 8);
  }

  /** Takes the master key from the configuration, or from a file of mode 0600 in the data folder that is made on first use. */
  static fromConfig(config: { secretKey: string | undefined; dataDir: string }): Secrets {
    if (config.secretKey) return new Secrets(Buffer.from(config.secretKey, 'base64'));
    const file = join(config.dataDir, 'secret.key');
    mkdirSync(config.dataDir, { recursive: true });
    try {
      writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return new Secrets(Buffer.from(readFileSync(file, 'utf8'), 'base64'));
  }

  /** Seals `plain` for `context` (e.g. `connection:<id>`); it opens for the same context only. */
  seal(plain: string, context: string): string {
    const dataKey = randomBytes(32);
    const parts = [encrypt(this.masterKey, dataKey, context), encrypt(dataKey, Buffer.from(plain), context)];
    return ['v1', this.masterKeyId, ...parts.map((part) => part.toString('base64url'))].join('.');
  }

  /** Tells equal secrets from unequal ones: 32 hex digits that say nothing about `plain` to one who has not the master key. */
  fingerprint(plain: string): string {
    return createHmac('sha256', this.masterKey).update('mcmp-fingerprint').update(plain).digest('hex').slice(0, 32);
  }

  /** Opens what {@link seal} made; throws where key or context differ, or where a byte was changed. */
  open(record: string, context: string): string {
    const [version, keyId, wrapped, body] = record.split('.');
    if (version !== 'v1' || !wrapped || !body) throw new Error('This is not a sealed record');
    if (keyId !== this.masterKeyId) throw new Error(`Sealed with master key ${keyId}, but the server has ${this.masterKeyId}: set MCMP_SECRET_KEY to the former`);
    const dataKey = decrypt(this.masterKey, Buffer.from(wrapped, 'base64url'), context);
    return decrypt(dataKey, Buffer.from(body, 'base64url'), context).toString();
  }
}
