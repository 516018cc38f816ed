import type { BoxWorld, Kind, Thing } from '../world/index.js';
import { Refused } from './refused.js';

/** What a look at the truth is narrowed by, from a query. @throws Refused for an unknown member. */
function thingsOf(world: BoxWorld, query: URLSearchParams): Thing[] {
  const filter: Record<string, string> = {};
  const tags: Record<string, string> = {};
  for (const [key, value] of query) {
    if (key.startsWith('tag.')) tags[key.slice(4)] = value;
    else if (['cloud', 'account', 'region', 'kind', 'hidden'].includes(key)) filter[key] = value;
    else throw new Refused(400, `unknown: ${key}`);
  }
  const { cloud, account, region, kind, hidden = '1' } = filter;
  return world.truth({ ...(cloud && { cloud }), ...(account && { account }), ...(region && { region }), ...(kind && { kind: kind as Kind }), tags, hidden: hidden !== '0' });
}

const tell = (thing: Thing): object => ({
  id: thing.id, kind: thing.kind, cloud: thing.cloud, account: thing.account, region: thing.region, name: thing.name, tags: thing.tags, state: thing.state, token: thing.token, createdAt: new Date(thing.createdAt).toISOString(),
  ...((thing as Thing<'network-interface'>).attributes.owner && { owner: (thing as Thing<'network-interface'>).attributes.owner }),
});

/** Everything that exists, counted and told. */
export function resources(world: BoxWorld, query: URLSearchParams): { count: number; byKind: Record<string, number>; byCloud: Record<string, number>; items: object[] } {
  const things = thingsOf(world, query);
  const count = (of: (thing: Thing) => string): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const thing of things) counts[of(thing)] = (counts[of(thing)] ?? 0) + 1;
    return counts;
  };
  return { count: things.length, byKind: count((thing) => thing.kind), byCloud: count((thing) => thing.cloud), items: things.map(tell) };
}

/**
 * What looks like a leak: `duplicates` are things of one kind and place with the same name and the same tags, of which somebody wanted one; `orphans` are hidden interfaces whose owner
 * has gone.
 */
export function suspects(world: BoxWorld, query: URLSearchParams): { duplicates: object[][]; orphans: object[] } {
  const things = thingsOf(world, query);
  const twins = new Map<string, Thing[]>();
  for (const thing of things) {
    if (Object.keys(thing.tags).length === 0) continue;
    const key = JSON.stringify([thing.cloud, thing.account, thing.region, thing.kind, thing.name, Object.entries(thing.tags).sort()]);
    twins.set(key, [...(twins.get(key) ?? []), thing]);
  }
  const alive = new Set(world.truth().map(({ cloud, account, kind, id }) => `${cloud}/${account}/${kind}/${id}`));
  const orphans = things.filter((thing) => {
    const { owner } = (thing as Thing<'network-interface'>).attributes;
    return owner && !alive.has(`${thing.cloud}/${thing.account}/${owner.kind}/${owner.id}`);
  });
  return { duplicates: [...twins.values()].filter((group) => group.length > 1).map((group) => group.map(tell)), orphans: orphans.map(tell) };
}
