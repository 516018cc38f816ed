import ssh2 from 'ssh2';

/** A new ed25519 key pair: the public half as an OpenSSH line, the private half as OpenSSH PEM. */
export function newKeyPair(comment: string): { publicKey: string; privateKey: string } {
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
  return { publicKey: pair.public, privateKey: pair.private };
}
