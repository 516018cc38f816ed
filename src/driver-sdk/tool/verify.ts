import { keyIdOf, verifyBundle } from '../bundle/index.js';
import { type Command, textOf } from './command.js';
import { bundleNamed, fileNamed } from './files.js';

/** `mcmp-driver verify`: whether a file is a whole bundle, and whose. */
export const verify: Command = {
  summary: 'tell whether a bundle is whole, what it holds and who signed it',
  help: `Usage: mcmp-driver verify FILE [--key PUBLIC.pem]

Reads a bundle as the server does: limits, paths, hashes, manifest. With --key it must be signed with that key, else it is refused.`,
  options: { key: { type: 'string' } },
  arguments: ['FILE'],
  async run({ values, positionals: [path = ''] }) {
    const keyFile = textOf(values, 'key');
    const publicKey = keyFile === undefined ? undefined : (await fileNamed(keyFile, 'the key')).toString('utf8');
    const { bytes, bundle } = await bundleNamed(path);
    const trust = publicKey === undefined ? undefined : verifyBundle(bundle, [{ keyId: keyIdOf(publicKey), publicKey }]);
    const { manifest, files, signature, contentHash, archiveSha256 } = bundle;
    const data = { name: manifest.name, version: manifest.version, contentHash, sha256: archiveSha256, size: bytes.length, keyId: signature?.keyId ?? null, files: bundle.list.files };
    if (trust && 'why' in trust) return { lines: [`${path} is refused: ${trust.why}`], data: { ...data, error: trust.why }, refused: true };
    const signed = trust ? `signed with the key ${trust.keyId}, as it must be` : signature ? `signed with the key ${signature.keyId}; whether that key is to be trusted was not asked (--key)` : 'not signed';
    return {
      lines: [`${manifest.name} ${manifest.version} is whole: ${files.length} files, ${bytes.length} bytes packed`, signed, `content ${contentHash}`, `archive ${archiveSha256}`, ...bundle.list.files.map(({ path: file, size, sha256 }) => `  ${sha256.slice(0, 16)}  ${String(size).padStart(9)}  ${file}`)],
      data,
    };
  },
};
