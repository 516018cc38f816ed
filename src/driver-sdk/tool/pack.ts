import { resolve } from 'node:path';
import { bundleFileName, packBundle, readBundle } from '../bundle/index.js';
import { bundleDriver } from './bundling.js';
import { type Command, textOf } from './command.js';
import { fileNamed, writeWhole } from './files.js';

/** `mcmp-driver pack`: a driver's folder as one file. */
export const pack: Command = {
  summary: 'pack a driver\'s folder into one bundle, signed where a key is given',
  help: `Usage: mcmp-driver pack FOLDER [--out FILE] [--key PRIVATE.pem]

Bundles src/index.ts and all that it imports into the entry that driver.json names (what it loads by import() into modules beside it), adds the licences of what it holds, and packs it as <name>-<version>.mcmp
into the current folder, or as FILE. The same sources and libraries give the same bytes, in any folder. Needs esbuild in the project of the driver.`,
  options: { out: { type: 'string' }, key: { type: 'string' } },
  arguments: ['FOLDER'],
  async run({ values, positionals: [folder = ''] }) {
    const keyFile = textOf(values, 'key');
    const privateKey = keyFile === undefined ? undefined : (await fileNamed(keyFile, 'the key')).toString('utf8');
    const { files, warnings } = await bundleDriver(folder);
    const bytes = await packBundle(files, { ...(privateKey !== undefined && { privateKey }) });
    const { manifest, list, signature, contentHash, archiveSha256 } = await readBundle(bytes);
    const out = textOf(values, 'out') ?? bundleFileName(manifest);
    await writeWhole(out, bytes);
    const data = { file: resolve(out), name: manifest.name, version: manifest.version, size: bytes.length, sha256: archiveSha256, contentHash, keyId: signature?.keyId ?? null, files: list.files, warnings };
    return {
      lines: [...warnings.map((warning) => `warning: ${warning}`), `${out}: ${manifest.name} ${manifest.version}, ${bytes.length} bytes, ${signature ? `signed with the key ${signature.keyId}` : 'not signed (--key)'}`, ...list.files.map(({ path, size }) => `  ${String(size).padStart(9)}  ${path}`)],
      data,
    };
  },
};
