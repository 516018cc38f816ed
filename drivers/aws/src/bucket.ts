import type { Bucket, BucketHandlers, CreateRequest } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Tag } from '@aws-sdk/client-ec2';
import type { Aws, Service } from './client.js';
import { deleted, failedWith } from './errors.js';
import { readPageOfEach } from './listing.js';
import { hasToken, marked, nameOf, present, tagsOf, toTags } from './map.js';

type S3 = Service<'s3'>;

/** S3 answers so for a bucket without tags. */
const NO_TAGS = 'NoSuchTagSet';
const tagsOfBucket = (s3: S3, Bucket: string): Promise<Tag[]> => s3.send(new s3.GetBucketTaggingCommand({ Bucket })).then(({ TagSet = [] }) => TagSet as Tag[], (error: unknown) => {
  if (failedWith(error, NO_TAGS)) return [];
  throw error;
});
const taken = (name: string): DriverError => new DriverError('ALREADY_EXISTS', `The name ${name} is taken by another bucket; bucket names are unique over all accounts of AWS.`, { providerCode: 'BucketAlreadyExists', field: 'name' });

/** Buckets of S3; the id is the name, which is unique in all of AWS. */
export function buckets(aws: Aws): BucketHandlers {
  return {
    /** S3 has no token, and in us-east-1 answers a second create of one's own bucket as if it made it: so we look first, and again after a refusal. */
    async create(request, signal) {
      const s3 = await aws.service('s3', request.region, signal);
      if (!/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(request.name)) throw new DriverError('INVALID_REQUEST', 'A bucket name has 3 to 63 of a-z, 0-9 and hyphen, with no hyphen at its end.', { field: 'name' });
      if (!(await isOurs(s3, request))) {
        await s3.send(new s3.CreateBucketCommand({
          Bucket: request.name, CreateBucketConfiguration: { ...(request.region !== 'us-east-1' && { LocationConstraint: request.region as never }), Tags: toTags({ ...marked(request), Name: request.name }) as { Key: string; Value: string }[] },
        })).catch(async (error: unknown) => {
          if (failedWith(error, 'BucketAlreadyOwnedByYou') && (await isOurs(s3, request))) return;
          throw failedWith(error, 'BucketAlreadyExists', 'BucketAlreadyOwnedByYou') ? taken(request.name) : error;
        });
      }
      // Stores that speak like S3 know no tags at the create.
      if (!hasToken(await tagsOfBucket(s3, request.name), request.token)) {
        await s3.send(new s3.PutBucketTaggingCommand({ Bucket: request.name, Tagging: { TagSet: toTags({ ...marked(request), Name: request.name }) as { Key: string; Value: string }[] } }));
      }
      return { id: request.name, name: request.name, region: request.region, tags: request.tags, providerState: 'available', state: 'available', versioning: false, ...present({ url: await urlOf(s3, request.name) }) };
    },

    async get({ region, id }, signal) {
      return toBucket(await aws.service('s3', region, signal), id, region);
    },

    async list(request, signal) {
      const s3 = await aws.service('s3', request.region, signal);
      const created = new Map<string, Date>();
      // Stores that speak like S3 give all buckets at once and know no further page, so that ours is cut from as many as AWS gives.
      return readPageOfEach(request, 25, async ({ NextToken }) => {
        const { Buckets = [], ContinuationToken } = await s3.send(new s3.ListBucketsCommand({ MaxBuckets: 10_000, BucketRegion: request.region, ...(NextToken !== undefined && { ContinuationToken: NextToken }) }));
        for (const { Name = '', CreationDate } of Buckets) if (CreationDate) created.set(Name, CreationDate);
        // A store that knows no BucketRegion here lists the buckets of all regions.
        return { items: Buckets.filter(({ BucketRegion }) => BucketRegion === undefined || BucketRegion === request.region).map(({ Name = '' }) => Name), next: ContinuationToken };
      }, async (id) => ({ ...(await toBucket(s3, id, request.region)), ...present({ createdAt: created.get(id)?.toISOString() }) }));
    },

    /** A bucket whose objects are all deleted may still hold their old versions, which nobody sees: they go with it. */
    async delete({ region, id }, signal) {
      const s3 = await aws.service('s3', region, signal);
      await deleted(s3.send(new s3.DeleteBucketCommand({ Bucket: id })).catch(async (error: unknown) => {
        if (!failedWith(error, 'BucketNotEmpty') || !(await dropVersions(s3, id))) throw error;
        await s3.send(new s3.DeleteBucketCommand({ Bucket: id }));
      }));
    },

    async setVersioning({ region, id, enabled }, signal) {
      const s3 = await aws.service('s3', region, signal);
      await s3.send(new s3.PutBucketVersioningCommand({ Bucket: id, VersioningConfiguration: { Status: enabled ? 'Enabled' : 'Suspended' } }));
      return { ...(await toBucket(s3, id, region)), versioning: enabled };
    },
  };
}

/** Whether the bucket of that name is there and was made for this request; one without any tags counts as ours only where an earlier call may have been stopped before it set them. */
async function isOurs(s3: S3, { name, token, resume }: CreateRequest): Promise<boolean> {
  try {
    const tags = await tagsOfBucket(s3, name);
    if (hasToken(tags, token) || (resume === true && tags.length === 0)) return true;
  } catch (error) {
    if (failedWith(error, 'NoSuchBucket')) return false;
    // Another account's, or in another region.
    if (!failedWith(error, 'AccessDenied', 'PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException')) throw error;
  }
  throw taken(name);
}

async function toBucket(s3: S3, id: string, region: string): Promise<Bucket> {
  const [tags, { Status }, url] = await Promise.all([tagsOfBucket(s3, id), s3.send(new s3.GetBucketVersioningCommand({ Bucket: id })), urlOf(s3, id)]);
  return { id, name: nameOf(tags, id), region, tags: tagsOf(tags), providerState: 'available', state: 'available', versioning: Status === 'Enabled', ...present({ url }) };
}

/** Deletes old versions and deletion marks of a bucket that shows no object. @returns false where it shows one. */
async function dropVersions(s3: S3, Bucket: string): Promise<boolean> {
  const { Contents = [] } = await s3.send(new s3.ListObjectsV2Command({ Bucket, MaxKeys: 1 }));
  if (Contents.length > 0) return false;
  for (let rounds = 0; rounds < 20; rounds += 1) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new s3.ListObjectVersionsCommand({ Bucket, MaxKeys: 1000 }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, ...present({ VersionId }) }));
    if (Objects.length === 0) return true;
    await s3.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects } }));
  }
  throw new DriverError('CONFLICT', `Old versions of ${Bucket} are being deleted: repeat the delete.`);
}

/** Where its objects are, as the vendor's library addresses them. */
async function urlOf(s3: S3, bucket: string): Promise<string | undefined> {
  const { endpoint, forcePathStyle, region } = s3.client.config;
  if (!forcePathStyle || endpoint === undefined) return `https://${bucket}.s3.${await region()}.amazonaws.com/`;
  const { protocol, hostname, port, path } = await endpoint();
  return `${protocol}//${hostname}${port ? `:${port}` : ''}${path.replace(/\/?$/, '/')}${bucket}/`;
}
