/** Which kind of rule a bundle breaks: of its compression, its archive, its sizes, its paths, its list, its files, its signature or its manifest. */
export type BundleRule = 'gzip' | 'tar' | 'limit' | 'path' | 'kind' | 'list' | 'hash' | 'signature' | 'manifest' | 'entry' | 'key';

/** Why bytes are no bundle, or files cannot become one: a sentence for a person, which names the first file at fault. Told by `name`, never by `instanceof`. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  /** @param file the first refused file; absent where the archive as a whole is at fault. */
  constructor(readonly rule: BundleRule, why: string, readonly file?: string) {
    super(file === undefined ? why : `${nameable(file)}: ${why}`);
  }
}

/** A path of an untrusted archive as it may be shown: one short line without control characters. */
export const nameable = (path: string): string => {
  const shown = path.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return shown.length > 120 ? `${shown.slice(0, 117)}...` : shown;
};
