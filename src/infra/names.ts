/**
 * Name of a thing in its cloud: `<readable>-<first 12 hex digits behind the time of its id>`, which fits every cloud's rule `[a-z][a-z0-9-]{0,61}` and is never used twice.
 * The id's random end is taken, since ids of one moment share their beginning.
 */
export function cloudName(readable: string, id: string): string {
  return `${readable.slice(0, 40).replace(/-+$/, '')}-${id.replaceAll('-', '').slice(-12)}`;
}
