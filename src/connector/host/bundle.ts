import type { Manifest } from '@mcmp/driver-sdk';
import { contentHashOf, isBundleFolder, isBundlePath, parseManifest } from '@mcmp/driver-sdk/bundle';
import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const MAX_FILES = 2000;
const MAX_BYTES = 64 * 1024 * 1024;
const FORGET_MS = 7 * 86_400_000;
/** Digits of the hash in the name of a copy. */
const SHORT = 16;
/** Folder of the store that holds one empty file for each bundle that was found fit. */
const PROVEN = '.proven';

/** A driver's files, read whole. */
export interface Bundle {
  manifest: Manifest;
  /** Sha-256 over the paths and contents of all files, in hexadecimal. */
  hash: string;
  files: { path: string; content: Buffer }[];
}

/** A bundle in the store, ready to run. */
export interface LoadedDriver {
  manifest: Manifest;
  /** e.g. `aws 1.2.0`. */
  label: string;
  hash: string;
  /** Folder of the checked copy. */
  folder: string;
  /** Absolute path of the entry in that copy. */
  entry: string;
}

/** Why a folder is no driver, as a sentence for the person who put it there. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  constructor(message: string, readonly manifest?: Manifest) {
    super(message);
  }
}

interface Listed { path: string; size: number; modifiedMs: number }

async function listFiles(folder: string): Promise<Listed[]> {
  if ((await lstat(folder)).isSymbolicLink()) throw new BundleError('the folder is a link; a driver is a plain folder');
  const found: Listed[] = [];
  const walk = async (under: string): Promise<void> => {
    for (const entry of await readdir(join(folder, under), { withFileTypes: true })) {
      const path = under === '' ? entry.name : `${under}/${entry.name}`;
      if (entry.isDirectory() ? !isBundleFolder(entry.name) : !isBundlePath(path)) continue;
      if (entry.isDirectory()) await walk(path);
      else if (!entry.isFile()) throw new BundleError(`${path} is a link or no plain file; a bundle holds plain files only`);
      else {
        const { size, mtimeMs } = await lstat(join(folder, path));
        found.push({ path, size, modifiedMs: mtimeMs });
      }
      if (found.length > MAX_FILES) throw new BundleError(`the folder holds more than ${MAX_FILES} files; bundle the driver into one`);
    }
  };
  await walk('');
  if (found.reduce((sum, { size }) => sum + size, 0) > MAX_BYTES) throw new BundleError(`the files are above ${MAX_BYTES / 1048576} MiB together`);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Changes whenever a file of the bundle does; undefined where the folder holds no `driver.json` (it is no driver). */
export async function fingerprint(folder: string): Promise<string | undefined> {
  try {
    await lstat(join(folder, 'driver.json'));
    return (await listFiles(folder)).map(({ path, size, modifiedMs }) => `${path}:${size}:${modifiedMs}`).join('\n');
  } catch (error) {
    if (error instanceof BundleError) return `wrong: ${error.message}`;
    if (/^(ENOENT|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Reads a driver's folder. @throws BundleError where it is none that could run. */
export async function readFolder(folder: string): Promise<Bundle> {
  const files = await Promise.all((await listFiles(folder)).map(async ({ path }) => ({ path, content: await readFile(join(folder, path)) })));
  const json = files.find(({ path }) => path === 'driver.json');
  if (!json) throw new BundleError('driver.json is missing');
  const parsed = parseManifest(json.content.toString('utf8'));
  if ('why' in parsed) throw new BundleError(parsed.why);
  const { manifest } = parsed;
  if (!files.some(({ path }) => path === manifest.entry)) throw new BundleError(`the entry ${manifest.entry} is missing`, manifest);
  return { manifest, files, hash: contentHashOf(files) };
}

/**
 * Checked copies of bundles, by name, version and content. Processes run from here, so that a version stays whole and startable
 * while its folder is being overwritten, and so that a process may read exactly the files that were hashed.
 */
export class BundleStore {
  constructor(private readonly dir: string) {}

  /**
   * Creates the store, for this user and one server only. Forgets copies that nobody used for a week, and those that were never found fit:
   * a server that was killed in the middle of an installation left them.
   */
  async open(): Promise<void> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    const { uid } = await lstat(this.dir);
    if (process.getuid && uid !== process.getuid()) throw new Error(`the folder ${this.dir} belongs to another user; remove it or name another one`);
    await chmod(this.dir, 0o700);
    const before = Date.now() - FORGET_MS;
    const proven = new Set((await readdir(join(this.dir, PROVEN)).catch(() => [])).map((proof) => proof.slice(0, SHORT)));
    for (const name of await readdir(this.dir)) {
      for (const version of await readdir(join(this.dir, name)).catch(() => [])) {
        const folder = join(this.dir, name, version);
        const unfit = name !== PROVEN && !proven.has(version.slice(-SHORT));
        if (unfit || (await lstat(folder)).mtimeMs < before) await rm(folder, { recursive: true, force: true });
      }
    }
  }

  /** Where a bundle's copy is, or would be. */
  placeOf(manifest: Manifest, hash: string): LoadedDriver {
    const folder = join(this.dir, manifest.name, `${manifest.version}-${hash.slice(0, SHORT)}`);
    return { manifest, label: `${manifest.name} ${manifest.version}`, hash, folder, entry: join(folder, manifest.entry) };
  }

  /** The copy of a bundle, where it is there and whole. */
  async find(manifest: Manifest, hash: string): Promise<LoadedDriver | undefined> {
    const loaded = this.placeOf(manifest, hash);
    return (await this.isIntact(loaded)) ? loaded : undefined;
  }

  /** Forgets a copy that turned out to be of no use. */
  async remove({ folder, hash }: Pick<LoadedDriver, 'folder' | 'hash'>): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    await rm(this.proof(hash), { force: true });
  }

  /** Copies a bundle in, where it is not there yet. */
  async keep({ manifest, files, hash }: Bundle): Promise<LoadedDriver> {
    const loaded = this.placeOf(manifest, hash);
    const { folder } = loaded;
    if (await this.isIntact(loaded)) return loaded;
    const draft = `${folder}.${randomUUID()}`;
    for (const { path, content } of files) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
      await writeFile(join(draft, path), content);
    }
    await rm(folder, { recursive: true, force: true });
    // Another server may put the same content there first.
    await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
    if (!(await this.isIntact(loaded))) throw new BundleError(`the copy of ${loaded.label} cannot be kept in ${this.dir}`, manifest);
    return loaded;
  }

  /** Whether the copy holds what was hashed; marks it as used. */
  async isIntact({ folder, hash }: Pick<LoadedDriver, 'folder' | 'hash'>): Promise<boolean> {
    try {
      const files = await Promise.all((await listFiles(folder)).map(async ({ path }) => ({ path, content: await readFile(join(folder, path)) })));
      if (contentHashOf(files) !== hash) return false;
      await utimes(folder, new Date(), new Date());
      return true;
    } catch {
      return false;
    }
  }

  /** Whether a bundle passed its trial under this Node before, so that it need not be tried at each start. */
  async isProven({ hash }: Pick<LoadedDriver, 'hash'>): Promise<boolean> {
    return (await lstat(this.proof(hash)).catch(() => undefined)) !== undefined;
  }

  async setProven({ hash }: Pick<LoadedDriver, 'hash'>): Promise<void> {
    await mkdir(dirname(this.proof(hash)), { recursive: true });
    await writeFile(this.proof(hash), '');
  }

  private proof(hash: string): string {
    return join(this.dir, PROVEN, `${hash.slice(0, 32)}-${process.version}-sdk1`);
  }
}
