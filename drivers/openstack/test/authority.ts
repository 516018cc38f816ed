import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { ALGORITHM, bits, identifier, integer, nameOf, octets, pem, sequence, tagged, value } from '../src/der.js';

const DAY_MS = 86_400_000;
const time = (ms: number): Buffer => value(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
const YES = value(0x01, Buffer.from([0xff]));

interface Party { name: string; publicKey: KeyObject; privateKey: KeyObject }
const party = (name: string): Party => ({ name, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) });

/** A certificate (X.509 v3, PEM) from yesterday to tomorrow. */
function certificate(issuer: Party, subject: Party, serial: number, extension: Buffer): string {
  const [from, to] = [-DAY_MS, DAY_MS].map((ms) => time(Date.now() + ms)) as [Buffer, Buffer];
  const told = sequence(
    tagged(0, integer(2)), integer(serial), ALGORITHM, nameOf(['common name', issuer.name]), sequence(from, to), nameOf(['common name', subject.name]),
    subject.publicKey.export({ type: 'spki', format: 'der' }), tagged(3, sequence(extension)),
  );
  return pem('CERTIFICATE', sequence(told, ALGORITHM, bits(sign('sha256', told, issuer.privateKey))));
}

/** An authority that no system knows, and a server at 127.0.0.1 that it vouches for; all PEM. */
export function privateAuthority(): { authority: string; certificate: string; key: string } {
  const [root, server] = [party('an authority of the test'), party('127.0.0.1')];
  return {
    authority: certificate(root, root, 1, sequence(identifier('2.5.29.19'), YES, octets(sequence(YES)))),
    certificate: certificate(root, server, 2, sequence(identifier('2.5.29.17'), octets(sequence(tagged(7, Buffer.from([127, 0, 0, 1]), true))))),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}
