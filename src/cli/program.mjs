// `node src/cli/program.mjs test/crash/main …` runs a program that `npm run build` made; without a build, or with an older one than the sources, it says so.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const [, , name = '', ...given] = process.argv;
const program = join(root, 'dist', `${name}.js`);

/** When the newest source was changed, in milliseconds since 1970. */
function newest(folder) {
  const at = (path) => statSync(path).mtimeMs;
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !['node_modules', 'dist', '.data', 'generated'].includes(entry.name))
    .reduce((latest, entry) => Math.max(latest, entry.isDirectory() ? newest(join(folder, entry.name)) : entry.name.endsWith('.ts') ? at(join(folder, entry.name)) : 0), 0);
}

if (!existsSync(program)) {
  process.stderr.write('This program is not built yet: run `npm run build` first.\n');
  process.exit(2);
}
// A shipped image has no sources beside what was built.
const sources = ['src', 'drivers', 'migrations', 'test'].map((folder) => join(root, folder)).filter(existsSync);
if (sources.some((folder) => newest(folder) > statSync(join(root, 'dist/src/main.js')).mtimeMs)) process.stderr.write('Some sources are newer than the build: `npm run build` brings it up to date.\n');

process.argv.splice(1, 2 + given.length, program, ...given);
await import(program);
