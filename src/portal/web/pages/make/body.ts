import type { Body, Draft, Need, PlaceDraft } from './draft';
import { suggestionKey } from './draft';
import type { Suggestion, Suggestions } from './suggest';

export const NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** As the API takes labels. */
export const LABEL = /^(?!mcmp)([a-z][a-z0-9-]{0,30})=([a-z0-9._-]{0,63})$/;
const GROUP_NAME = 30;

/** How many VMs each place gets: what a person fixed stays, the rest is spread evenly. */
export function split({ count, places }: Pick<Need, 'count' | 'places'>): number[] {
  const fixed = places.reduce((sum, place) => sum + (place.count ?? 0), 0);
  const open = places.filter((place) => place.count === null).length;
  const rest = Math.max(0, count - fixed);
  let nth = 0;
  return places.map((place) => {
    if (place.count !== null) return place.count;
    const share = Math.floor(rest / open) + (nth < rest % open ? 1 : 0);
    nth += 1;
    return share;
  });
}

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
/** A name that is not taken yet, cut to what the API takes. */
function free(wanted: string, taken: Set<string>): string {
  for (let nth = 0; ; nth += 1) {
    const end = nth === 0 ? '' : `-${nth + 1}`;
    const name = `${wanted.slice(0, GROUP_NAME - end.length).replace(/-+$/, '')}${end}`;
    if (!taken.has(name)) {
      taken.add(name);
      return name;
    }
  }
}

export const labelsOf = (labels: readonly string[]): Record<string, string> => Object.fromEntries(labels.flatMap((label) => {
  const parts = LABEL.exec(label);
  return parts ? [[parts[1], parts[2]]] : [];
}));

/** Where nothing fits in any zone, the next specs by price are tried; the same processor, so that the image holds. */
function alternativesOf(place: PlaceDraft, suggestion: Suggestion | undefined): Pick<Body['groups'][number], 'alternatives'> {
  const taken = suggestion?.spec;
  const next = suggestion?.specs.filter(({ id, architecture }) => id !== (place.spec ?? taken?.id) && architecture === taken?.architecture).slice(0, 2) ?? [];
  return next.length > 0 ? { alternatives: next.map(({ id }) => ({ spec: id })) } : {};
}

/** Which need and place each group of {@link bodyOf} comes from. */
export interface GroupOrigin { need: Need; place: PlaceDraft; size: number }

/** The request that a draft means: a group for each place of each need that gets a VM. */
export function bodyOf(draft: Draft, suggestions: Suggestions, cloudOf: (connection: string) => string): { body: Body; origins: GroupOrigin[] } {
  const taken = new Set<string>();
  const origins: GroupOrigin[] = [];
  const groups = draft.needs.flatMap((need) => {
    const sizes = split(need);
    const clouds = need.places.map(({ connection }) => cloudOf(connection));
    return need.places.flatMap((place, index): Body['groups'] => {
      const size = sizes[index] ?? 0;
      if (size === 0) return [];
      const cloud = clouds[index] as string;
      const alone = clouds.filter((other) => other === cloud).length === 1;
      const name = need.places.length === 1 ? need.name : `${need.name}-${slug(cloud)}${alone ? '' : `-${slug(place.region)}`}`;
      const suggestion = suggestions.get(suggestionKey(need, place));
      origins.push({ need, place, size });
      return [{
        name: free(name, taken), size, connection: place.connection, region: place.region, spec: place.spec ?? suggestion?.spec?.id ?? '',
        image: place.image ?? { osFamily: need.osFamily, ...(need.osVersion !== '' && { osVersion: need.osVersion }) },
        ...(need.rootDiskGiB !== null && { rootDiskGiB: need.rootDiskGiB }),
        ...(draft.policy === 'replace' && alternativesOf(place, suggestion)),
      }];
    });
  });
  const labels = labelsOf(draft.labels);
  return {
    origins,
    body: {
      name: draft.name, ...(draft.description.trim() !== '' && { description: draft.description.trim() }), ...(Object.keys(labels).length > 0 && { labels }),
      onPartialFailure: draft.policy, access: draft.access, groups,
    },
  };
}
