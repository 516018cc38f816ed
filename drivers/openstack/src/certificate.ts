import { generateKeyPairSync, sign } from 'node:crypto';
import { ALGORITHM, bits, integer, nameOf, pem, sequence, value } from './der.js';

/** A new key, and the request (PKCS #10) to have it certified. */
export interface Certifiable { /** PKCS #8, PEM. */ privateKey: string; /** PEM. */ request: string }

/** Makes a key on the curve P-256 for somebody whom Kubernetes is to know by this name, as a member of a group. */
export function certifiable(name: string, group: string): Certifiable {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // The empty `[0]` stands for attributes, which must be told though there are none.
  const told = sequence(integer(0), nameOf(['organization', group], ['common name', name]), publicKey.export({ type: 'spki', format: 'der' }), value(0xa0));
  const request = sequence(told, ALGORITHM, bits(sign('sha256', told, privateKey)));
  return { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, request: pem('CERTIFICATE REQUEST', request) };
}
