import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Manifest } from '@mcmp/driver-sdk';
import type { BundleFile } from '@mcmp/driver-sdk/bundle';
import { type Header, pack } from 'tar-stream';

/** A whole manifest, with what the test changes. */
export const manifest = (changes: Record<string, unknown> = {}): Manifest & Record<string, unknown> => ({
  name: 'demo', version: '1.2.3', sdk: 1, cloud: 'demo', title: { en: 'Demo' }, entry: 'dist/index.js', capabilities: ['account'], credential: [], endpoint: 'none', limits: [], ...changes,
});

/** A file, by its text. */
export const file = (path: string, text: string): BundleFile => ({ path, content: Buffer.from(text) });

/** The files of a small driver, by path; `undefined` leaves one out. */
export function driverFiles(changes: Record<string, string | undefined> = {}): BundleFile[] {
  const texts: Record<string, string | undefined> = { 'driver.json': JSON.stringify(manifest()), 'dist/index.js': 'export default 1;\n', 'LICENSES.txt': 'No library is in this bundle.\n', ...changes };
  return Object.entries(texts).flatMap(([path, text]) => (text === undefined ? [] : [file(path, text)]));
}

/** One entry of an archive that somebody made by hand. */
export interface Forged extends Partial<Header> { name: string; content?: Buffer | string }

const sizeOf = ({ content = '' }: Forged): number => Buffer.byteLength(content);

/** The text of a bundle.json that lists these entries truly, with what the test changes. */
export function listText(entries: Forged[], changes: Record<string, unknown> = {}): string {
  const files = entries.map((entry) => ({ path: entry.name, size: sizeOf(entry), sha256: createHash('sha256').update(entry.content ?? '').digest('hex') }));
  return `${JSON.stringify({ format: 1, name: 'demo', version: '1.2.3', files, ...changes }, null, 2)}\n`;
}

/** A tar of these entries with the headers of a bundle, unless an entry says otherwise. */
export async function tar(entries: Forged[]): Promise<Buffer> {
  const archive = pack();
  const parts: Buffer[] = [];
  const read = (async () => {
    for await (const part of archive) parts.push(part as Buffer);
  })();
  for (const { content = '', ...header } of entries) {
    const plain = header.type === undefined || header.type === 'file';
    const whole = { mode: 0o644, uid: 0, gid: 0, mtime: new Date(0), ...header };
    if (plain) archive.entry({ ...whole, size: Buffer.byteLength(content) }, Buffer.from(content));
    else archive.entry(whole);
  }
  archive.finalize();
  await read;
  return Buffer.concat(parts);
}

/** Packs bytes as a bundle is packed. */
export function gzipped(bytes: Buffer): Buffer {
  const packed = gzipSync(bytes, { level: 9 });
  packed[9] = 255;
  return packed;
}

/** An archive whose bundle.json lists its entries truly, unless another text is given. */
export const forged = async (entries: Forged[], list = listText(entries)): Promise<Buffer> => gzipped(await tar([{ name: 'bundle.json', content: list }, ...entries]));
