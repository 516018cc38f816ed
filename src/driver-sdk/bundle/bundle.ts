import type { Manifest } from '../manifest.js';
import { archive, unarchive } from './archive.js';
import { BundleError } from './errors.js';
import { BUNDLE_LIMITS, type BundleFile, type BundleList, type BundleSignature, LIST_FILE, SIGNATURE_FILE, contentHashOf, listOf, parseList, parseSignature, sha256, sorted, written } from './list.js';
import { parseManifest } from './manifest.js';
import { Paths, pathFault } from './paths.js';
import { signatureOf } from './sign.js';

/** A bundle that keeps every rule but the one of its signature, which is checked by `verifyBundle`. */
export interface ReadBundle {
  manifest: Manifest;
  /** The text of `driver.json`. */
  manifestText: string;
  list: BundleList;
  /** The text of `bundle.json`, over which the signature goes. */
  listText: string;
  /** The driver's files, sorted by path; without `bundle.json` and `bundle.sig`. */
  files: BundleFile[];
  signature?: BundleSignature;
  /** Sha-256 over paths and contents of the files: the same as that of the driver's folder. */
  contentHash: string;
  /** Sha-256 of the packed bytes. */
  archiveSha256: string;
}

/** The file name of a bundle: `<name>-<version>.mcmp`. */
export const bundleFileName = ({ name, version }: Pick<Manifest, 'name' | 'version'>): string => `${name}-${version}.mcmp`;

/** Reads what the files say of themselves. @throws BundleError where the manifest or its entry is missing or wrong */
function manifestOf(files: readonly BundleFile[]): { manifest: Manifest; manifestText: string } {
  const json = files.find(({ path }) => path === 'driver.json');
  if (!json) throw new BundleError('manifest', 'is missing', 'driver.json');
  const manifestText = json.content.toString('utf8');
  const parsed = parseManifest(manifestText);
  if ('why' in parsed) throw new BundleError('manifest', parsed.why.replace(/^driver\.json:? /, ''), 'driver.json');
  const { manifest } = parsed;
  if (!files.some(({ path }) => path === manifest.entry)) throw new BundleError('entry', 'is missing, and driver.json names it as the entry', manifest.entry);
  return { manifest, manifestText };
}

const packed = (listText: string, signature: BundleSignature | undefined, files: readonly BundleFile[]): Promise<Buffer> =>
  archive([
    { path: LIST_FILE, content: Buffer.from(listText) },
    ...(signature ? [{ path: SIGNATURE_FILE, content: Buffer.from(written(signature)) }] : []),
    ...files,
  ]);

/**
 * Packs a driver's files (`driver.json`, its entry, licences) into a bundle, signed where a private key (PEM) is given.
 * The same files give the same bytes, wherever and whenever they are packed with the same zlib.
 * @throws BundleError for what `readBundle` would refuse
 */
export async function packBundle(files: readonly BundleFile[], { privateKey }: { privateKey?: string } = {}): Promise<Buffer> {
  const inOrder = sorted(files);
  const paths = new Paths();
  for (const { path } of inOrder) {
    const fault = pathFault(path) ?? paths.add(path);
    if (fault !== undefined) throw new BundleError('path', fault, path);
  }
  const { manifest } = manifestOf(inOrder);
  const listText = written(listOf(manifest.name, manifest.version, inOrder));
  parseList(listText);
  const bytes = await packed(listText, privateKey === undefined ? undefined : signatureOf(listText, privateKey), inOrder);
  if (bytes.length > BUNDLE_LIMITS.packedBytes) throw new BundleError('limit', `the archive has ${bytes.length} bytes; a bundle has at most ${BUNDLE_LIMITS.packedBytes} packed`);
  return bytes;
}

/** Puts a signature into a bundle, in the place of one that may be there. @throws BundleError where the bytes are no bundle, or the key is no ed25519 private key in PEM */
export async function signBundle(bytes: Uint8Array, privateKey: string): Promise<Buffer> {
  const { listText, files } = await readBundle(bytes);
  return packed(listText, signatureOf(listText, privateKey), files);
}

/**
 * Reads a bundle of anybody, in memory and within `BUNDLE_LIMITS`: its list first, then each file held to the list as it comes.
 * What it gives has only plain files with harmless paths, each listed and hashed, and a manifest that this SDK understands.
 * @throws BundleError with the first file that breaks a rule
 */
export async function readBundle(bytes: Uint8Array): Promise<ReadBundle> {
  const paths = new Paths();
  const files: BundleFile[] = [];
  let list: BundleList | undefined;
  let listText = '';
  let signature: BundleSignature | undefined;
  const about = (path: string): boolean => path === LIST_FILE ? !list : path === SIGNATURE_FILE && list !== undefined && !signature && files.length === 0;
  await unarchive(bytes, {
    begin({ path, size }) {
      if (about(path)) {
        const limit = path === LIST_FILE ? BUNDLE_LIMITS.listBytes : BUNDLE_LIMITS.signatureBytes;
        if (size > limit) throw new BundleError('limit', `has ${size} bytes; at most ${limit} are allowed`, path);
        return;
      }
      if (!list) throw new BundleError('list', `comes first in the archive; ${LIST_FILE} must`, path);
      const fault = pathFault(path) ?? paths.add(path);
      if (fault !== undefined) throw new BundleError('path', fault, path);
      const next = list.files[files.length];
      const own = next?.path === path ? next : list.files.find((file) => file.path === path);
      if (!own) throw new BundleError('list', `is not listed in ${LIST_FILE}`, path);
      if (own !== next) throw new BundleError('list', `stands where ${LIST_FILE} has ${next?.path ?? 'nothing'}; files and list are sorted by path`, path);
      if (size !== own.size) throw new BundleError('hash', `has ${size} bytes; ${LIST_FILE} says ${own.size}`, path);
    },
    end(file) {
      if (!about(file.path)) {
        if (sha256(file.content) !== list?.files[files.length]?.sha256) throw new BundleError('hash', `is not what ${LIST_FILE} lists: its SHA-256 differs`, file.path);
        files.push(file);
      } else if (file.path === LIST_FILE) {
        listText = file.content.toString('utf8');
        list = parseList(listText);
      } else signature = parseSignature(file.content.toString('utf8'));
    },
  });
  if (!list) throw new BundleError('list', 'is missing', LIST_FILE);
  const missing = list.files[files.length];
  if (missing) throw new BundleError('list', `is listed in ${LIST_FILE} and missing`, missing.path);
  const out = sorted(files).findIndex((file, index) => file !== files[index]);
  if (out !== -1) throw new BundleError('list', 'is out of order; files and list are sorted by path', files[out]?.path);
  const { manifest, manifestText } = manifestOf(files);
  if (list.name !== manifest.name || list.version !== manifest.version) throw new BundleError('list', `says ${list.name} ${list.version}; driver.json says ${manifest.name} ${manifest.version}`, LIST_FILE);
  return { manifest, manifestText, list, listText, files, ...(signature && { signature }), contentHash: contentHashOf(files), archiveSha256: sha256(bytes) };
}
