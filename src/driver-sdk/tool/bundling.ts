import type { BuildOptions, BuildResult } from 'esbuild';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, parse, posix, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BundleFile, parseManifest } from '../bundle/index.js';
import { Refused } from './command.js';
import { type Package, Packages, licencesOf, nameWithin, noticeFiles } from './packages.js';

/** How an ES module for Node is made of sources and libraries. */
const OPTIONS = {
  // ES modules first: what is not used of a vendor library then falls away.
  mainFields: ['module', 'main'], bundle: true, platform: 'node', format: 'esm', target: 'node20', sourcemap: false, legalComments: 'none', charset: 'utf8', minifySyntax: true,
  // Some vendor libraries are CommonJS inside: give the bundle the `require` that they ask for.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
} satisfies BuildOptions;

const SOURCES = ['src/index.ts', 'src/index.mts', 'src/index.js', 'src/index.mjs'];
/** The other side of a driver, and what checks it. */
const NEVER = /^(test|wire|world)\//;

/** The author's own esbuild, whose version the author's lock file holds; else that beside the SDK. */
async function esbuildFor(folder: string): Promise<typeof import('esbuild')> {
  for (const from of [join(folder, 'package.json'), import.meta.url]) {
    try {
      return (await import(pathToFileURL(createRequire(from).resolve('esbuild')).href)) as typeof import('esbuild');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Refused('esbuild is missing; run "npm install --save-dev esbuild" in the folder of the driver');
}

/** Where a thing was found, as editors take it: `src/index.ts:3:10`. */
const placeOf = (location: { file: string; line: number; column: number } | null): string => (location ? `${location.file}:${location.line}:${location.column + 1}: ` : '');

/**
 * Names the code of packages by package instead of by the way to it, in the comments and names that esbuild writes of each file:
 * the way is another in each checkout, and the bundle must not be.
 */
function withoutWays(code: string, labels: ReadonlyMap<string, string>): string {
  return code.replace(/^(\/\/ | {2}")([^"\n]+)(?=$|"\()/gm, (line, before: string, input: string) => (labels.has(input) ? `${before}${labels.get(input) as string}` : line));
}

/** What of a driver is handed over, made of its folder, and what esbuild warned of. */
export interface Bundled { files: BundleFile[]; warnings: string[] }

/**
 * Makes the files of a bundle out of a driver's folder: `driver.json` as it is, the entry as an ES module with all that it imports, what it loads by `import()` as modules of their own beside it
 * with what they share, `LICENSES.txt` of all that, and the driver's own licence files. The same sources and libraries give the same bytes, in any folder.
 * @throws Refused for a manifest that breaks a rule, or sources that cannot be one module
 */
export async function bundleDriver(named: string): Promise<Bundled> {
  if (!existsSync(join(named, 'driver.json'))) throw new Refused(`there is no driver.json in ${named}`, 'driver.json');
  const folder = realpathSync(named);
  const manifestText = readFileSync(join(folder, 'driver.json'));
  const parsed = parseManifest(manifestText.toString('utf8'));
  if ('why' in parsed) throw new Refused(parsed.why, 'driver.json');
  const { entry } = parsed.manifest;
  const source = [...SOURCES, entry].find((path) => existsSync(join(folder, path)));
  if (source === undefined) throw new Refused(`there is neither ${SOURCES.join(', ')} nor the entry ${entry}`, entry);
  const { modules, used, warnings } = await modulesOf(folder, source, posix.basename(entry));
  const licences = posix.join(posix.dirname(entry), 'LICENSES.txt');
  return {
    files: [
      { path: 'driver.json', content: manifestText },
      ...[...modules].map(([name, code]) => ({ path: posix.join(posix.dirname(entry), name), content: Buffer.from(code) })),
      { path: licences, content: Buffer.from(licencesOf(used)) },
      ...noticeFiles(folder).filter((path) => path !== licences && !path.endsWith('.md')).map((path) => ({ path, content: readFileSync(join(folder, path)) })),
    ],
    warnings,
  };
}

/** What a driver loads later stays out of its process until then: a cloud with twenty services is not read whole to start one VM. */
async function modulesOf(folder: string, source: string, entryName: string): Promise<{ modules: Map<string, string>; used: Package[]; warnings: string[] }> {
  const { build } = await esbuildFor(folder);
  let result: BuildResult<{ metafile: true; write: false }>;
  try {
    result = await build({ ...OPTIONS, absWorkingDir: folder, entryPoints: [source], outdir: 'bundle', splitting: true, chunkNames: '[name]-[hash]', write: false, metafile: true, logLevel: 'silent' });
  } catch (error) {
    const { errors = [], message } = error as { errors?: { text: string; location: { file: string; line: number; column: number } | null }[]; message: string };
    throw new Refused(errors.length > 0 ? errors.slice(0, 5).map(({ text, location }) => `${placeOf(location)}${text}`).join('; ') : message, errors[0]?.location?.file);
  }
  const { inputs, outputs } = result.metafile;
  const packages = new Packages();
  const own = packages.of(join(folder, source));
  const labels = new Map<string, string>();
  const used = new Map<string, Package>();
  for (const input of Object.keys(inputs)) {
    const path = resolve(folder, input);
    const within = relative(folder, path).split(sep).join('/');
    if (NEVER.test(within)) throw new Refused(`the driver imports ${within}; tests and the other side of the wire are never handed over`, within);
    const owner = packages.of(path);
    if (!owner || owner.folder === own?.folder) continue;
    labels.set(input, nameWithin(owner, path));
    if (Object.values(outputs).some((output) => (output.inputs[input]?.bytesInOutput ?? 0) > 0)) used.set(`${owner.name} ${owner.version}`, owner);
  }
  const names = moduleNames(outputs, source, entryName, (input) => labels.get(input) ?? input);
  const modules = new Map(result.outputFiles.map(({ path, text }) => {
    const named = [...names].reduce((code, [old, name]) => code.replaceAll(`"./${old}"`, `"./${name}"`), withoutWays(text, labels));
    return [names.get(basename(path)) as string, named] as const;
  }));
  const warnings = result.warnings.map(({ text, location }) => `${placeOf(location)}${text}`);
  return { modules: new Map([...modules].sort(([a], [b]) => (a < b ? -1 : 1))), used: [...used.values()], warnings };
}

/**
 * Names of modules that are the same in each checkout; esbuild's own hold a hash of ways to files. The entry keeps its name, what is loaded later is called like its source, and what they share is numbered.
 * @returns new names by esbuild's.
 */
function moduleNames(outputs: Record<string, { entryPoint?: string; inputs: object }>, source: string, entryName: string, labelOf: (input: string) => string): Map<string, string> {
  const key = ({ entryPoint, inputs }: { entryPoint?: string; inputs: object }): string => (entryPoint === source ? '' : [entryPoint ?? '~', ...Object.keys(inputs)].map(labelOf).join('\n'));
  const taken = new Set<string>();
  const sorted = Object.entries(outputs).sort(([, a], [, b]) => (key(a) < key(b) ? -1 : 1));
  return new Map(sorted.map(([path, { entryPoint }]) => {
    const { name: base, ext } = parse(entryPoint === source ? entryName : `${parse(entryPoint ?? 'shared').name}${parse(entryName).ext}`);
    let name = `${base}${ext}`;
    for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}${ext}`;
    taken.add(name);
    return [basename(path), name];
  }));
}
