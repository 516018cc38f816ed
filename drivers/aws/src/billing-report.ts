import { DriverError } from '@mcmp/driver-sdk';
import type { Service } from './client.js';
import { failedWith, isGone } from './errors.js';
import { present } from './map.js';
import { readAll } from './pages.js';

export type S3 = Service<'s3'>;
/** Where reports are: the bucket, and the folder that is called like the report. */
export interface Place { bucket: string; folder: string }
/** One delivery of one month: the newest, of which there may have been many. */
export interface Report { month: string; assembly: string; files: string[] }

/** @param option `s3://bucket/prefix/report-name`, whose pattern stands in driver.json. */
export function placeOf(option: string): Place {
  const [, bucket = '', folder = ''] = /^s3:\/\/([^/]+)\/(.+?)\/*$/.exec(option) ?? [];
  if (!bucket) throw new DriverError('INVALID_REQUEST', 'billingExport is not of the form s3://bucket/prefix/report-name.', { field: 'billingExport' });
  return { bucket, folder };
}

/** Months as `2026-01` that hold a time from `from` to before `to`. */
export function monthsOf(from: number, to: number): string[] {
  const begin = new Date(from);
  const months: string[] = [];
  for (let at = Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth()); at < to; ) {
    months.push(new Date(at).toISOString().slice(0, 7));
    const day = new Date(at);
    at = Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1);
  }
  return months;
}

/** Where the manifests of a month are: of a legacy report, then of a data export. */
function foldersOf(folder: string, month: string): string[] {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
  return [`${folder}/${day(Date.UTC(year, number - 1))}-${day(Date.UTC(year, number))}/`, `${folder}/metadata/BILLING_PERIOD=${month}/`];
}

interface Manifest { assemblyId?: string; executionId?: string; reportKeys?: string[]; dataFiles?: string[] }

/**
 * The newest delivery of a month, or nothing where there is none yet. AWS delivers a month again several times a day, whole each time, and writes the manifest last.
 * @throws DriverError UNSUPPORTED where its files are none of CSV.
 */
export async function reportOf(s3: S3, place: Place, month: string): Promise<Report | undefined> {
  for (const folder of foldersOf(place.folder, month)) {
    const key = (await newestManifest(s3, place, folder, '/')) ?? (await newestManifest(s3, place, folder, undefined));
    if (key === undefined) continue;
    const { Body } = await s3.send(new s3.GetObjectCommand({ Bucket: place.bucket, Key: key }));
    const manifest = parse(key, (await Body?.transformToString()) ?? '');
    const files = (manifest.reportKeys ?? manifest.dataFiles ?? []).map((name) => name.replace(/^s3:\/\/[^/]+\//, '').replace(/^\/+/, ''));
    const strange = files.find((name) => !/\.csv(\.gz)?$/i.test(name));
    if (strange !== undefined) throw new DriverError('UNSUPPORTED', `The billing export holds ${strange}: choose text/csv with GZIP as its format.`, { field: 'billingExport' });
    return { month, assembly: manifest.assemblyId ?? manifest.executionId ?? key, files };
  }
  return undefined;
}

function parse(key: string, text: string): Manifest {
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest === 'object' && manifest !== null) return manifest as Manifest;
  } catch {
    // Told below.
  }
  throw new DriverError('UNAVAILABLE', `The manifest ${key} of the billing export is no JSON, maybe since it is just being written.`);
}

/** @param Delimiter `/` leaves out folders below, in which older deliveries keep manifests of their own. */
async function newestManifest(s3: S3, { bucket }: Place, Prefix: string, Delimiter: string | undefined): Promise<string | undefined> {
  const objects = await readAll(1000, async ({ MaxResults, NextToken }) => {
    const { Contents = [], NextContinuationToken } = await s3.send(new s3.ListObjectsV2Command({ Bucket: bucket, Prefix, MaxKeys: MaxResults, ...present({ Delimiter, ContinuationToken: NextToken }) }));
    return { items: Contents, next: NextContinuationToken };
  }, 100);
  const manifests = objects.filter(({ Key = '' }) => Key.endsWith('Manifest.json'));
  return manifests.sort((a, b) => (b.LastModified?.getTime() ?? 0) - (a.LastModified?.getTime() ?? 0))[0]?.Key;
}

/** @throws DriverError NOT_FOUND where nothing is there at all, which is rather a wrong option than a bill of nothing. */
export async function requireAnything(s3: S3, { bucket, folder }: Place): Promise<void> {
  const { Contents = [] } = await s3.send(new s3.ListObjectsV2Command({ Bucket: bucket, Prefix: `${folder}/`, MaxKeys: 1 }));
  if (Contents.length === 0) throw new DriverError('NOT_FOUND', `There is no report in s3://${bucket}/${folder}/ yet. AWS delivers the first one within 24 hours; the last part is the name of the report.`, { field: 'billingExport', providerCode: 'NoSuchKey' });
}

/** The region of a bucket, in which alone its objects are read. */
export async function regionOf(s3: S3, { bucket }: Place): Promise<string> {
  const { LocationConstraint } = await s3.send(new s3.GetBucketLocationCommand({ Bucket: bucket })).catch((error: unknown) => {
    if (isGone(error) || failedWith(error, 'NoSuchBucket')) throw new DriverError('NOT_FOUND', `There is no bucket ${bucket}.`, { field: 'billingExport', providerCode: 'NoSuchBucket' });
    throw error;
  });
  // The two oldest regions have words of their own.
  return (LocationConstraint as string | undefined) === 'EU' ? 'eu-west-1' : LocationConstraint || 'us-east-1';
}
