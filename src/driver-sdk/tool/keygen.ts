import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { generateKeys } from '../bundle/index.js';
import { type Command, Refused, WrongUsage, textOf } from './command.js';

/** `mcmp-driver keygen`: a pair of keys, of which the private one is readable for its owner only. Never overwrites. */
export const keygen: Command = {
  summary: 'make a pair of keys to sign bundles with',
  help: `Usage: mcmp-driver keygen --out FILE

Writes a private ed25519 key to FILE (PEM, for its owner's eyes only) and the public one to FILE.pub.
Keep FILE to yourself, out of any repository; give FILE.pub to those who install your drivers. Files that exist are never overwritten.`,
  options: { out: { type: 'string' } },
  arguments: [],
  async run({ values }) {
    const out = textOf(values, 'out');
    if (out === undefined) throw new WrongUsage('--out FILE is needed: where the private key goes');
    const taken = [out, `${out}.pub`].find((path) => existsSync(path));
    if (taken !== undefined) throw new Refused(`${taken} exists; keys are never overwritten`, taken);
    const { keyId, privateKey, publicKey } = generateKeys();
    await writeFile(out, privateKey, { mode: 0o600, flag: 'wx' });
    await writeFile(`${out}.pub`, publicKey, { flag: 'wx' }).catch(async (error: unknown) => {
      await rm(out);
      throw error;
    });
    return { lines: [`key ${keyId}`, `private: ${out} (keep it)`, `public:  ${out}.pub (hand it out)`], data: { keyId, privateKey: out, publicKey: `${out}.pub` } };
  },
};
