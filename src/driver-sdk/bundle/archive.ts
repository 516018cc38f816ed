import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { crc32, createInflateRaw, gzip } from 'node:zlib';
import { type Header, extract, pack } from 'tar-stream';
import { BundleError } from './errors.js';
import { BUNDLE_LIMITS, type BundleFile } from './list.js';

/** Header of an entry; nothing in it tells who packed, where and when. */
const headerOf = (path: string, size: number): Partial<Header> & { name: string } => ({ name: path, size, mode: 0o644, uid: 0, gid: 0, uname: '', gname: '', mtime: new Date(0), type: 'file' });

/** A gzip header of level 9 without time, name and operating system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
/** CRC and size at the end. */
const GZIP_TRAILER_BYTES = 8;

async function tarOf(entries: readonly BundleFile[], take: (bytes: Buffer) => void): Promise<void> {
  const tar = pack();
  const read = (async () => {
    for await (const bytes of tar) take(bytes as Buffer);
  })();
  for (const { path, content } of entries) tar.entry(headerOf(path, content.length), content);
  tar.finalize();
  await read;
}

/** Packs entries, in the order given, so that the same entries give the same bytes. */
export async function archive(entries: readonly BundleFile[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  await tarOf(entries, (bytes) => parts.push(bytes));
  const packed = await promisify(gzip)(Buffer.concat(parts), { level: 9 });
  // The only difference is the byte that tells the operating system.
  GZIP_HEADER.copy(packed);
  return packed;
}

/** What stands before the content of an entry. */
export interface EntryHeader { path: string; size: number; type: string }

/** What reads an archive: asked before an entry's content is read, and told it after. Both may throw. */
export interface Reader {
  begin(header: EntryHeader): void;
  end(file: BundleFile): void;
}

/**
 * Unpacks an archive in memory, entry by entry, and stops at the first thing that is wrong: no byte beyond the limits is kept.
 * An archive is taken only if {@link archive} would lay out its entries in the same way, so that nothing hides between or behind them.
 */
export async function unarchive(bytes: Uint8Array, reader: Reader): Promise<void> {
  if (bytes.length > BUNDLE_LIMITS.packedBytes) throw new BundleError('limit', `the archive has ${bytes.length} bytes; a bundle has at most ${BUNDLE_LIMITS.packedBytes} packed`);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw new BundleError('gzip', 'the archive is not packed with gzip; a bundle is made by "mcmp-driver pack"');
  const otherHeader = GZIP_HEADER.equals(bytes.subarray(0, GZIP_HEADER.length)) ? undefined : new BundleError('gzip', 'the header of the gzip archive is not that of a bundle: it has a time, a name or another level; a bundle is made by "mcmp-driver pack"');
  // Without flags what follows can be read, and a file at fault says more than this.
  if (otherHeader && (bytes[2] !== 8 || bytes[3] !== 0)) throw otherHeader;
  // Not gunzip: that takes several archives in a row for one.
  const deflated = bytes.subarray(GZIP_HEADER.length, -GZIP_TRAILER_BYTES);
  const inflate = createInflateRaw();
  const tar = extract();
  const found = createHash('sha256');
  let unpacked = 0;
  let crc = 0;
  let current: string | undefined;
  const entries: BundleFile[] = [];
  inflate.on('error', (error) => tar.destroy(new BundleError('gzip', `the archive is damaged: ${error.message}`, current)));
  inflate.on('data', (chunk: Buffer) => {
    unpacked += chunk.length;
    found.update(chunk);
    crc = crc32(chunk, crc);
    // Room for headers, padding and the list beside the files themselves.
    if (unpacked > BUNDLE_LIMITS.unpackedBytes + 2 * BUNDLE_LIMITS.listBytes) tar.destroy(new BundleError('limit', `the archive is above ${BUNDLE_LIMITS.unpackedBytes} bytes unpacked`, current));
  });
  inflate.pipe(tar as unknown as NodeJS.WritableStream);
  inflate.end(deflated);
  try {
    for await (const entry of tar) {
      const { header } = entry;
      current = header.name;
      if (header.type !== 'file') throw new BundleError('kind', `is a ${header.type ?? 'thing of an unknown kind'}; a bundle holds plain files only`, current);
      if (header.pax) throw new BundleError('tar', 'has an extended header; a bundle has plain ustar headers only', current);
      reader.begin({ path: current, size: header.size, type: header.type });
      const parts: Buffer[] = [];
      for await (const part of entry) parts.push(part as Buffer);
      const file = { path: current, content: Buffer.concat(parts) };
      reader.end(file);
      entries.push(file);
    }
  } catch (error) {
    throw error instanceof BundleError ? error : new BundleError('tar', `the archive is damaged: ${(error as Error).message}`, current);
  } finally {
    inflate.destroy();
  }
  if (inflate.bytesWritten !== deflated.length) throw new BundleError('gzip', `${deflated.length - inflate.bytesWritten} bytes follow the end of the archive`);
  const trailer = Buffer.from(bytes.subarray(-GZIP_TRAILER_BYTES));
  if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== unpacked) throw new BundleError('gzip', 'the archive is damaged: its checksum is not that of what it holds');
  if (otherHeader) throw otherHeader;
  if (entries.length === 0) throw new BundleError('tar', 'the archive is empty');
  const expected = createHash('sha256');
  await tarOf(entries, (part) => expected.update(part));
  if (expected.digest('hex') !== found.digest('hex')) throw new BundleError('tar', 'the archive is not laid out as a bundle: its headers tell more than path and size, or something lies between or behind the files; a bundle is made by "mcmp-driver pack"');
}
