/** An object with its content. */
export interface StoredBytes { key: string; bytes: Buffer; etag: string; contentType?: string; modifiedAt: number }

/** The objects of one bucket. */
export interface ObjectDoor {
  readonly bucketId: string;
  /** By key, those that begin with the prefix. */
  list(prefix?: string): StoredBytes[];
  /** @throws WorldError NOT_FOUND. */
  get(key: string): StoredBytes;
  /** @throws WorldError QUOTA_EXCEEDED, reason `box-storage`. */
  put(key: string, bytes: Buffer, contentType?: string): StoredBytes;
  /** Repeatable. */
  delete(key: string): void;
}
