import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BUNDLE_LIMITS } from '@mcmp/driver-sdk/bundle';
import { rcompare, valid } from 'semver';
import { extract } from 'tar-stream';
import { z } from 'zod';
import { type Asking, RepositoryError, fetchBytes } from './fetching.js';
import { type OfferedDriver, type OfferedVersion, type RepositoryReader, parsed } from './static-index.js';

const MAX_PACKUMENT_BYTES = 16 * 1024 * 1024;
/** The bundle, and what npm adds beside it. */
const MAX_TARBALL_BYTES = BUNDLE_LIMITS.packedBytes + 1024 * 1024;

const Packument = z.object({
  name: z.string(), description: z.string().optional(), keywords: z.array(z.string()).optional(), time: z.record(z.string(), z.string()).optional(),
  versions: z.record(z.string(), z.object({ version: z.string(), dist: z.object({ tarball: z.string(), integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/, 'must be a sha512') }) })),
});
const Found = z.object({ objects: z.array(z.object({ package: z.object({ name: z.string() }) })) });

/**
 * A registry that speaks as npm's does. The package of a driver has the driver's name and keyword `mcmp-driver`; its tarball holds the bundle as `package/<name>-<version>.mcmp`,
 * beside what npm itself puts in.
 */
export class NpmRepository implements RepositoryReader {
  private readonly kept = new Map<string, { etag: string | undefined; driver: OfferedDriver }>();
  constructor(private readonly base: string, private readonly asking: Pick<Asking, 'token' | 'insecure'>) {}

  /** By the registry's own search; one that has none is asked for the package of this very name. */
  async search(keyword: string): Promise<OfferedDriver[]> {
    let names: string[];
    try {
      const { bytes } = await fetchBytes(new URL(`${this.base}/-/v1/search?text=${encodeURIComponent(`keywords:mcmp-driver ${keyword}`.trim())}&size=50`), { ...this.asking, most: MAX_PACKUMENT_BYTES, accept: 'application/json' });
      names = parsed(bytes ?? Buffer.alloc(0), Found, 'the answer of the search').objects.map((each) => each.package.name);
    } catch (error) {
      if (!/answered with status (400|404|405|501)/.test((error as Error).message)) throw error;
      names = /^[a-z][a-z0-9-]{1,30}$/.test(keyword) ? [keyword] : [];
    }
    return (await Promise.all(names.map((name) => this.find(name)))).filter((driver) => driver !== undefined);
  }

  async find(name: string): Promise<OfferedDriver | undefined> {
    const kept = this.kept.get(name);
    try {
      const { bytes, etag } = await fetchBytes(new URL(`${this.base}/${encodeURIComponent(name)}`), { ...this.asking, most: MAX_PACKUMENT_BYTES, accept: 'application/json', ...(kept?.etag !== undefined && { etag: kept.etag }) });
      if (bytes === undefined) return kept?.driver;
      const driver = offered(parsed(bytes, Packument, `the document of ${name}`));
      if (this.kept.size > 1000) this.kept.clear();
      this.kept.set(name, { etag, driver });
      return driver;
    } catch (error) {
      if (/answered with status 404/.test((error as Error).message)) return undefined;
      throw error;
    }
  }

  async download({ url, integrity, version }: OfferedVersion): Promise<Buffer> {
    const { bytes } = await fetchBytes(new URL(url), { ...this.asking, most: MAX_TARBALL_BYTES });
    const found = `sha512-${createHash('sha512').update(bytes ?? '').digest('base64')}`;
    if (!bytes || found !== integrity) throw new RepositoryError(`the registry says integrity ${integrity} of version ${version}, and its tarball has ${found}`, true);
    return bundleIn(bytes, version);
  }
}

const offered = ({ name, description, keywords, time, versions }: z.infer<typeof Packument>): OfferedDriver => ({
  name, ...(description !== undefined && { title: { en: description }, description: { en: description } }), ...(keywords && { keywords }),
  versions: Object.values(versions).filter(({ version }) => valid(version)).sort((one, other) => rcompare(one.version, other.version))
    .map(({ version, dist }) => ({ version, url: dist.tarball, integrity: dist.integrity, ...(time?.[version] !== undefined && { publishedAt: time[version] }) })),
});

/** The one `.mcmp` of an npm tarball. @throws RepositoryError */
async function bundleIn(tarball: Buffer, version: string): Promise<Buffer> {
  const wrong = (why: string): RepositoryError => new RepositoryError(`the tarball of version ${version} ${why}; it must hold the bundle as package/<name>-<version>.mcmp`, true);
  const tar = await promisify(gunzip)(tarball, { maxOutputLength: MAX_TARBALL_BYTES * 2 }).catch(() => {
    throw wrong('cannot be unpacked within its limit');
  });
  const bundles: Buffer[] = [];
  const reader = extract();
  reader.end(tar);
  try {
    for await (const entry of reader) {
      const parts: Buffer[] = [];
      for await (const part of entry as AsyncIterable<Buffer>) parts.push(part);
      if (entry.header.type === 'file' && /^package\/[^/]+\.mcmp$/.test(entry.header.name)) bundles.push(Buffer.concat(parts));
    }
  } catch (error) {
    throw wrong(`is damaged (${(error as Error).message})`);
  }
  const [bundle, another] = bundles;
  if (!bundle) throw wrong('holds no bundle');
  if (another) throw wrong('holds several bundles');
  return bundle;
}
