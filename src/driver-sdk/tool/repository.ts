import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { rcompare } from 'semver';
import { type ReadBundle, bundleFileName, keyIdOf, readBundle, signBundle, verifyBundle } from '../bundle/index.js';
import type { Label } from '../shapes.js';
import { type Command, Refused, WrongUsage, textOf } from './command.js';
import { bundleNamed, fileNamed, writeWhole } from './files.js';

/** One version in `index.json`. */
export interface IndexVersion {
  version: string;
  /** URL of the bundle, relative to that of the index. */
  file: string;
  /** Packed bytes. */
  size: number;
  /** Sha-256 of the packed bytes. */
  sha256: string;
  /** Sha-256 over the driver's files. */
  contentHash: string;
  /** Key that signed it, or null. */
  keyId: string | null;
  sdk: number;
  capabilities: string[];
  /** ISO 8601 time at which this repository first had these bytes. */
  publishedAt: string;
}

/** One driver in `index.json`; what it is is told by its newest version. */
export interface IndexDriver {
  name: string;
  cloud: string;
  title: Label;
  description?: Label;
  keywords?: string[];
  /** Newest first. */
  versions: IndexVersion[];
}

/** `index.json`: drivers sorted by name. */
export interface RepositoryIndex { format: 1; drivers: IndexDriver[] }

interface Found { from: string; bytes: Buffer; bundle: ReadBundle }

async function bundlesIn(folder: string, privateKey: string | undefined): Promise<Found[]> {
  const names = await readdir(folder).catch(() => {
    throw new Refused(`the folder ${folder} cannot be read`, folder);
  });
  const found: Found[] = [];
  for (const name of names.filter((each) => each.endsWith('.mcmp')).sort()) {
    const read = await bundleNamed(join(folder, name)).catch((error: Error) => {
      throw new Refused(`${name}: ${error.message}`, name);
    });
    if (privateKey === undefined || read.bundle.signature) found.push({ from: name, ...read });
    else {
      const bytes = await signBundle(read.bytes, privateKey);
      found.push({ from: name, bytes, bundle: await readBundle(bytes) });
    }
  }
  if (found.length === 0) throw new Refused(`there is no *.mcmp in ${folder}; "mcmp-driver pack" makes them`, folder);
  return found;
}

/** Versions by driver, newest first. @throws Refused where two files are one version with different bytes */
function byDriver(found: readonly Found[]): Map<string, Found[]> {
  const drivers = new Map<string, Found[]>();
  for (const each of found) {
    const { name, version } = each.bundle.manifest;
    const versions = drivers.get(name) ?? [];
    const twin = versions.find(({ bundle }) => bundle.manifest.version === version);
    if (twin && twin.bundle.archiveSha256 !== each.bundle.archiveSha256) throw new Refused(`${twin.from} and ${each.from} are both ${name} ${version}, with different bytes; a version is published once`, each.from);
    if (!twin) drivers.set(name, [...versions, each].sort((a, b) => rcompare(a.bundle.manifest.version, b.bundle.manifest.version)));
  }
  return new Map([...drivers].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** When these bytes were first listed in a former index of the same repository. */
async function formerTimes(path: string): Promise<Map<string, string>> {
  if (!existsSync(path)) return new Map();
  try {
    const { drivers } = JSON.parse(await readFile(path, 'utf8')) as RepositoryIndex;
    return new Map(drivers.flatMap(({ versions }) => versions.map(({ sha256, publishedAt }) => [sha256, publishedAt] as const)));
  } catch (error) {
    throw new Refused(`${path} is no index of a repository: ${(error as Error).message}; take it away or choose another --out`, path);
  }
}

function driverOf(versions: readonly Found[], times: ReadonlyMap<string, string>, now: string): IndexDriver {
  const { name, cloud, title, description, keywords } = (versions[0] as Found).bundle.manifest;
  return {
    name, cloud, title, ...(description && { description }), ...(keywords && { keywords }),
    versions: versions.map(({ bytes, bundle: { manifest, archiveSha256, contentHash, signature } }) => ({
      version: manifest.version, file: `${name}/${encodeURIComponent(bundleFileName(manifest))}`, size: bytes.length, sha256: archiveSha256, contentHash, keyId: signature?.keyId ?? null,
      sdk: manifest.sdk, capabilities: manifest.capabilities, publishedAt: times.get(archiveSha256) ?? now,
    })),
  };
}

/** `mcmp-driver repository`: bundles in a folder as a static site from which servers install drivers. */
export const repository: Command = {
  summary: 'make a driver repository of a folder of bundles, for any web server',
  help: `Usage: mcmp-driver repository FOLDER --out DIR [--key PRIVATE.pem] [--trust PUBLIC.pem]

Checks each *.mcmp in FOLDER, copies it to DIR/<name>/ and writes DIR/index.json; serve DIR with any web server, and register its URL at an M-CMP server.
With --key, bundles without a signature are signed; with --trust, a bundle that is not signed with that key is refused. Run it again after each new bundle:
the index lists what FOLDER holds then, and files in DIR that it no longer lists stay.`,
  options: { out: { type: 'string' }, key: { type: 'string' }, trust: { type: 'string' } },
  arguments: ['FOLDER'],
  async run({ values, positionals: [folder = ''] }) {
    const out = textOf(values, 'out');
    if (out === undefined) throw new WrongUsage('--out DIR is needed: where the repository goes');
    const [privateKey, publicKey] = await Promise.all(['key', 'trust'].map(async (option) => {
      const path = textOf(values, option);
      return path === undefined ? undefined : (await fileNamed(path, 'the key')).toString('utf8');
    }));
    const found = await bundlesIn(folder, privateKey);
    for (const { from, bundle } of publicKey === undefined ? [] : found) {
      const trust = verifyBundle(bundle, [{ keyId: keyIdOf(publicKey as string), publicKey: publicKey as string }]);
      if ('why' in trust) throw new Refused(`${from}: ${trust.why}`, from);
    }
    const drivers = byDriver(found);
    const path = join(out, 'index.json');
    const times = await formerTimes(path);
    const now = `${new Date().toISOString().slice(0, 19)}Z`;
    const index: RepositoryIndex = { format: 1, drivers: [...drivers.values()].map((versions) => driverOf(versions, times, now)) };
    for (const [name, versions] of drivers) {
      await mkdir(join(out, name), { recursive: true });
      for (const { bytes, bundle } of versions) await writeWhole(join(out, name, bundleFileName(bundle.manifest)), bytes);
    }
    // Last, so that the index never names what is not there.
    await writeWhole(path, `${JSON.stringify(index, null, 2)}\n`);
    const count = [...drivers.values()].flat().length;
    return { lines: [`${path}: ${drivers.size} ${drivers.size === 1 ? 'driver' : 'drivers'}, ${count} ${count === 1 ? 'version' : 'versions'}`, ...index.drivers.map(({ name, versions }) => `  ${name}: ${versions.map(({ version, keyId }) => `${version}${keyId === null ? ' (not signed)' : ''}`).join(', ')}`)], data: { index: path, drivers: index.drivers } };
  },
};
