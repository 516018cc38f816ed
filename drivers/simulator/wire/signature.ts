import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { WorldError } from '../world/index.js';
import type { World } from '../world/index.js';

const LARGEST_SKEW_MS = 5 * 60_000;
const FORM = /^BOX1-HMAC-SHA256 key=([A-Z2-7]{8,80}), signature=([0-9a-f]{64})$/;

/**
 * Who sent a request. `authorization: BOX1-HMAC-SHA256 key=…, signature=…` signs, with the secret of the key, four lines:
 * method, path, the `x-box-date` header (ISO 8601), and the SHA-256 of the body in hex.
 * @throws WorldError UNAUTHENTICATED for an absent, strange, false or outdated signature.
 */
export function authenticate(world: World, cloud: string, request: { method: string; path: string; headers: IncomingHttpHeaders; body: string }): { account: string; secretKey: string; principal?: string } {
  const refuse = (message: string, reason: string): never => {
    throw new WorldError('UNAUTHENTICATED', message, { reason });
  };
  const [, accessKeyId, signature] = FORM.exec(request.headers.authorization ?? '') ?? refuse('the request is not signed', 'MissingSignature');
  const date = String(request.headers['x-box-date'] ?? '');
  const sentAt = Date.parse(date);
  if (!(Math.abs(world.signingNow() - sentAt) <= LARGEST_SKEW_MS)) refuse(`the date '${date.slice(0, 40)}' is not within five minutes of now`, 'RequestExpired');
  if (world.isExpired(cloud, accessKeyId ?? '')) refuse('the credential has expired', world.personalities.get(cloud)?.services.expiredCode ?? 'CredentialExpired');
  const known = world.accountOf(cloud, accessKeyId ?? '') ?? refuse('nobody has this access key', 'InvalidAccessKey');
  const lines = [request.method, request.path, date, createHash('sha256').update(request.body).digest('hex')];
  const expected = createHmac('sha256', known.secretKey).update(lines.join('\n')).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature ?? '', 'hex'))) refuse('the signature does not fit the secret of this key', 'SignatureDoesNotMatch');
  return known;
}
