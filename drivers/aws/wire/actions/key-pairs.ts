import type * as ec2 from '@aws-sdk/client-ec2';
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';
import type { RegionView, Thing } from '../../../simulator/world/types.js';
import { action } from '../action.js';
import { Ec2Error, invalidValue, missing, notFound, notPlayed } from '../errors.js';
import { matcher } from '../filters.js';
import { checkId } from '../ids.js';
import { shownTags, tagsOf } from '../tags.js';
import { thingsOf } from '../describe.js';

const keyType = (publicKey: string): ec2.KeyType => (publicKey.startsWith('ssh-ed25519') ? 'ed25519' : 'rsa');
const colons = (hex: string): string => hex.match(/../g)!.join(':');

/** A key of two sorts that EC2 takes, in OpenSSH's one-line form. @throws Ec2Error InvalidKey.Format */
function parsePublicKey(material: Uint8Array): { line: string; blob: Buffer } {
  const line = Buffer.from(material).toString('utf8').trim();
  const [type, base64] = line.split(/\s+/);
  const blob = Buffer.from(base64 ?? '', 'base64');
  const named = blob.length > 4 ? blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1') : '';
  if ((type !== 'ssh-rsa' && type !== 'ssh-ed25519') || named !== type) throw new Ec2Error('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');
  return { line, blob };
}

/** EC2's fingerprint of a key from outside: MD5 of the DER for RSA, SHA-256 of the OpenSSH blob for ed25519. */
function importedFingerprint({ line, blob }: { line: string; blob: Buffer }): string {
  if (keyType(line) === 'ed25519') return createHash('sha256').update(blob).digest('base64');
  const fields: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length; at += 4 + blob.readUInt32BE(at)) fields.push(blob.subarray(at + 4, at + 4 + blob.readUInt32BE(at)));
  const [, exponent, modulus] = fields;
  if (!exponent || !modulus) throw new Ec2Error('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');
  const unsigned = modulus[0] === 0 ? modulus.subarray(1) : modulus;
  if (unsigned.length < 128) throw new Ec2Error('InvalidKey.Format', 'The RSA key is shorter than 1024 bits');
  const der = createPublicKey({ format: 'jwk', key: { kty: 'RSA', n: unsigned.toString('base64url'), e: exponent.toString('base64url') } }).export({ format: 'der', type: 'spki' });
  return colons(createHash('md5').update(der).digest('hex'));
}

function checkName(name: string | undefined): string {
  if (!name) throw missing('keyName');
   
  if (name.length > 255 || !/^[\x20-\x7e]+$/.test(name)) throw invalidValue(`Invalid value '${name.slice(0, 64)}' for keyPairName. It exceeds 255 ASCII characters.`);
  return name;
}

function makeKeyPair(view: RegionView, input: { KeyName: string | undefined; TagSpecifications?: ec2.TagSpecification[] | undefined }, publicKey: string, fingerprint: string): Thing<'key-pair'> {
  const name = checkName(input.KeyName);
  return view.create('key-pair', { name, tags: tagsOf(input.TagSpecifications, 'key-pair')['key-pair'], attributes: { publicKey, fingerprint } });
}

const told = (key: Thing<'key-pair'>): { KeyName: string; KeyPairId: string; KeyFingerprint: string; Tags: ec2.Tag[] } => ({
  KeyName: key.name, KeyPairId: key.id, KeyFingerprint: key.attributes.fingerprint, Tags: shownTags(key.tags),
});

const importKeyPair = action<ec2.ImportKeyPairRequest, ec2.ImportKeyPairResult>('ImportKeyPair', 'key-pair.create', ['KeyName', 'PublicKeyMaterial', 'TagSpecifications', 'DryRun'], (input, { view }) => {
  const key = parsePublicKey(input.PublicKeyMaterial!);
  return told(makeKeyPair(view, input, key.line, importedFingerprint(key)));
});

const createKeyPair = action<ec2.CreateKeyPairRequest, ec2.KeyPair>('CreateKeyPair', 'key-pair.create', ['KeyName', 'KeyType', 'KeyFormat', 'TagSpecifications', 'DryRun'], (input, { view }) => {
  const { KeyType: type = 'rsa', KeyFormat: format = 'pem' } = input;
  if (type !== 'rsa' && type !== 'ed25519') throw invalidValue(`Invalid value '${String(type)}' for keyType. Expecting rsa or ed25519.`);
  if (format !== 'pem') throw notPlayed('The cloud in a box gives private keys in the pem format only');
  const { privateKey, publicKey, fingerprint } = type === 'rsa' ? newRsaKey() : newEd25519Key();
  return { ...told(makeKeyPair(view, input, publicKey, fingerprint)), KeyMaterial: privateKey };
});

interface NewKey { privateKey: string; publicKey: string; fingerprint: string }

/** EC2's fingerprint of an RSA key of its own making is the SHA-1 of the private key's DER. */
function newRsaKey(): NewKey {
  const pair: { privateKey: KeyObject; publicKey: KeyObject } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = pair.publicKey.export({ format: 'jwk' });
  const field = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes]);
  const modulus = Buffer.concat([Buffer.from([0]), Buffer.from(n, 'base64url')]);
  const blob = Buffer.concat([field(Buffer.from('ssh-rsa')), field(Buffer.from(e, 'base64url')), field(modulus)]);
  return {
    privateKey: pair.privateKey.export({ format: 'pem', type: 'pkcs1' }).toString(), publicKey: `ssh-rsa ${blob.toString('base64')}`,
    fingerprint: colons(createHash('sha1').update(pair.privateKey.export({ format: 'der', type: 'pkcs8' })).digest('hex')),
  };
}

function newEd25519Key(): NewKey {
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  const publicKey = pair.public.trim();
  return { privateKey: pair.private, publicKey, fingerprint: importedFingerprint(parsePublicKey(Buffer.from(publicKey))) };
}

const describeKeyPairs = action<ec2.DescribeKeyPairsRequest, ec2.DescribeKeyPairsResult>('DescribeKeyPairs', 'key-pair.list', ['KeyNames', 'KeyPairIds', 'IncludePublicKey', 'Filters', 'DryRun'], (input, { view }) => {
  const things = thingsOf(view, 'key-pair', input.KeyPairIds, input.Filters);
  const unknown = input.KeyNames?.find((name) => !things.some((key) => key.name === name));
  if (unknown !== undefined) throw notFound('key-pair', unknown);
  const keys: ec2.KeyPairInfo[] = things.filter((key) => !input.KeyNames?.length || input.KeyNames.includes(key.name)).map((key) => ({
    ...told(key), KeyType: keyType(key.attributes.publicKey), CreateTime: new Date(key.createdAt), ...(input.IncludePublicKey ? { PublicKey: key.attributes.publicKey } : {}),
  }));
  const fits = matcher(input.Filters, { 'key-name': (key: ec2.KeyPairInfo) => key.KeyName, 'key-pair-id': (key) => key.KeyPairId, fingerprint: (key) => key.KeyFingerprint }, (key) => key.Tags);
  return { KeyPairs: keys.filter(fits) };
});

/** Deleting what is not there succeeds. */
const deleteKeyPair = action<ec2.DeleteKeyPairRequest, ec2.DeleteKeyPairResult>('DeleteKeyPair', 'key-pair.delete', ['KeyName', 'KeyPairId', 'DryRun'], (input, { view }) => {
  if (!input.KeyName && !input.KeyPairId) throw missing('keyName');
  if (input.KeyPairId) checkId('key-pair', input.KeyPairId);
  const [key] = view.list('key-pair', { where: (each) => (input.KeyPairId ? each.id === input.KeyPairId : each.name === input.KeyName) });
  if (key) view.delete('key-pair', key.id);
  return { Return: true, ...(key ? { KeyPairId: key.id } : {}) };
});

export const keyPairActions = [importKeyPair, createKeyPair, describeKeyPairs, deleteKeyPair];
