import type { ObjectHandlers, StoredObject } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Aws } from './client.js';
import { deleted } from './errors.js';
import { present } from './map.js';
import { readPage } from './pages.js';

/** What travels through the platform at most; larger content goes by signed URLs. */
const MOST_BYTES = 8 * 2 ** 20;

interface Head { ContentLength?: number; ETag?: string; ContentType?: string; LastModified?: Date }
const toObject = (bucketId: string, key: string, { ContentLength = 0, ETag, ContentType, LastModified }: Head): StoredObject => ({
  bucketId, key, sizeBytes: ContentLength, ...present({ etag: ETag?.replaceAll('"', ''), contentType: ContentType, modifiedAt: LastModified?.toISOString() }),
});

/** Objects of S3. In a bucket with versions a put or a delete keeps the old ones; they go with their bucket. */
export function objects(aws: Aws): ObjectHandlers {
  return {
    async list({ region, bucketId, prefix, ...page }, signal) {
      const s3 = await aws.service('s3', region, signal);
      return readPage(page, [1, 1000], async ({ MaxResults, NextToken }) => {
        const { Contents = [], NextContinuationToken } = await s3.send(new s3.ListObjectsV2Command({ Bucket: bucketId, MaxKeys: MaxResults, ...present({ Prefix: prefix, ContinuationToken: NextToken }) }));
        return { items: Contents.map(({ Key = '', Size, ETag, LastModified }) => toObject(bucketId, Key, { ...present({ ContentLength: Size, ETag, LastModified }) })), next: NextContinuationToken };
      });
    },

    async get({ region, bucketId, key }, signal) {
      const s3 = await aws.service('s3', region, signal);
      return toObject(bucketId, key, await s3.send(new s3.HeadObjectCommand({ Bucket: bucketId, Key: key })));
    },

    async put({ region, bucketId, key, contentBase64, contentType }, signal) {
      const s3 = await aws.service('s3', region, signal);
      const Body = Buffer.from(contentBase64, 'base64');
      const { ETag } = await s3.send(new s3.PutObjectCommand({ Bucket: bucketId, Key: key, Body, ...present({ ContentType: contentType }) }));
      return toObject(bucketId, key, { ContentLength: Body.length, ...present({ ETag, ContentType: contentType }) });
    },

    async read({ region, bucketId, key }, signal) {
      const s3 = await aws.service('s3', region, signal);
      const { Body, ContentLength = 0, ContentType } = await s3.send(new s3.GetObjectCommand({ Bucket: bucketId, Key: key }));
      if (ContentLength > MOST_BYTES) {
        (Body as { destroy?(): void } | undefined)?.destroy?.();
        throw new DriverError('INVALID_REQUEST', `${key} has ${ContentLength} bytes, more than the ${MOST_BYTES} that are read at once: sign a URL for it.`, { field: 'key' });
      }
      const bytes = await aws.guard('s3:GetObject', signal, async () => (await Body?.transformToByteArray()) ?? new Uint8Array());
      return { contentBase64: Buffer.from(bytes).toString('base64'), ...present({ contentType: ContentType }) };
    },

    async delete({ region, bucketId, key }, signal) {
      const s3 = await aws.service('s3', region, signal);
      await deleted(s3.send(new s3.DeleteObjectCommand({ Bucket: bucketId, Key: key })));
    },

    /** No call: the signature is made here. With temporary credentials the URL ends with them, if that is earlier. */
    async sign({ region, bucketId, key, access, expiresSeconds }, signal) {
      const s3 = await aws.service('s3', region, signal);
      const expiresAt = new Date(Date.now() + expiresSeconds * 1000).toISOString();
      const command = access === 'read' ? new s3.GetObjectCommand({ Bucket: bucketId, Key: key }) : new s3.PutObjectCommand({ Bucket: bucketId, Key: key });
      const url = await aws.guard('s3:Sign', signal, () => s3.getSignedUrl(s3.client as never, command as never, { expiresIn: expiresSeconds }));
      return { url, expiresAt };
    },
  };
}
