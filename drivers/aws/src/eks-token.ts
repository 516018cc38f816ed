import type { Aws } from './client.js';

/** The signer within the vendor's client, as far as we use it. */
interface Presigner { presign(request: object, options: object): Promise<{ query?: Record<string, unknown> }> }

/** Life of a token; EKS takes it for 15 minutes from its signature on. */
const LIFE_MS = 14 * 60_000;

/** A token for a cluster's API server: a signed question to STS who this is, which the server asks for itself. Source: aws-iam-authenticator, "API authorization from outside a cluster". */
export async function clusterToken(aws: Aws, region: string, cluster: string, signal: AbortSignal, at = new Date()): Promise<{ token: string; expiresAt: string }> {
  const sts = await aws.service('sts', region, signal);
  const hostname = `sts.${region}.amazonaws.com${aws.china ? '.cn' : ''}`;
  const signer = (await (sts.client.config as unknown as { signer(): Promise<unknown> }).signer()) as Presigner;
  const signed = await signer.presign(
    { method: 'GET', protocol: 'https:', hostname, path: '/', query: { Action: 'GetCallerIdentity', Version: '2011-06-15' }, headers: { host: hostname, 'x-k8s-aws-id': cluster } },
    { expiresIn: 60, signingDate: at, signingRegion: region, signingService: 'sts', unhoistableHeaders: new Set(['x-k8s-aws-id']) },
  );
  const query = Object.entries(signed.query ?? {}).map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`).join('&');
  return { token: `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${query}`).toString('base64url')}`, expiresAt: new Date(at.getTime() + LIFE_MS).toISOString() };
}
