import type { PlacementGroup, PlacementGroupHandlers } from '@mcmp/driver-sdk';
import type { Door, OpenStack } from './client.js';
import { deleted, ifFound } from './errors.js';
import { carries, cutPage, readByIds } from './pages.js';
import { byToken, describe, described, marked, shown } from './tags.js';

interface ServerGroup { id: string; name: string; policy: string; members: string[] }

const PATH = '/os-server-groups';
const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;
/** `spread` is kept whatever it costs; `cluster` as far as the host has room, since a group on one host would soon be full. */
const POLICIES = { spread: 'anti-affinity', cluster: 'soft-affinity' } as const;
/** Server groups have neither tags nor a description: the name carries them behind the name. */
const tagsIn = ({ name }: ServerGroup) => described(name) ?? {};
const nameIn = ({ name }: ServerGroup): string => (described(name) ? name.slice(0, name.lastIndexOf('[')) : name);

const toGroup = (group: ServerGroup, region: string): PlacementGroup => ({
  id: group.id, name: nameIn(group), region, tags: shown(tagsIn(group)), providerState: 'available', state: 'available', policy: group.policy.endsWith('anti-affinity') ? 'spread' : 'cluster', vmIds: group.members,
});

/** Nova's server groups. */
export function placementGroups(cloud: OpenStack): PlacementGroupHandlers {
  const read = async (door: Door, id: string): Promise<ServerGroup> => (await door.get<{ server_group: ServerGroup }>(pathOf(id))).server_group;
  const all = async (door: Door): Promise<ServerGroup[]> => {
    const groups: ServerGroup[] = [];
    // This list knows offsets, and no markers or links.
    for (;;) {
      const { server_groups: page } = await door.get<{ server_groups: ServerGroup[] }>(PATH, { limit: 100, offset: groups.length });
      groups.push(...page);
      if (page.length === 0 || groups.length < 100) return groups;
    }
  };
  return {
    async create(request, signal) {
      const door = await cloud.door('compute', request.region, signal);
      const found = request.resume ? (await all(door)).find((group) => carries(tagsIn(group), byToken(request.token))) : undefined;
      const body = { name: describe(marked(request), request.name), policy: POLICIES[request.policy] };
      return toGroup(found ?? (await door.post<{ server_group: ServerGroup }>(PATH, { server_group: body })).server_group, request.region);
    },

    async get({ region, id }, signal) {
      return toGroup(await read(await cloud.door('compute', region, signal), id), region);
    },

    async list(request, signal) {
      const door = await cloud.door('compute', request.region, signal);
      if (request.ids) return readByIds({ ...request, ids: request.ids }, async (id) => {
        const group = await ifFound(read(door, id));
        return group && toGroup(group, request.region);
      });
      return cutPage(request, async () => (await all(door)).filter((group) => carries(tagsIn(group), request.tags)).map((group) => toGroup(group, request.region)));
    },

    async delete({ region, id }, signal) {
      await deleted((await cloud.door('compute', region, signal)).delete(pathOf(id)));
    },
  };
}
