import { LABEL, NAME, split } from './body';
import { type Draft, suggestionKey } from './draft';
import type { Suggestions } from './suggest';
import type { useMakeWords } from './words';

export const STEPS = ['needs', 'where', 'access', 'plan'] as const;

/** What is still in the way, and on which step it is mended. */
export interface Obstacle { step: number; text: string; /** It goes by itself. */ passes?: true }

/** Everything that keeps a draft from being planned, by what this page knows itself. */
export function obstaclesOf(draft: Draft, suggestions: Suggestions, taken: ReadonlySet<string>, t: ReturnType<typeof useMakeWords>): Obstacle[] {
  const found: Obstacle[] = [];
  const add = (step: number, text: string): void => void found.push({ step, text });
  if (draft.name === '') add(0, t('name.missing'));
  else if (!nameOk(draft.name)) add(0, t('name.rule'));
  else if (taken.has(draft.name)) add(0, t('name.taken', { name: draft.name }));
  if (draft.labels.some((label) => !LABEL.test(label))) add(0, t('labels.rule'));
  draft.needs.forEach((need, index) => {
    const name = need.name || String(index + 1);
    if (!needNameOk(need.name)) add(0, t('need.nameRule'));
    else if (draft.needs.some((other) => other !== need && other.name === need.name)) add(0, t('need.twice', { name }));
    if (!(need.count >= 1)) add(0, t('need.countRule', { name }));
    if (need.places.length === 0) add(1, t('where.missing', { name }));
    const sizes = split(need);
    const sum = sizes.reduce((one, other) => one + other, 0);
    if (need.places.length > 0 && sum !== need.count) add(1, t('where.sum', { name, sum, count: need.count }));
    need.places.forEach((place, nth) => {
      if ((sizes[nth] ?? 0) === 0) return;
      const suggestion = suggestions.get(suggestionKey(need, place));
      const where = `${place.connection} ${place.region}`;
      if (!suggestion || suggestion.state === 'loading' || suggestion.state === 'reading') found.push({ step: 1, text: t('where.wait', { where }), passes: true });
      else if (suggestion.state === 'failed') add(1, t('where.failed', { where, reason: suggestion.error?.message ?? '' }));
      else if (suggestion.state === 'missing') add(1, t(suggestion.lacks === 'image' ? 'where.noImage' : 'where.noSpec', { where, os: `${need.osFamily} ${need.osVersion}`.trim() }));
    });
  });
  if (draft.access.some(({ cidr }) => cidr !== undefined && !cidrOk(cidr))) add(2, t('access.cidrRule'));
  if (draft.access.some(({ protocol, fromPort, toPort }) => (protocol === 'tcp' || protocol === 'udp') && fromPort !== undefined && toPort !== undefined && fromPort > toPort)) add(2, t('access.portRule'));
  return found;
}

export const nameOk = (name: string): boolean => name.length <= 40 && NAME.test(name);
export const needNameOk = (name: string): boolean => name.length <= 30 && NAME.test(name);

/** An IPv4 range such as 10.20.0.0/16. */
export function cidrOk(cidr: string): boolean {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  return parts !== null && parts.slice(1, 5).every((part) => Number(part) <= 255) && Number(parts[5]) <= 32;
}

/** The step on which a field of the request is filled in. */
export function stepOfField(field: string): number {
  if (/^(name|description|labels)|^groups\[\d+\]\.(name|size|labels|rootDiskGiB)/.test(field)) return 0;
  return /^groups/.test(field) ? 1 : 2;
}
