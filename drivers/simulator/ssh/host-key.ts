import { createHmac, createPrivateKey, createPublicKey } from 'node:crypto';

const string = (value: Buffer | string): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/**
 * The ed25519 host key of a VM as an OpenSSH private key. It is drawn from a secret and the VM's own marks, so that a VM keeps its key over stop, start and a restart of the box
 * without the key being stored. Formats: RFC 8410 (PKCS #8), OpenSSH PROTOCOL.key.
 */
export function hostKey(secret: string, vm: string): string {
  const seed = createHmac('sha256', secret).update(vm).digest();
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const spki = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({ format: 'der', type: 'spki' });
  const publicBytes = spki.subarray(spki.length - 32);
  const type = string('ssh-ed25519');
  const check = seed.subarray(0, 4);
  const unpadded = Buffer.concat([check, check, type, string(publicBytes), string(Buffer.concat([seed, publicBytes])), string('')]);
  const padding = Buffer.from(Array.from({ length: (8 - (unpadded.length % 8)) % 8 }, (_, index) => index + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1\0'), string('none'), string('none'), string(''), one, string(Buffer.concat([type, string(publicBytes)])), string(Buffer.concat([unpadded, padding])),
  ]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${(blob.toString('base64').match(/.{1,70}/g) ?? []).join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
