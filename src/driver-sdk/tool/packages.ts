import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** A package of which a bundle holds code. */
export interface Package {
  /** Absolute path of its folder. */
  folder: string;
  name: string;
  version: string;
  /** What its package.json says, e.g. `MIT`; absent where it says nothing. */
  license?: string;
}

const NOTICES = /^(licen[cs]es?|copying|notices?)([-.].*)?$/i;
const CODE = /\.(c|m)?[jt]sx?$/;

/** Text files of a folder that tell under which terms it is handed out, sorted by name. */
export const noticeFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && NOTICES.test(entry.name) && !CODE.test(entry.name)).map(({ name }) => name).sort();

/** Finds the package that a file belongs to: the nearest folder above with a package.json that has a name and a version. */
export class Packages {
  private readonly known = new Map<string, Package | undefined>();

  /** @param file absolute path */
  of(file: string): Package | undefined {
    const folder = dirname(file);
    if (this.known.has(folder)) return this.known.get(folder);
    const found = this.at(folder) ?? (dirname(folder) === folder ? undefined : this.of(folder));
    this.known.set(folder, found);
    return found;
  }

  private at(folder: string): Package | undefined {
    const path = join(folder, 'package.json');
    if (!existsSync(path)) return undefined;
    const { name, version, license } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    // Packages have files of this name without a name in them, which only say what kind of module lies there.
    if (typeof name !== 'string' || typeof version !== 'string') return undefined;
    const told = typeof license === 'string' ? license : (license as { type?: unknown } | undefined)?.type;
    return { folder, name, version, ...(typeof told === 'string' && { license: told }) };
  }
}

/** A file of a package as it is called wherever the package lies: `name/dist/index.js`. */
export const nameWithin = ({ folder, name }: Package, file: string): string => `${name}/${relative(folder, file).split(sep).join('/')}`;

const LINE = '-'.repeat(80);

/** The text of `LICENSES.txt`: each package with its terms, sorted; those with the same text stand together. */
export function licencesOf(packages: readonly Package[]): string {
  if (packages.length === 0) return 'This bundle holds no code of others.\n';
  const titles = new Map<string, Set<string>>();
  for (const { folder, name, version, license } of packages) {
    const texts = noticeFiles(folder).map((file) => readFileSync(join(folder, file), 'utf8').replace(/\r\n?/g, '\n').trim());
    const text = texts.length > 0 ? texts.join('\n\n') : `(The package holds no text of its licence${license === undefined ? '' : `; its package.json says ${license}`}.)`;
    titles.set(text, (titles.get(text) ?? new Set()).add(`${name} ${version}${license === undefined ? '' : ` (${license})`}`));
  }
  const groups = [...titles].map(([text, names]) => ({ text, names: [...names].sort() })).sort((a, b) => ((a.names[0] as string) < (b.names[0] as string) ? -1 : 1));
  return `This bundle holds code of these packages.\n\n${groups.map(({ text, names }) => `${LINE}\n${names.join('\n')}\n${LINE}\n\n${text}\n`).join('\n')}`;
}
