import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Refused, WrongUsage, textOf } from './command.js';

/** The folder of this SDK, wherever in it this code lies. */
function sdkFolder(): string {
  let folder = dirname(realpathSync(fileURLToPath(import.meta.url)));
  while (!existsSync(join(folder, 'template', 'driver.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

const ESBUILD = 'esbuild --bundle --platform=node --format=esm --packages=external';

/** The `package.json` of a new driver. */
const packageOf = (name: string, sdk: string): object => ({
  name: `mcmp-driver-${name}`, version: '0.1.0', private: true, type: 'module', license: 'SEE LICENSE IN LICENSE', engines: { node: '>=20.19' },
  scripts: {
    test: `tsc && ${ESBUILD} test/kit.test.ts --outfile=.build/kit.test.mjs --log-level=warning && node --test .build/kit.test.mjs`,
    cloud: `${ESBUILD} wire/main.ts --outfile=.build/cloud.mjs --log-level=warning && node .build/cloud.mjs`,
    pack: 'mcmp-driver pack .',
  },
  devDependencies: { '@mcmp/driver-sdk': sdk, '@types/node': '^20.19.0', esbuild: '^0.28.0', typescript: '^6.0.0' },
});

/** `my-cloud` as people write it: `My Cloud`. */
const titleOf = (name: string): string => name.split('-').filter(Boolean).map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join(' ');

/** The template's files with the name of the new driver in them. */
async function filesFor(name: string, sdk: string): Promise<[string, string][]> {
  const template = join(sdkFolder(), 'template');
  const entries = await readdir(template, { recursive: true, withFileTypes: true });
  const files = await Promise.all(entries.filter((entry) => entry.isFile()).map(async (entry): Promise<[string, string]> => {
    const path = join(entry.parentPath, entry.name);
    const text = (await readFile(path, 'utf8')).replaceAll('mycloud', name).replaceAll('My Cloud', titleOf(name));
    // npm would take a file of the real name for its own and leave it out.
    return [path.slice(template.length + 1).replace(/^gitignore$/, '.gitignore'), text];
  }));
  return [...files, ['package.json', `${JSON.stringify(packageOf(name, sdk), null, 2)}\n`]];
}

/** `mcmp-driver create`: a whole small driver to begin with. */
export const create: Command = {
  summary: 'begin a driver: a whole small project that passes its own test',
  help: `Usage: mcmp-driver create NAME [--folder DIR] [--sdk PATH]

Writes a driver called NAME (2 to 31 of a-z, 0-9 and hyphen) into ./NAME, or DIR, with an imaginary cloud that it speaks to, so that its test passes at once.
With --sdk it uses the SDK at PATH (a folder, or a .tgz of "npm pack") instead of the one of this version in npm's registry.`,
  options: { folder: { type: 'string' }, sdk: { type: 'string' } },
  arguments: ['NAME'],
  async run({ values, positionals: [name = ''] }) {
    if (!/^[a-z][a-z0-9-]{1,30}$/.test(name)) throw new WrongUsage(`"${name}" is no name of a driver: 2 to 31 of a-z, 0-9 and hyphen, beginning with a letter`);
    const folder = resolve(textOf(values, 'folder') ?? name);
    const given = textOf(values, 'sdk');
    if (given !== undefined && !existsSync(given)) throw new Refused(`there is no SDK at ${given}`, given);
    const { version } = JSON.parse(await readFile(join(sdkFolder(), 'package.json'), 'utf8')) as { version: string };
    const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new Refused(`${folder} cannot be read: ${error.code}`, folder);
    });
    if (there && there.length > 0) throw new Refused(`the folder ${folder} is not empty; nothing in it is overwritten`, folder);
    await mkdir(dirname(folder), { recursive: true });
    // Beside its place first, so that it is there as a whole or not at all.
    const draft = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
    try {
      const files = await filesFor(name, given === undefined ? version : `file:${resolve(given)}`);
      for (const [path, text] of files) {
        await mkdir(dirname(join(draft, path)), { recursive: true });
        await writeFile(join(draft, path), text);
      }
      await chmod(draft, 0o755);
      if (there) await rmdir(folder);
      await rename(draft, folder);
      return { lines: [`${folder} holds the driver ${name}. Next:`, `  cd ${folder}`, '  npm install', '  npm test', '  npx mcmp-driver pack .'], data: { name, folder, files: files.map(([path]) => path).sort() } };
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  },
};
