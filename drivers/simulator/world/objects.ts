import { createHash } from 'node:crypto';
import type { StoredBytes } from './object-door.js';
import { WorldError } from './refusal.js';
import type { Thing } from './types.js';

/** As they are saved: content in base64. */
export type SavedObject = [bucket: string, key: string, contentType: string, modifiedAt: number, base64: string];

/** Most bytes of all objects of the box: it lives in memory, and its state in one file. */
export const MOST_BYTES = 64 * 1024 * 1024;
const keyOf = ({ cloud, account, id }: Thing): string => `${cloud}/${account}/${id}`;

/** The content of all buckets. */
export class Objects {
  readonly #buckets = new Map<string, Map<string, StoredBytes>>();
  #bytes = 0;

  isEmpty(bucket: Thing): boolean {
    return (this.#buckets.get(keyOf(bucket))?.size ?? 0) === 0;
  }

  /** Bytes of a bucket. */
  sizeOf(bucket: Thing): number {
    let size = 0;
    for (const { bytes } of this.#buckets.get(keyOf(bucket))?.values() ?? []) size += bytes.length;
    return size;
  }

  list(bucket: Thing, prefix: string): StoredBytes[] {
    return [...(this.#buckets.get(keyOf(bucket))?.values() ?? [])].filter(({ key }) => key.startsWith(prefix)).sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  find(bucket: Thing, key: string): StoredBytes | undefined {
    return this.#buckets.get(keyOf(bucket))?.get(key);
  }

  put(bucket: Thing, key: string, bytes: Buffer, modifiedAt: number, contentType?: string): StoredBytes {
    const grown = bytes.length - (this.find(bucket, key)?.bytes.length ?? 0);
    if (this.#bytes + grown > MOST_BYTES) throw new WorldError('QUOTA_EXCEEDED', `the box keeps ${MOST_BYTES / 1024 / 1024} MiB of objects, ${bytes.length} bytes more do not fit`, { kind: 'bucket', id: bucket.id, reason: 'box-storage' });
    const stored = { key, bytes, etag: createHash('md5').update(bytes).digest('hex'), modifiedAt, ...(contentType !== undefined && { contentType }) };
    this.#of(keyOf(bucket)).set(key, stored);
    this.#bytes += grown;
    return stored;
  }

  delete(bucket: Thing, key: string): void {
    this.#bytes -= this.find(bucket, key)?.bytes.length ?? 0;
    this.#buckets.get(keyOf(bucket))?.delete(key);
  }

  /** Forgets a bucket. */
  drop(bucket: Thing): void {
    this.#bytes -= this.sizeOf(bucket);
    this.#buckets.delete(keyOf(bucket));
  }

  clear(): void {
    this.#buckets.clear();
    this.#bytes = 0;
  }

  save(): SavedObject[] {
    return [...this.#buckets].flatMap(([bucket, objects]) => [...objects.values()].map(({ key, bytes, contentType = '', modifiedAt }): SavedObject => [bucket, key, contentType, modifiedAt, bytes.toString('base64')]));
  }

  load(saved: SavedObject[]): void {
    for (const [bucket, key, contentType, modifiedAt, base64] of saved) {
      const bytes = Buffer.from(base64, 'base64');
      this.#of(bucket).set(key, { key, bytes, etag: createHash('md5').update(bytes).digest('hex'), modifiedAt, ...(contentType !== '' && { contentType }) });
      this.#bytes += bytes.length;
    }
  }

  #of(bucket: string): Map<string, StoredBytes> {
    let objects = this.#buckets.get(bucket);
    if (!objects) this.#buckets.set(bucket, (objects = new Map()));
    return objects;
  }
}
