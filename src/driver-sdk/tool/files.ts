import { open, readFile, rename, rm } from 'node:fs/promises';
import { BUNDLE_LIMITS, type ReadBundle, readBundle } from '../bundle/index.js';
import { Refused } from './command.js';

/** Reads a file that a person named. @throws Refused where it cannot be read */
export async function fileNamed(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Refused(`${what} ${path} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(code)}`, path);
  }
}

/** Reads a bundle that a person named. @throws Refused, BundleError */
export async function bundleNamed(path: string): Promise<{ bytes: Buffer; bundle: ReadBundle }> {
  const bytes = await fileNamed(path, 'the bundle');
  if (bytes.length > BUNDLE_LIMITS.packedBytes) throw new Refused(`${path} has ${bytes.length} bytes; a bundle has at most ${BUNDLE_LIMITS.packedBytes}`, path);
  return { bytes, bundle: await readBundle(bytes) };
}

/** Writes a file as a whole or not at all. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  try {
    const file = await open(draft, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new Refused(`${path} cannot be written: ${code === 'ENOENT' ? 'its folder does not exist' : String(code)}`, path);
  }
}
