import type { TagHandlers, ResourceKind } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { readKeyPair } from './key-pair.js';
import { toTags } from './map.js';
import { readPlacementGroup } from './placement-group.js';
import { SERVICE_TAGS } from './service-tags.js';

/** The id under which AWS tags a thing; what is known here by its name has another one there. */
async function taggedId(ec2: Ec2, kind: ResourceKind, id: string): Promise<string> {
  if (kind === 'key-pair') return (await readKeyPair(ec2, id)).KeyPairId ?? id;
  if (kind === 'placement-group') return (await readPlacementGroup(ec2, id)).GroupId ?? id;
  return id;
}

/** Later changes of tags. At AWS a name is the tag `Name`, so that a name here renames; only a key pair keeps the name that it has. */
export function tags(aws: Aws): TagHandlers {
  return {
    async set({ region, kind, id, clusterId, tags: wanted, name }, signal) {
      const all = name === undefined ? wanted : { ...wanted, Name: name };
      const service = SERVICE_TAGS[kind];
      if (service) {
        if (Object.keys(all).length > 0) await service.set(aws, { region, id, ...(clusterId !== undefined && { clusterId }) }, all, signal);
        return;
      }
      const ec2 = await aws.ec2(region, signal);
      const Tags = toTags(all);
      if (Tags.length > 0) await ec2.send(new ec2.CreateTagsCommand({ Resources: [await taggedId(ec2, kind, id)], Tags }));
    },

    async remove({ region, kind, id, clusterId, keys }, signal) {
      const service = SERVICE_TAGS[kind];
      if (service) {
        if (keys.length > 0) await service.remove(aws, { region, id, ...(clusterId !== undefined && { clusterId }) }, keys, signal);
        return;
      }
      const ec2 = await aws.ec2(region, signal);
      if (keys.length > 0) await ec2.send(new ec2.DeleteTagsCommand({ Resources: [await taggedId(ec2, kind, id)], Tags: keys.map((Key) => ({ Key })) }));
    },
  };
}
