import { gunzipSync, gzipSync } from 'node:zlib';
import { BUNDLE_LIMITS, type ReadBundle, contentHashOf, generateKeys, keyIdOf, packBundle, publicKeyOf, readBundle, signBundle, verifyBundle } from '@mcmp/driver-sdk/bundle';
import { describe, expect, it } from '@jest/globals';
import { type Forged, driverFiles, file, forged, gzipped, listText, manifest, tar } from './bundles.js';

const whole: Forged[] = driverFiles().map(({ path, content }) => ({ name: path, content })).sort((a, b) => (a.name < b.name ? -1 : 1));
const json: Forged = { name: 'driver.json', content: JSON.stringify(manifest()) };
const entry: Forged = { name: 'dist/index.js', content: 'export default 1;\n' };
const refused = (rule: string, why: string | RegExp, named?: string) => ({ name: 'BundleError', rule, message: expect.stringMatching(why), ...(named !== undefined && { file: named }) });

describe('a bundle', () => {
  it('is the same bytes whatever the order of its files, and gives back what went in', async () => {
    const bytes = await packBundle(driverFiles());
    expect((await packBundle(driverFiles().reverse())).equals(bytes)).toBe(true);
    expect((await forged(whole)).equals(bytes)).toBe(true);
    const read = await readBundle(bytes);
    expect(read.files.map(({ path, content }) => [path, content.toString()])).toEqual(whole.map(({ name, content }) => [name, content?.toString()]));
    expect(read).toMatchObject({ manifest: { name: 'demo', version: '1.2.3' }, manifestText: JSON.stringify(manifest()), contentHash: contentHashOf(driverFiles()), list: { format: 1, name: 'demo', version: '1.2.3' } });
    expect(read.archiveSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(read.signature).toBeUndefined();
  });

  it('tells nothing of who packed it, where and when', async () => {
    const unpacked = gunzipSync(await packBundle(driverFiles()));
    expect((await packBundle(driverFiles())).subarray(0, 10).toString('hex')).toBe('1f8b08000000000002ff');
    expect(unpacked.subarray(0, 512).toString('latin1').replace(/\0+/g, '|')).toMatch(/^bundle\.json\|000644 \|000000 \|000000 \|\d{11} 00000000000 \d{6} \|0\|ustar\|00\|000000 \|000000 \|$/);
  });

  it('of the same files has one content hash, signed or not', async () => {
    const { privateKey } = generateKeys();
    const [plain, signed] = await Promise.all([packBundle(driverFiles()), packBundle(driverFiles(), { privateKey })].map(async (bytes) => readBundle(await bytes)));
    expect(signed?.contentHash).toBe(plain?.contentHash);
    expect(signed?.archiveSha256).not.toBe(plain?.archiveSha256);
    expect((await readBundle(await packBundle(driverFiles({ 'dist/index.js': 'export default 2;\n' })))).contentHash).not.toBe(plain?.contentHash);
  });

  it.each<[string, Record<string, string | undefined>, ReturnType<typeof refused>]>([
    ['no manifest', { 'driver.json': undefined }, refused('manifest', 'is missing', 'driver.json')],
    ['a field of several lines that is chosen from values', { 'driver.json': JSON.stringify(manifest({ credential: [{ name: 'key', label: { en: 'Key' }, secret: true, required: true, multiline: true, values: ['one'] }] })) }, refused('manifest', 'a field with values has one line', 'driver.json')],
    ['a manifest of a future SDK', { 'driver.json': JSON.stringify(manifest({ sdk: 2 })) }, refused('manifest', 'sdk: only driver SDK 1 is known here; the driver asks for 2', 'driver.json')],
    ['no entry', { 'dist/index.js': undefined }, refused('entry', 'is missing', 'dist/index.js')],
    ['a source', { 'src/index.ts': 'x' }, refused('path', 'is no part of a bundle', 'src/index.ts')],
    ['a path that leads out', { '../x': 'x' }, refused('path', 'leads out', '../x')],
    ['a list of its own', { 'bundle.json': 'x' }, refused('path', 'own list', 'bundle.json')],
  ])('is not made of %s', async (_what, changes, error) => {
    await expect(packBundle(driverFiles(changes))).rejects.toMatchObject(error);
  });

  it('is not made of more than it may hold', async () => {
    const many = Array.from({ length: BUNDLE_LIMITS.files }, (_, index) => file(`dist/${index}.js`, ''));
    await expect(packBundle([...driverFiles(), ...many])).rejects.toMatchObject(refused('limit', 'lists 203 files', 'bundle.json'));
    await expect(packBundle([...driverFiles(), { path: 'big.bin', content: Buffer.alloc(BUNDLE_LIMITS.unpackedBytes) }])).rejects.toMatchObject(refused('limit', 'at most 67108864 unpacked', 'bundle.json'));
  });
});

describe('a signature', () => {
  const keys = generateKeys();
  const other = generateKeys();
  const signed = async (): Promise<ReadBundle> => readBundle(await packBundle(driverFiles(), { privateKey: keys.privateKey }));

  it('is that of the key, whether given at packing or later', async () => {
    expect(verifyBundle(await signed(), [other, keys])).toEqual({ keyId: keys.keyId });
    const later = await signBundle(await packBundle(driverFiles(), { privateKey: other.privateKey }), keys.privateKey);
    expect(later.equals(await packBundle(driverFiles(), { privateKey: keys.privateKey }))).toBe(true);
  });

  it('says why it is not believed', async () => {
    expect(verifyBundle(await readBundle(await packBundle(driverFiles())), [keys])).toEqual({ why: expect.stringContaining('is not signed') });
    expect(verifyBundle(await signed(), [other])).toEqual({ why: expect.stringContaining(`the key ${keys.keyId}, which is not among the trusted keys`) });
    const mine = await signed();
    expect(verifyBundle({ ...mine, listText: mine.listText.replace('1.2.3', '1.2.4') }, [keys])).toEqual({ why: expect.stringContaining('bundle.sig: the signature is not that of the key') });
    // Another's signature under the id of a key that is trusted.
    const theirs = await readBundle(await packBundle(driverFiles(), { privateKey: other.privateKey }));
    expect(verifyBundle({ ...theirs, signature: { ...theirs.signature!, keyId: keys.keyId } }, [keys])).toEqual({ why: expect.stringContaining('is not that of the key') });
    // A key that calls itself by the id of another.
    expect(verifyBundle(await signed(), [{ ...other, keyId: keys.keyId }])).toEqual({ why: expect.stringContaining('not among the trusted keys') });
  });

  it('needs ed25519 keys, each half in its place', async () => {
    expect(keyIdOf(keys.publicKey)).toBe(keys.keyId);
    expect(publicKeyOf(keys.privateKey)).toBe(keys.publicKey);
    expect(() => keyIdOf(keys.privateKey)).toThrow('this is a private key');
    expect(() => keyIdOf('hello')).toThrow('the public key cannot be read');
    await expect(packBundle(driverFiles(), { privateKey: keys.publicKey })).rejects.toMatchObject(refused('key', 'the private key cannot be read'));
  });
});

describe('an archive', () => {
  it.each<[string, Forged[], ReturnType<typeof refused>]>([
    ['that leads out of the folder', [{ name: '../evil.js', content: 'x' }], refused('path', 'leads out', '../evil.js')],
    ['that leads out on the way', [{ name: 'dist/../../evil.js', content: 'x' }], refused('path', 'leads out')],
    ['with an absolute path', [{ name: '/etc/cron.d/evil', content: 'x' }], refused('path', 'absolute')],
    ['with a backslash', [{ name: 'dist\\..\\evil.js', content: 'x' }], refused('path', 'backslash')],
    ['with a drive', [{ name: 'C:/evil.js', content: 'x' }], refused('path', 'drive')],
    ['with a dot in the way', [{ name: './index.js', content: 'x' }], refused('path', 'empty or "\\." part')],
    ['with a hidden file', [{ name: '.npmrc', content: 'x' }], refused('path', 'no part of a bundle', '.npmrc')],
    ['with a library', [{ name: 'node_modules/x/index.js', content: 'x' }], refused('path', 'no part of a bundle')],
    ['with a letter of another script', [{ name: 'dist/ındex.js', content: 'x' }], refused('tar', 'extended header')],
    ['with a long path', [{ name: `dist/${'a'.repeat(60)}/${'b'.repeat(60)}.js`, content: 'x' }], refused('path', 'more than 100 characters')],
    ['with a symbolic link', [{ name: 'dist/index.js', type: 'symlink', linkname: '/etc/passwd' }], refused('kind', 'is a symlink', 'dist/index.js')],
    ['with a hard link', [{ name: 'dist/index.js', type: 'link', linkname: '/etc/passwd' }], refused('kind', 'is a link', 'dist/index.js')],
    ['with a device', [{ name: 'dist/index.js', type: 'character-device', devmajor: 1, devminor: 5 }], refused('kind', 'is a character-device', 'dist/index.js')],
    ['with a pipe', [{ name: 'dist/index.js', type: 'fifo' }], refused('kind', 'is a fifo', 'dist/index.js')],
    ['with a folder', [{ name: 'dist', type: 'directory' }], refused('kind', 'is a directory', 'dist')],
    ['with one file twice', [entry, entry, json], refused('path', 'is there twice', 'dist/index.js')],
    ['with twins but for case', [{ name: 'dist/Index.js', content: 'x' }, entry, json], refused('path', 'differs from dist/Index\\.js in upper and lower case only', 'dist/index.js')],
    ['with folders that are twins but for case', [{ name: 'Dist/a.js', content: 'x' }, entry, json], refused('path', 'differs from Dist/ in upper and lower case only', 'dist/index.js')],
    ['with a file that is a folder', [{ name: 'dist', content: 'x' }, entry, json], refused('path', 'dist is a file and a folder at once', 'dist/index.js')],
    ['with a second list', [{ name: 'bundle.json', content: 'x' }, entry, json], refused('path', 'own list', 'bundle.json')],
    ['with a signature at the end', [entry, json, { name: 'bundle.sig', content: 'x' }], refused('path', 'own list or signature', 'bundle.sig')],
    ['with a signature that is none', [{ name: 'bundle.sig', content: '{}' }, entry, json], refused('signature', 'algorithm', 'bundle.sig')],
    ['out of order', [json, entry], refused('list', 'out of order')],
    ['without a manifest', [entry], refused('manifest', 'is missing', 'driver.json')],
    ['without its entry', [json], refused('entry', 'is missing', 'dist/index.js')],
    ['with a manifest of a future SDK', [entry, { name: 'driver.json', content: JSON.stringify(manifest({ sdk: 2 })) }], refused('manifest', 'the driver asks for 2', 'driver.json')],
    ['with a list of another driver', [entry, { name: 'driver.json', content: JSON.stringify(manifest({ name: 'other' })) }], refused('list', 'says demo 1\\.2\\.3; driver\\.json says other 1\\.2\\.3', 'bundle.json')],
    ['whose headers tell a time', [{ ...entry, mtime: new Date(1e12) }, json], refused('tar', 'not laid out as a bundle')],
    ['whose headers tell an owner', [{ ...entry, uname: 'root' }, json], refused('tar', 'not laid out as a bundle')],
    ['whose files may be run', [{ ...entry, mode: 0o4755 }, json], refused('tar', 'not laid out as a bundle')],
  ])('%s is refused', async (_what, entries, error) => {
    await expect(readBundle(await forged(entries))).rejects.toMatchObject(error);
  });

  it.each<[string, string, ReturnType<typeof refused>]>([
    ['is no JSON', '{', refused('list', 'is no JSON', 'bundle.json')],
    ['is of a later format', listText(whole, { format: 2 }), refused('list', 'only format 1 is known', 'bundle.json')],
    ['is written in another way', JSON.stringify(JSON.parse(listText(whole))), refused('list', 'is not written as in a bundle', 'bundle.json')],
    ['says more than it may', listText(whole, { run: 'me' }), refused('list', 'run', 'bundle.json')],
    ['lists less', listText(whole.slice(0, 2)), refused('list', 'is not listed in bundle\\.json', 'driver.json')],
    ['lists more', listText([...whole, { name: 'zoo.js', content: 'x' }]), refused('list', 'is listed in bundle\\.json and missing', 'zoo.js')],
    ['lists another size', listText(whole.map((each) => (each.name === 'dist/index.js' ? { ...each, content: 'short' } : each))), refused('hash', 'bundle\\.json says 5', 'dist/index.js')],
    ['lists another content', listText(whole.map((each) => (each.name === 'dist/index.js' ? { ...each, content: 'export default 2;\n' } : each))), refused('hash', 'its SHA-256 differs', 'dist/index.js')],
    ['lists 10,000 files', listText(Array.from({ length: 10_000 }, (_, index) => ({ name: `f${index}`, content: '' }))), refused('limit', 'at most', 'bundle.json')],
    ['lists 201 files', listText(Array.from({ length: 201 }, (_, index) => ({ name: `f${index}`, content: '' }))), refused('limit', 'lists 201 files', 'bundle.json')],
  ])('whose list %s is refused', async (_what, list, error) => {
    await expect(readBundle(await forged(whole, list))).rejects.toMatchObject(error);
  });

  it('must begin with its list', async () => {
    await expect(readBundle(gzipped(await tar(whole)))).rejects.toMatchObject(refused('list', 'comes first in the archive; bundle\\.json must', 'LICENSES.txt'));
    await expect(readBundle(gzipped(await tar([])))).rejects.toMatchObject(refused('tar', 'the archive is empty'));
  });

  it('of 10,000 files ends at the first that is not listed', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ name: `f${index}.js`, content: '' }));
    await expect(readBundle(await forged(many, listText(whole)))).rejects.toMatchObject(refused('list', 'is not listed', 'f0.js'));
  });

  it('that is a gigabyte unpacked ends early, whether it says so or not', async () => {
    const zeros = gzipped(Buffer.alloc(1 << 30));
    const held = process.memoryUsage().arrayBuffers;
    let highest = 0;
    const watch = setInterval(() => { highest = Math.max(highest, process.memoryUsage().arrayBuffers - held); }, 5);
    await expect(readBundle(zeros)).rejects.toMatchObject(refused('limit', 'above 67108864 bytes unpacked'));
    const header = (await tar([{ name: 'bundle.json', content: '' }])).subarray(0, 512);
    header.write('10000000000 ', 124);
    header.write('        ', 148);
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
    await expect(readBundle(gzipped(Buffer.concat([header, Buffer.alloc(1 << 20)])))).rejects.toMatchObject(refused('limit', 'has 1073741824 bytes', 'bundle.json'));
    clearInterval(watch);
    expect(highest).toBeLessThan(64 * 1024 * 1024);
  });

  it('that is cut off anywhere is refused, and so is one with something behind it', async () => {
    const bytes = await packBundle(driverFiles(), { privateKey: generateKeys().privateKey });
    for (const length of [0, 5, 10, 18, 100, bytes.length >> 1, bytes.length - 100, bytes.length - 9, bytes.length - 1]) await expect(readBundle(bytes.subarray(0, length))).rejects.toMatchObject({ name: 'BundleError' });
    await expect(readBundle(bytes.subarray(0, bytes.length >> 1))).rejects.toMatchObject(refused('gzip', 'the archive is damaged: unexpected end of file'));
    for (const behind of [Buffer.from('hello'), Buffer.alloc(512), bytes, gzipped(Buffer.alloc(0))]) await expect(readBundle(Buffer.concat([bytes, behind]))).rejects.toMatchObject(refused('gzip', `${behind.length} bytes follow the end`));
    const unpacked = gunzipSync(bytes);
    await expect(readBundle(gzipped(Buffer.concat([unpacked, Buffer.alloc(512, 1)])))).rejects.toMatchObject({ name: 'BundleError', rule: 'tar' });
    await expect(readBundle(gzipped(unpacked.subarray(0, -1024)))).rejects.toMatchObject(refused('tar', 'not laid out as a bundle'));
    await expect(readBundle(gzipSync(unpacked))).rejects.toMatchObject(refused('gzip', 'a time, a name or another level; a bundle is made by "mcmp-driver pack"'));
    // Packed by another tool, the file at fault is told all the same.
    const evil = await forged([{ name: '../evil.js', content: 'x' }]);
    await expect(readBundle(gzipSync(gunzipSync(evil)))).rejects.toMatchObject({ rule: 'path', file: '../evil.js' });
    await expect(readBundle(Buffer.alloc(BUNDLE_LIMITS.packedBytes + 1))).rejects.toMatchObject(refused('limit', 'at most 33554432 packed'));
  });
});

describe('one byte', () => {
  const keys = generateKeys();
  /** Where each part of the unpacked archive lies: its 512 bytes of header, then its content. */
  async function places(): Promise<{ bytes: Buffer; headerOf(name: string): number; contentOf(name: string): number }> {
    const bytes = gunzipSync(await packBundle(driverFiles(), { privateKey: keys.privateKey }));
    const headerOf = (name: string): number => {
      for (let at = 0; at < bytes.length; at += 512) if (bytes.subarray(at, at + name.length + 1).toString('latin1') === `${name}\0` && bytes.subarray(at + 257, at + 262).toString() === 'ustar') return at;
      throw new Error(`no header of ${name}`);
    };
    return { bytes, headerOf, contentOf: (name) => headerOf(name) + 512 };
  }

  it.each<[string, (of: Awaited<ReturnType<typeof places>>) => number, string | undefined]>([
    ['of the entry', ({ contentOf }) => contentOf('dist/index.js') + 3, 'dist/index.js'],
    ['of the manifest', ({ contentOf }) => contentOf('driver.json') + 20, 'driver.json'],
    ['of the licences', ({ contentOf }) => contentOf('LICENSES.txt'), 'LICENSES.txt'],
    ['of the list\'s punctuation', ({ contentOf }) => contentOf('bundle.json'), 'bundle.json'],
    ['of a hash in the list', ({ bytes, contentOf }) => bytes.indexOf('"sha256": "', contentOf('bundle.json')) + 15, undefined],
    ['of the signature\'s punctuation', ({ contentOf }) => contentOf('bundle.sig'), 'bundle.sig'],
    ['of a name in a header', ({ headerOf }) => headerOf('dist/index.js') + 2, undefined],
    ['of padding', ({ contentOf }) => contentOf('dist/index.js') + 400, undefined],
  ])('%s cannot change unseen', async (_where, at, named) => {
    const of = await places();
    const place = at(of);
    of.bytes[place] = (of.bytes[place] as number) ^ 1;
    await expect(readBundle(gzipped(of.bytes))).rejects.toMatchObject({ name: 'BundleError', ...(named !== undefined && { file: named }) });
  });

  it('of the signature itself makes it nobody\'s', async () => {
    const { bytes, contentOf } = await places();
    const place = bytes.indexOf('"signature": "', contentOf('bundle.sig')) + 20;
    bytes[place] = bytes[place] === 65 ? 66 : 65;
    expect(verifyBundle(await readBundle(gzipped(bytes)), [keys])).toEqual({ why: expect.stringMatching(/^bundle\.sig: /) });
  });

  it('of the packed bytes is refused, or changes nothing that is unpacked', async () => {
    const bytes = await packBundle(driverFiles(), { privateKey: keys.privateKey });
    const { contentHash, listText: list } = await readBundle(bytes);
    let refusals = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 0x10;
      try {
        const read = await readBundle(changed);
        if ('keyId' in verifyBundle(read, [keys])) expect([read.contentHash, read.listText]).toEqual([contentHash, list]);
        else refusals += 1;
      } catch (error) {
        expect(error).toMatchObject({ name: 'BundleError' });
        refusals += 1;
      }
    }
    expect(refusals).toBeGreaterThan(bytes.length * 0.98);
  });
});
