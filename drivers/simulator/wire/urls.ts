import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signed URL opens. */
export interface Opening { cloud: string; bucketId: string; key: string; access: 'read' | 'write'; expiresAt: number }

const FORM = /^\/o\/([a-z0-9-]{1,31})\/([^/]{1,512})\/(.+)$/;
const signatureOf = (secret: string, { cloud, bucketId, key, access, expiresAt }: Opening): string => createHmac('sha256', secret).update([access, cloud, bucketId, key, expiresAt].join('\n')).digest('hex');

/** Path and query that give one access to one object until a time. */
export const signedUrl = (secret: string, opening: Opening): string =>
  `/o/${opening.cloud}/${encodeURIComponent(opening.bucketId)}/${opening.key.split('/').map(encodeURIComponent).join('/')}?access=${opening.access}&expires=${opening.expiresAt}&signature=${signatureOf(secret, opening)}`;

/** What a URL says that it opens; undefined for another path. */
export function openingOf(url: URL): { opening: Opening; signature: string } | undefined {
  const [, cloud, bucket, key] = FORM.exec(url.pathname) ?? [];
  if (cloud === undefined || bucket === undefined || key === undefined) return undefined;
  return {
    opening: { cloud, bucketId: decodeURIComponent(bucket), key: decodeURIComponent(key), access: url.searchParams.get('access') === 'write' ? 'write' : 'read', expiresAt: Number(url.searchParams.get('expires')) },
    signature: url.searchParams.get('signature') ?? '',
  };
}

/** Whether the signature is that of the account. */
export function isSigned(secret: string, opening: Opening, signature: string): boolean {
  const expected = Buffer.from(signatureOf(secret, opening)), told = Buffer.from(signature);
  return expected.length === told.length && timingSafeEqual(expected, told);
}
