// Bundles the SDK for Node's own resolution, and with it each driver folder into what is handed over: drivers/<name>/dist/index.js, the modules that it loads later, and LICENSES.txt.
import { build } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const sdk = join(here, '../src/driver-sdk');
const only = process.argv.slice(2);

const sdkEntries = ['index', 'testing/index', 'bundle/index', 'tool/main', 'tool/bundling', 'tool/kit-run'].map((name) => join(sdk, `${name}.ts`));
const { metafile } = await build({ metafile: true, absWorkingDir: sdk, bundle: true, platform: 'node', format: 'esm', target: 'node20', legalComments: 'none', logLevel: 'warning', packages: 'external', splitting: true, entryPoints: sdkEntries, outdir: join(sdk, 'dist') });
const made = new Set(Object.keys(metafile.outputs));
for (const file of readdirSync(join(sdk, 'dist'), { recursive: true, encoding: 'utf8' })) if (file.endsWith('.js') && !made.has(`dist/${file.replaceAll('\\', '/')}`)) rmSync(join(sdk, 'dist', file));

// As the author's tool packs it.
const { bundleDriver } = await import(pathToFileURL(join(sdk, 'dist/tool/bundling.js')).href);
const drivers = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(here, entry.name, 'src/index.ts')))
  .map((entry) => entry.name)
  .filter((name) => only.length === 0 || only.includes(name));
await Promise.all(
  drivers.map(async (name) => {
    const { files, warnings } = await bundleDriver(join(here, name));
    for (const warning of warnings) console.warn(`${name}: ${warning}`);
    // A module of an earlier build would be handed over as well.
    rmSync(join(here, name, 'dist'), { recursive: true, force: true });
    for (const { path, content } of files.filter((file) => file.path.startsWith('dist/'))) {
      mkdirSync(dirname(join(here, name, path)), { recursive: true });
      writeFileSync(join(here, name, path), content);
    }
  }),
);
