import { createHash } from 'node:crypto';
import { BUNDLE_LIMITS } from '@mcmp/driver-sdk/bundle';
import { valid } from 'semver';
import { z } from 'zod';
import { type Asking, RepositoryError, fetchBytes } from './fetching.js';

/** A version that a repository offers. */
export interface OfferedVersion {
  version: string;
  /** Where its bytes are. */
  url: string;
  /** What the repository says of them, as far as it does. */
  sha256?: string;
  integrity?: string;
  contentHash?: string;
  keyId?: string | null;
  publishedAt?: string;
}
/** A driver that a repository offers, versions newest first. */
export interface OfferedDriver {
  name: string;
  cloud?: string;
  title?: { en: string; ko?: string | undefined };
  description?: { en: string; ko?: string | undefined };
  keywords?: string[];
  versions: OfferedVersion[];
}

/** A repository as the server reads it. All methods throw a RepositoryError. */
export interface RepositoryReader {
  /** Drivers that may fit a keyword; the caller looks closer. */
  search(keyword: string): Promise<OfferedDriver[]>;
  find(name: string): Promise<OfferedDriver | undefined>;
  /** The bytes of a bundle, held to what the repository says of them. */
  download(version: OfferedVersion): Promise<Buffer>;
}

const MAX_INDEX_BYTES = 16 * 1024 * 1024;
const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `must be ${digits} hexadecimal digits`);
const Label = z.object({ en: z.string().max(1000), ko: z.string().max(1000).optional() });
/** `index.json`, as `mcmp-driver repository` writes it; members that are not known here are passed over. */
const Index = z.object({
  format: z.literal(1, { error: ({ input }) => `must be 1, the format that this server reads; it is ${JSON.stringify(input) ?? 'missing'}` }),
  drivers: z.array(z.object({
    name: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/), cloud: z.string().max(31), title: Label, description: Label.optional(), keywords: z.array(z.string().max(100)).max(100).optional(),
    versions: z.array(z.object({ version: z.string().max(100).refine((version) => valid(version) !== null, 'must be a semantic version'), file: z.string().min(1).max(2000), size: z.number().int().min(1).max(BUNDLE_LIMITS.packedBytes), sha256: hex(64), contentHash: hex(64), keyId: hex(16).nullable(), publishedAt: z.string().max(40).optional() })).max(10_000),
  })).max(10_000),
});

/** Why a text does not fit a schema, as a sentence. */
export function faultOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${(issue?.path ?? []).join('.') || 'the whole'}: ${issue?.message ?? 'wrong'}`;
}

/** Reads JSON of a repository. @throws RepositoryError that names the member at fault */
export function parsed<T>(bytes: Buffer, schema: z.ZodType<T>, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new RepositoryError(`${what} is no JSON`, true);
  }
  const checked = schema.safeParse(value);
  if (!checked.success) throw new RepositoryError(`${what} breaks its format: ${faultOf(checked.error)}`, true);
  return checked.data;
}

/** A folder of signed bundles with an `index.json`, behind any web server. The index is kept, and asked for again by its ETag. */
export class StaticRepository implements RepositoryReader {
  private kept: { etag: string | undefined; drivers: OfferedDriver[] } | undefined;
  constructor(private readonly base: string, private readonly asking: Pick<Asking, 'token' | 'insecure'>) {}

  /** All that it offers: the search is over what the index says. */
  search(): Promise<OfferedDriver[]> {
    return this.index();
  }

  async find(name: string): Promise<OfferedDriver | undefined> {
    return (await this.index()).find((driver) => driver.name === name);
  }

  async download({ url, sha256, version }: OfferedVersion): Promise<Buffer> {
    const { bytes } = await fetchBytes(new URL(url), { ...this.asking, most: BUNDLE_LIMITS.packedBytes });
    const found = createHash('sha256').update(bytes ?? '').digest('hex');
    if (!bytes || found !== sha256) throw new RepositoryError(`the index says SHA-256 ${sha256} of version ${version}, and its bytes have ${found}`, true);
    return bytes;
  }

  private async index(): Promise<OfferedDriver[]> {
    const { bytes, etag, url } = await fetchBytes(new URL(`${this.base}/index.json`), { ...this.asking, most: MAX_INDEX_BYTES, accept: 'application/json', ...(this.kept?.etag !== undefined && { etag: this.kept.etag }) });
    if (bytes === undefined) return this.kept?.drivers ?? [];
    const { drivers } = parsed(bytes, Index, 'index.json');
    const offered = drivers.map(({ versions, ...driver }): OfferedDriver => ({
      ...plain(driver), versions: versions.map(({ file, version, sha256, contentHash, keyId, publishedAt }) => ({ version, url: located(file, url), sha256, contentHash, keyId, ...(publishedAt !== undefined && { publishedAt }) })),
    }));
    this.kept = { etag, drivers: offered };
    return offered;
  }
}

/** The same without members that are undefined. */
const plain = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } => Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;

function located(file: string, index: URL): string {
  if (!URL.canParse(file, index.href)) throw new RepositoryError(`index.json names "${file.slice(0, 100)}", which is no URL`, true);
  return new URL(file, index).href;
}
