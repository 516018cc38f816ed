import type { CreateRequest, Tags } from '@mcmp/driver-sdk';
import { createHash } from 'node:crypto';

/** Our own tag by which a repeated create finds what the first one made. */
const TOKEN = 'mcmp-token';
/** Tags that are the driver's own marks and no tags of ours. */
const HIDDEN = new Set([TOKEN]);

/** Nova and Neutron (until 2023) take labels of at most 60 characters, without `,` and `/`. */
const LABEL = 60;
const CHUNK = 48;

/**
 * A tag as labels, which is all that Nova and Neutron have: `key=value`, or where that is too long several pieces `~<8 hex digits of its hash>.<n>~<piece>`.
 * The same tag always gives the same labels, so that a list can be filtered by them.
 */
export function labelsOf(key: string, value: string): string[] {
  const whole = `${key}=${value}`;
  if (whole.length <= LABEL) return [whole];
  const mark = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return Array.from({ length: Math.ceil(whole.length / CHUNK) }, (_, index) => `~${mark}.${index}~${whole.slice(index * CHUNK, (index + 1) * CHUNK)}`);
}
export const toLabels = (tags: Tags): string[] => Object.entries(tags).flatMap(([key, value]) => labelsOf(key, value));

/** Labels as tags, our marks among them; labels that are no pairs are somebody else's and left out. */
export function fromLabels(labels: readonly string[] | undefined): Tags {
  const pieces = new Map<string, string[]>();
  const pairs: string[] = [];
  for (const label of labels ?? []) {
    const [, mark, index, piece] = /^~([0-9a-f]{8})\.(\d)~(.*)$/.exec(label) ?? [];
    if (mark === undefined) pairs.push(label);
    else {
      const known = pieces.get(mark) ?? [];
      known[Number(index)] = piece as string;
      pieces.set(mark, known);
    }
  }
  return pairsOf([...pairs, ...[...pieces.values()].map((known) => known.join(''))]);
}

const pairsOf = (texts: string[]): Tags => Object.fromEntries(texts.flatMap((text) => {
  const at = text.indexOf('=');
  return at > 0 ? [[text.slice(0, at), text.slice(at + 1)]] : [];
}));

/** Our token as a tag value: as it is where every service takes its characters, else as a hash. */
const markOf = (token: string): string => (/^[\w.-]{1,64}$/.test(token) ? token : createHash('sha256').update(token).digest('hex'));
/** Tags of a create, with the mark of its token. */
export const marked = ({ tags, token }: Pick<CreateRequest, 'tags' | 'token'>): Tags => ({ ...tags, [TOKEN]: markOf(token) });
/** The tag by which a create finds what an earlier one with its token made. */
export const byToken = (token: string): Tags => ({ [TOKEN]: markOf(token) });
export const hasToken = (tags: Tags, token: string): boolean => tags[TOKEN] === markOf(token);
/** Whether this driver made the thing. */
export const isMarked = (tags: Tags): boolean => tags[TOKEN] !== undefined;
/** Tags as we show them: without the driver's own marks. */
export const shown = (tags: Tags): Tags => Object.fromEntries(Object.entries(tags).filter(([key]) => !HIDDEN.has(key)));

const LONGEST_DESCRIPTION = 255;
/**
 * A description that carries tags, for kinds that take none in their create: they are there from the first moment, and the real ones follow. Owner tags stand first; what does not fit is left to those.
 * `text` is for people and gives way.
 */
export function describe(tags: Tags, text = ''): string {
  const pairs = Object.entries(tags).sort(([a], [b]) => Number(b.startsWith('mcmp-')) - Number(a.startsWith('mcmp-'))).map((pair) => pair.join('='));
  let carried = '';
  for (const pair of pairs) if (carried.length + pair.length + 3 <= LONGEST_DESCRIPTION) carried += `${carried === '' ? '' : ' '}${pair}`;
  const room = LONGEST_DESCRIPTION - carried.length - 3;
  return `${text.slice(0, Math.max(0, room)).replace(/\[/g, '(')}[${carried}]`;
}
/** The tags of a {@link describe}d thing; none for any other description. */
export function described(description: string | undefined | null): Tags | undefined {
  const [, carried] = /\[((?:[a-z0-9-]+=[\w.-]*(?: |(?=\])))+)\]$/.exec(description ?? '') ?? [];
  return carried === undefined ? undefined : pairsOf(carried.split(' '));
}
