import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { BundleError } from './errors.js';
import { type BundleSignature, sha256 } from './list.js';

/** A pair of keys in PEM; `keyId` is what signatures name. */
export interface KeyPair { keyId: string; privateKey: string; publicKey: string }

/** A public key whose signatures are believed. */
export interface TrustedKey {
  keyId: string;
  /** PEM (SPKI). */
  publicKey: string;
}

const idOf = (key: KeyObject): string => sha256(key.export({ type: 'spki', format: 'der' })).slice(0, 16);

function read(make: (pem: string) => KeyObject, pem: string, kind: string): KeyObject {
  let key: KeyObject;
  try {
    key = make(pem);
  } catch {
    // What OpenSSL says may quote the text, which may be a secret.
    throw new BundleError('key', `the ${kind} key cannot be read: it must be ed25519 in PEM, as "mcmp-driver keygen" makes it`);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new BundleError('key', `the ${kind} key is ${key.asymmetricKeyType}; it must be ed25519`);
  return key;
}

function readPublic(pem: string): KeyObject {
  // Node would take its public half, and the secret would lie about unnoticed.
  if (/PRIVATE KEY/.test(pem)) throw new BundleError('key', 'this is a private key, which must stay with its owner; give the public one (the .pub file)');
  return read(createPublicKey, pem, 'public');
}

/** Makes a new pair of ed25519 keys. */
export function generateKeys(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { keyId: idOf(publicKey), privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string };
}

/** The id of a public key in PEM: 16 hexadecimal digits. @throws BundleError where it is no ed25519 public key */
export const keyIdOf = (publicKey: string): string => idOf(readPublic(publicKey));

/** The public half of a private key, in PEM. @throws BundleError */
export const publicKeyOf = (privateKey: string): string => createPublicKey(read(createPrivateKey, privateKey, 'private')).export({ type: 'spki', format: 'pem' }) as string;

/** Signs the text of a `bundle.json`. @throws BundleError where the key is no ed25519 private key in PEM */
export function signatureOf(listText: string, privateKey: string): BundleSignature {
  const key = read(createPrivateKey, privateKey, 'private');
  return { algorithm: 'ed25519', keyId: idOf(createPublicKey(key)), signature: sign(null, Buffer.from(listText), key).toString('base64') };
}

/**
 * Tells whose signature a bundle carries: the id of one of the trusted keys, or why none of them stands for it.
 * What `readBundle` gives is enough: the files were held to the list there, and the signature is over the list.
 */
export function verifyBundle({ listText, signature }: { listText: string; signature?: BundleSignature }, trusted: readonly TrustedKey[]): { keyId: string } | { why: string } {
  if (!signature) return { why: 'the bundle is not signed; its author signs it with "mcmp-driver pack --key"' };
  const { keyId } = signature;
  const key = trusted.map(({ publicKey }) => readPublic(publicKey)).find((each) => idOf(each) === keyId);
  if (!key) return { why: `the bundle is signed with the key ${keyId}, which is not among the trusted keys` };
  if (!verify(null, Buffer.from(listText), key, Buffer.from(signature.signature, 'base64'))) return { why: `bundle.sig: the signature is not that of the key ${keyId} over bundle.json: one of the two was changed` };
  return { keyId };
}
