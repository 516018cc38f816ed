import type { KeyPairInfo } from '@aws-sdk/client-ec2';
import type { KeyPair, KeyPairHandlers } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { deleted, existing, failedWith, isGone, notSeenYet } from './errors.js';
import { hasToken, marked, narrow, present, tagged, tagsOf } from './map.js';
import { readPageOfIds } from './pages.js';

/** The id is the name: it is unique in a region, and RunInstances knows a key by nothing else. */
const toKeyPair = (pair: KeyPairInfo, region: string): KeyPair => ({
  id: pair.KeyName ?? '', name: pair.KeyName ?? '', region, tags: tagsOf(pair.Tags), providerState: 'available', state: 'available', ...present({ fingerprint: pair.KeyFingerprint }),
});

/** Reads one key pair by its name. @throws DriverError NOT_FOUND. */
export const readKeyPair = (ec2: Ec2, name: string): Promise<KeyPairInfo> =>
  existing('key pair', name, 'InvalidKeyPair.NotFound', ec2.send(new ec2.DescribeKeyPairsCommand({ KeyNames: [name] })).then(({ KeyPairs }) => KeyPairs?.[0]));

/** Public keys, imported; AWS takes RSA and ED25519. */
export function keyPairs(aws: Aws): KeyPairHandlers {
  return {
    /** AWS has no token here: a name that is taken by a key pair with our token is our own first try. */
    async create(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      try {
        const pair = await ec2.send(new ec2.ImportKeyPairCommand({
          KeyName: request.name, PublicKeyMaterial: Buffer.from(request.publicKey.trim()), TagSpecifications: [tagged('key-pair', marked(request), request.name)],
        }));
        return toKeyPair({ ...pair, Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })) }, request.region);
      } catch (error) {
        if (!failedWith(error, 'InvalidKeyPair.Duplicate')) throw error;
        const pair = await readKeyPair(ec2, request.name).catch((reason: unknown) => {
          throw isGone(reason) ? notSeenYet(`The key name ${request.name}`) : reason;
        });
        if (!hasToken(pair.Tags, request.token)) throw error;
        return toKeyPair(pair, request.region);
      }
    },

    async get({ region, id }, signal) {
      return toKeyPair(await readKeyPair(await aws.ec2(region, signal), id), region);
    },

    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPageOfIds(request, [5, 1000], async (_query, ids) => {
        const { KeyPairs = [] } = await ec2.send(new ec2.DescribeKeyPairsCommand({ Filters: narrow(request.tags, 'key-name', ids) }));
        return { items: KeyPairs.map((pair) => toKeyPair(pair, request.region)) };
      });
    },

    async delete({ region, id }, signal) {
      const ec2 = await aws.ec2(region, signal);
      await deleted(ec2.send(new ec2.DeleteKeyPairCommand({ KeyName: id })));
    },
  };
}
