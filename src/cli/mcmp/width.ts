const WIDE = /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18AFF}\u{1B000}-\u{1B2FF}\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}]/u;
const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F\u20E3/u;
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const PLAIN = /^[\x20-\x7E]*$/;
let segmenter: Intl.Segmenter | undefined;

/** What a person sees as one character each. */
function charactersOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function columnsOf(character: string): number {
  if (NOTHING.test(character)) return 0;
  return EMOJI.test(character) || WIDE.test(character) ? 2 : 1;
}

/** How many columns of a terminal a text takes: two for Hangul, Han, Kana and emoji, none for what only joins or marks (Unicode UAX 11). */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : charactersOf(text).reduce((sum, character) => sum + columnsOf(character), 0);
}

/** The text in so many columns at most; where it was longer it ends with `…`. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let taken = '';
  let used = 0;
  for (const character of charactersOf(text)) {
    const width = columnsOf(character);
    if (used + width > columns - 1) break;
    taken += character;
    used += width;
  }
  return columns < 1 ? '' : `${taken}…`;
}

/** The text with spaces up to so many columns. */
export function pad(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, columns - widthOf(text)));
  return side === 'left' ? text + space : space + text;
}

const CONTROL = /[\x00-\x1F\x7F-\x9F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;

/** One line that cannot move the cursor, whatever a cloud or a person wrote into it: control characters become visible. */
export const oneLine = (text: string): string =>
  text.replace(CONTROL, (character) => (character === '\n' || character === '\t' ? ' ' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`));
