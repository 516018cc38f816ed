import type { CreateKeyPair, KeyPair, KeyPairHandlers, Tags } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { deleted, hasCode, ifFound } from './errors.js';
import { carries, listing, readByIds, readPage } from './pages.js';
import { hasToken, marked, shown } from './tags.js';

interface NovaKeyPair { name: string; public_key: string; fingerprint?: string }
const PATH = '/os-keypairs';
const pathOf = (name: string): string => `${PATH}/${encodeURIComponent(name)}`;

/** Nova's key pairs have no tags, but keep the whole line of the public key: its comment carries them, after the person's own. */
const withTags = (line: string, tags: Tags): string => {
  const [type = '', key = '', ...comment] = line.trim().split(/\s+/).filter((part) => !part.startsWith('mcmp:'));
  return [type, key, ...comment, `mcmp:${Object.entries(tags).map((pair) => pair.join('=')).join(',')}`].join(' ');
};
/** Tags of a key pair, our marks among them. */
export const keyTags = ({ public_key: line }: Pick<NovaKeyPair, 'public_key'>): Tags =>
  Object.fromEntries((/(?:^|\s)mcmp:(\S*)/.exec(line)?.[1] ?? '').split(',').flatMap((pair) => (pair.includes('=') ? [[pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]] : [])));

/** The id is the name, by which Nova knows a key; it is unique per user. */
const toKeyPair = (pair: NovaKeyPair, region: string): KeyPair => ({
  id: pair.name, name: pair.name, region, tags: shown(keyTags(pair)), providerState: 'available', state: 'available', ...(pair.fingerprint ? { fingerprint: pair.fingerprint } : {}),
});

const read = async (door: Door, name: string): Promise<NovaKeyPair> => (await door.get<{ keypair: NovaKeyPair }>(pathOf(name))).keypair;
/** Imports a key. Nova says 409 for a name that is taken, as for anything that changes; here it means nothing else. */
const put = async (door: Door, name: string, line: string): Promise<NovaKeyPair> =>
  (await door.post<{ keypair: NovaKeyPair }>(PATH, { keypair: { name, type: 'ssh', public_key: line } }).catch((error: unknown) => {
    if (hasCode(error, 'CONFLICT')) throw new DriverError('ALREADY_EXISTS', (error as DriverError).message, (error as DriverError).detail);
    if (hasCode(error, 'INVALID_REQUEST')) throw new DriverError('INVALID_REQUEST', (error as DriverError).message, { ...(error as DriverError).detail, field: 'publicKey' });
    throw error;
  })).keypair;

/** Public keys of the user, imported. */
export function keyPairs(cloud: OpenStack): KeyPairHandlers {
  return {
    /** A name that is taken by a key pair with our token is our own first try. */
    async create(request: CreateKeyPair, signal) {
      const door = await cloud.door('compute', request.region, signal);
      const line = withTags(request.publicKey, marked(request));
      try {
        return { ...toKeyPair(await put(door, request.name, line), request.region), tags: request.tags };
      } catch (error) {
        if (!hasCode(error, 'ALREADY_EXISTS')) throw error;
        const pair = await read(door, request.name);
        if (!hasToken(keyTags(pair), request.token)) throw error;
        return toKeyPair(pair, request.region);
      }
    },

    async get({ region, id }, signal) {
      return toKeyPair(await read(await cloud.door('compute', region, signal), id), region);
    },

    async list(request, signal) {
      const door = await cloud.door('compute', request.region, signal);
      if (request.ids) return readByIds({ ...request, ids: request.ids }, async (id) => {
        const pair = await ifFound(read(door, id));
        return pair && toKeyPair(pair, request.region);
      });
      const page = (query: { limit: number; marker?: string }) => listing<{ keypair: NovaKeyPair }>(door, PATH, 'keypairs', query);
      return readPage(request, [page], ({ keypair }) => keypair.name, (rows) => rows.map(({ keypair }) => toKeyPair(keypair, request.region)).filter(({ tags }) => carries(tags, request.tags)));
    },

    async delete({ region, id }, signal) {
      await deleted((await cloud.door('compute', region, signal)).delete(pathOf(id)));
    },
  };
}

/** Changes the tags of a key pair. Nova lets nobody change one, so it is taken away and imported anew under its name; VMs that were made with it have the key and keep it. */
export async function retagKeyPair(door: Door, name: string, change: (tags: Tags) => Tags): Promise<void> {
  const pair = await read(door, name);
  const line = withTags(pair.public_key, change(keyTags(pair)));
  if (line === pair.public_key) return;
  await deleted(door.delete(pathOf(name)));
  await put(door, name, line);
}
