/** What lies beside a bundle in a source tree and is no part of it. */
const SOURCE_FOLDERS = /^(\..*|node_modules|src|test|wire|world)$/;
const SOURCE_FILES = /(^\.)|\.(ts|map|md|tsbuildinfo)$/;
/** A bundle's list and signature: they speak of its files and are none of them. */
const ABOUT = /^bundle\.(json|sig)$/;

/** Whether a folder of this name may hold files of a bundle. */
export const isBundleFolder = (name: string): boolean => !SOURCE_FOLDERS.test(name);

/** Whether a path within a driver's folder (`/` between its parts) belongs to the bundle; sources, maps, manuals, hidden files and tests do not. */
export const isBundlePath = (path: string): boolean => {
  const parts = path.split('/');
  return parts.slice(0, -1).every(isBundleFolder) && !SOURCE_FILES.test(parts.at(-1) ?? '') && !ABOUT.test(path);
};

/** The rule that a path in an archive breaks, or undefined. One path is one file on every operating system, and lies within the folder that it is unpacked to. */
export function pathFault(path: string): string | undefined {
  if (path === '') return 'has an empty name';
  if (path.includes('\0')) return 'has a NUL in its path';
  if (path.startsWith('/')) return 'is an absolute path';
  if (path.includes('\\')) return 'has a backslash in its path';
  if (/^[a-zA-Z]:/.test(path)) return 'begins with a drive';
  const parts = path.split('/');
  if (parts.includes('..')) return 'leads out of the folder by ".."';
  if (parts.some((part) => part === '' || part === '.')) return 'has an empty or "." part in its path';
  if (path.length > 100) return 'has a path of more than 100 characters';
  if (parts.some((part) => !/^[A-Za-z0-9_@+.-]+$/.test(part) || part.endsWith('.'))) return 'has a character in its path other than A-Z, a-z, 0-9, _, @, +, - and . (which ends no part)';
  if (ABOUT.test(path)) return 'has the name of the bundle’s own list or signature';
  return isBundlePath(path) ? undefined : 'is no part of a bundle: no hidden files, sources, maps, manuals or tests';
}

/** Finds in order the first path that is there twice, differs from an earlier one in upper and lower case only, or is both a file and a folder. */
export class Paths {
  /** Files, and folders with a `/` at their end, by their lower-case path without it. */
  private readonly seen = new Map<string, string>();

  /** Takes one more path of a file; gives the rule that it breaks, or undefined. */
  add(path: string): string | undefined {
    const parts = path.split('/');
    const folders = parts.slice(1).map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
    if (this.seen.get(path.toLowerCase()) === path) return 'is there twice';
    for (const each of [...folders, path]) {
      const key = each.replace(/\/$/, '').toLowerCase();
      const before = this.seen.get(key);
      if (before !== undefined && before !== each) return before.toLowerCase() === each.toLowerCase() ? `differs from ${before} in upper and lower case only` : `${before} is a file and a folder at once`;
      this.seen.set(key, each);
    }
    return undefined;
  }
}
