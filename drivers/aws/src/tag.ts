import type { TagHandlers, ResourceKind } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { readKeyPair } from './key-pair.js';
import { toTags } from './map.js';

/** The id under which AWS tags a thing. */
const taggedId = async (ec2: Ec2, kind: ResourceKind, id: string): Promise<string> => (kind === 'key-pair' ? ((await readKeyPair(ec2, id)).KeyPairId ?? id) : id);

/** Later changes of tags. At AWS a name is the tag `Name`, so that a name here renames; only a key pair keeps the name that it has. */
export function tags(aws: Aws): TagHandlers {
  return {
    async set({ region, kind, id, tags: wanted, name }, signal) {
      const ec2 = await aws.ec2(region, signal);
      const Tags = toTags(name === undefined ? wanted : { ...wanted, Name: name });
      if (Tags.length > 0) await ec2.send(new ec2.CreateTagsCommand({ Resources: [await taggedId(ec2, kind, id)], Tags }));
    },

    async remove({ region, kind, id, keys }, signal) {
      const ec2 = await aws.ec2(region, signal);
      if (keys.length > 0) await ec2.send(new ec2.DeleteTagsCommand({ Resources: [await taggedId(ec2, kind, id)], Tags: keys.map((Key) => ({ Key })) }));
    },
  };
}
