import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A request as it is signed. */
export interface SignedRequest {
  method: string;
  /** Path and query as they came on the wire. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What a good signature tells. */
export interface Caller { account: string; accessKeyId: string; region: string; service: string }

/** Why a signature is refused; each protocol has its own code for it. `expired` is the request's date, `ended` a temporary key; a lasting key that no longer holds is `unknown-key`, as at AWS. */
export type SignatureFault = 'missing' | 'incomplete' | 'unknown-key' | 'expired' | 'ended' | 'mismatch';
export class SignatureError extends Error {
  constructor(readonly fault: SignatureFault, message: string) {
    super(message);
  }
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** Keys that STS gives for a while. */
const TEMPORARY = /^ASIA/;
const LARGEST_SKEW_MS = 5 * 60_000;
const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
/** RFC 3986: what encodeURIComponent leaves and SigV4 does not. */
const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** The service of the credential scope, also of a request that is refused later; undefined where nothing is signed. */
export const serviceOf = (authorization: string | undefined): string | undefined => /Credential=[^/,]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(authorization ?? '')?.[1];

/**
 * Recomputes a request's signature (AWS General Reference, "Signature Version 4 signing process") and says who sent it.
 * @throws SignatureError
 */
export function verifySignature(request: SignedRequest, keys: { accountOf(accessKeyId: string): { account: string; secretKey: string } | undefined; isExpired(accessKeyId: string): boolean }, nowMs: number): Caller {
  const authorization = request.headers.authorization;
  if (!authorization) throw new SignatureError('missing', 'Request is missing Authentication Token');
  const parts = /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$/.exec(authorization.trim());
  const at = String(request.headers['x-amz-date'] ?? '');
  if (!parts || !/^\d{8}T\d{6}Z$/.test(at)) throw new SignatureError('incomplete', 'Authorization header or x-amz-date does not conform to Signature Version 4');
  const [, accessKeyId, date, region, service, signedHeaders, signature] = parts as unknown as [string, string, string, string, string, string, string];
  const known = keys.accountOf(accessKeyId);
  if (!known && TEMPORARY.test(accessKeyId) && keys.isExpired(accessKeyId)) throw new SignatureError('ended', 'The security token included in the request is expired');
  if (!known) throw new SignatureError('unknown-key', 'AWS was not able to validate the provided access credentials');
  const signed = signedHeaders.split(';');
  if (!signed.includes('host') || !signed.includes('x-amz-date')) throw new SignatureError('incomplete', "'Host' and 'X-Amz-Date' must be signed headers");
  const unsigned = Object.keys(request.headers).find((name) => name.startsWith('x-amz-') && !signed.includes(name));
  if (unsigned) throw new SignatureError('incomplete', `There were headers present in the request which were not signed: ${unsigned}`);
  // The box's temporary keys hold without a session token, and with any.
  if (request.headers['x-amz-security-token'] !== undefined && !TEMPORARY.test(accessKeyId)) throw new SignatureError('unknown-key', 'The security token included in the request is invalid');
  if (at.slice(0, 8) !== date) throw new SignatureError('mismatch', 'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP');

  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, at, scope, sha256(canonicalRequest(request, signed))].join('\n');
  const key = hmac(hmac(hmac(hmac(`AWS4${known.secretKey}`, date), region), service), 'aws4_request');
  if (!timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex'))) {
    throw new SignatureError('mismatch', 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.');
  }
  // Checked after the signature, so that only the key's owner learns of the clock.
  const sentMs = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(nowMs - sentMs) <= LARGEST_SKEW_MS)) throw new SignatureError('expired', `Signature expired: ${at} is not within 5 min. of ${new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '')}`);
  return { account: known.account, accessKeyId, region, service };
}

function canonicalRequest(request: SignedRequest, signed: string[]): string {
  const [path = '/', query = ''] = request.url.split('?', 2);
  const parameters = [...new URLSearchParams(query)].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const headers = signed.map((name) => `${name}:${headerText(request.headers[name])}\n`);
  return [request.method, path.split('/').map(encode).join('/'), parameters.join('&'), headers.join(''), signed.join(';'), sha256(request.body)].join('\n');
}

const headerText = (value: string | string[] | undefined): string => (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/\s+/g, ' ');
