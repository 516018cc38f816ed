const PART = /[\p{L}\p{N}]+/gu;

/**
 * The words under which a row is found: each text as it stands, each piece between blanks, and each run of letters and digits.
 * `Asia Pacific (Seoul)` gives `asia`, `pacific`, `(seoul)` and `seoul`; `ap-northeast-2` gives itself, `ap`, `northeast` and `2`.
 */
export function wordsOf(texts: (string | undefined)[]): string[] {
  const words = new Set<string>();
  for (const text of texts) {
    const lower = text?.normalize('NFKC').toLowerCase() ?? '';
    for (const piece of lower.split(/\s+/)) {
      if (piece !== '') words.add(piece.slice(0, 200));
      for (const [part] of piece.matchAll(PART)) words.add(part.slice(0, 200));
    }
  }
  return [...words];
}

/** A `tsquery` in which every word of `q` must begin a word of the row (a single character must be one), in any order; undefined where `q` holds none. */
export function tsQuery(q: string): string | undefined {
  const words = q.normalize('NFKC').toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return undefined;
  return words.map((word) => `'${word.slice(0, 200).replaceAll('\\', '\\\\').replaceAll("'", "''")}'${word.length > 1 ? ':*' : ''}`).join(' & ');
}

/** A `LIKE` pattern for a glob in which `*` fits any text and `?` one character. */
export const likePattern = (glob: string): string => glob.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%').replaceAll('?', '_');
