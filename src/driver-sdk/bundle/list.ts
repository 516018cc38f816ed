import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BundleError } from './errors.js';

/** A file of a driver: path within its folder with `/` between the parts, and what is in it. */
export interface BundleFile { path: string; content: Buffer }

/** `bundle.json`: what a bundle is and the files that it holds, sorted by path. */
export interface BundleList {
  format: 1;
  name: string;
  version: string;
  files: { path: string; size: number; sha256: string }[];
}

/** `bundle.sig`: an ed25519 signature (base64) over the bytes of `bundle.json`. */
export interface BundleSignature {
  algorithm: 'ed25519';
  /** First 16 hexadecimal digits of the SHA-256 of the public key's SPKI DER. */
  keyId: string;
  signature: string;
}

/** First entry of every bundle. */
export const LIST_FILE = 'bundle.json';
/** Second entry of a signed bundle. */
export const SIGNATURE_FILE = 'bundle.sig';

/** What a bundle may be at most; checked before anything is written, and while it is unpacked. */
export const BUNDLE_LIMITS = { files: 200, packedBytes: 32 * 1024 * 1024, unpackedBytes: 64 * 1024 * 1024, listBytes: 256 * 1024, signatureBytes: 1024 } as const;

/** SHA-256 in hexadecimal. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

/** Files in the order of a bundle. */
export const sorted = <T extends { path: string }>(files: readonly T[]): T[] => [...files].sort(byPath);

/** SHA-256 over the paths and contents of all files, in hexadecimal: the same for a driver's folder and for its bundle, packed by anyone on any day. */
export function contentHashOf(files: readonly BundleFile[]): string {
  const hash = createHash('sha256');
  for (const { path, content } of sorted(files)) hash.update(`${path}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}

/** The list of a driver's files. */
export const listOf = (name: string, version: string, files: readonly BundleFile[]): BundleList => ({
  format: 1, name, version, files: sorted(files).map(({ path, content }) => ({ path, size: content.length, sha256: sha256(content) })),
});

/** The one way in which list and signature are written, so that equal things are equal bytes. */
export const written = (value: BundleList | BundleSignature): string => `${JSON.stringify(value, null, 2)}\n`;

const List = z.strictObject({
  format: z.literal(1, 'only format 1 is known; a newer mcmp-driver made this bundle'),
  name: z.string(),
  version: z.string(),
  files: z.array(z.strictObject({ path: z.string(), size: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits') })),
});
const Signature = z.strictObject({ algorithm: z.literal('ed25519', 'only ed25519 is known'), keyId: z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hexadecimal digits'), signature: z.base64().length(88, 'must be 64 bytes in base64') });

function parsed<T extends BundleList | BundleSignature>(schema: z.ZodType<T>, text: string, rule: 'list' | 'signature', file: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BundleError(rule, `is no JSON: ${(error as Error).message.slice(0, 200)}`, file);
  }
  const { data, error } = schema.safeParse(json);
  if (error) throw new BundleError(rule, error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '), file);
  if (written(data) !== text) throw new BundleError(rule, 'is not written as in a bundle (members in order, two spaces, one newline at the end)', file);
  return data;
}

/** Reads the text of `bundle.json`. @throws BundleError */
export function parseList(text: string): BundleList {
  const list = parsed(List, text, 'list', LIST_FILE);
  if (list.files.length > BUNDLE_LIMITS.files) throw new BundleError('limit', `lists ${list.files.length} files; a bundle has at most ${BUNDLE_LIMITS.files}`, LIST_FILE);
  const size = list.files.reduce((sum, file) => sum + file.size, 0);
  if (size > BUNDLE_LIMITS.unpackedBytes) throw new BundleError('limit', `lists ${size} bytes; a bundle has at most ${BUNDLE_LIMITS.unpackedBytes} unpacked`, LIST_FILE);
  return list;
}

/** Reads the text of `bundle.sig`. @throws BundleError */
export const parseSignature = (text: string): BundleSignature => parsed(Signature, text, 'signature', SIGNATURE_FILE);
