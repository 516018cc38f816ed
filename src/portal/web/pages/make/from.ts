import { catalogueImages, catalogueSpecs, mciShow } from '../../generated/sdk.gen';
import { type Draft, type Need, newDraft, newNeed } from './draft';
import type { Region } from './suggest';

/** `web-aws` and `web-gcp` are the places of one need `web`, as this wizard names them. */
const stem = (name: string): string => name.replace(/-[a-z0-9]+$/, '');

/** A draft that asks for the same as an MCI that there is; its name is free, and specs and images are its own. */
export async function draftFrom(project: string, mci: string, regions: readonly Region[], freeName: (wanted: string) => string): Promise<Draft> {
  const made = await mciShow({ path: { project, mci } });
  const nameOf = new Map(regions.map(({ connectionId, connection }) => [connectionId, connection]));
  const known = made.groups.filter(({ connectionId }) => nameOf.has(connectionId));
  const stems = new Map<string, typeof known>();
  for (const group of known) stems.set(stem(group.name), [...(stems.get(stem(group.name)) ?? []), group]);
  const needs = await Promise.all([...stems].flatMap(([name, groups]) => (groups.length > 1 ? [{ name, groups }] : groups.map((group) => ({ name: group.name, groups: [group] })))).map(async ({ name, groups }): Promise<Need> => {
    const first = groups[0] as (typeof known)[number];
    const where = { connection: nameOf.get(first.connectionId) as string, region: first.region };
    const [specs, images] = await Promise.all([
      catalogueSpecs({ query: { ...where, id: first.specId, pageSize: 1 } }),
      catalogueImages({ query: { ...where, sort: 'newest', pageSize: 200 } }),
    ]);
    const spec = specs.items[0];
    const image = images.items.find(({ id }) => id === first.imageId);
    const sizes = groups.map(({ size }) => size);
    const even = Math.max(...sizes) - Math.min(...sizes) <= 1;
    return {
      ...newNeed(name), count: sizes.reduce((one, other) => one + other, 0),
      ...(spec && { vcpu: spec.vcpu, memoryGiB: spec.memoryMiB / 1024, architecture: spec.architecture }),
      ...(image && { osFamily: image.osFamily, osVersion: '' }),
      places: groups.map((group) => ({ connection: nameOf.get(group.connectionId) as string, region: group.region, count: even ? null : group.size, spec: group.specId, image: image ? null : group.imageId })),
    };
  }));
  return {
    ...newDraft(), untouched: true, name: freeName(made.name), description: made.description, labels: Object.entries(made.labels).map(([key, value]) => `${key}=${value}`),
    policy: made.onPartialFailure as Draft['policy'], needs: needs.length > 0 ? needs : newDraft().needs,
    access: made.access.map(({ protocol, fromPort, toPort, cidr }) => ({ protocol, ...(fromPort !== undefined && { fromPort }), ...(toPort !== undefined && { toPort }), cidr })) as Draft['access'],
  };
}
