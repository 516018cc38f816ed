// Bundles the SDK for Node's own resolution and each driver folder into one ESM file: drivers/<name>/dist/index.js.
import { build } from 'esbuild';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const sdk = join(here, '../src/driver-sdk');
const only = process.argv.slice(2);
// Some vendor libraries are CommonJS inside: give the bundle the `require` that they ask for.
const banner = { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" };
// ES modules first: what is not used of a vendor library then falls away.
const options = { mainFields: ['module', 'main'], bundle: true, platform: 'node', format: 'esm', target: 'node20', sourcemap: false, legalComments: 'none', logLevel: 'warning' };

const sdkEntries = ['index', 'testing/index', 'bundle/index'].map((name) => join(sdk, `${name}.ts`)).filter(existsSync);
await build({ ...options, entryPoints: sdkEntries, outdir: join(sdk, 'dist'), splitting: true, packages: 'external' });

const drivers = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(here, entry.name, 'src/index.ts')))
  .map((entry) => entry.name)
  .filter((name) => only.length === 0 || only.includes(name));
await Promise.all(
  drivers.map((name) =>
    build({
      ...options,
      entryPoints: [join(here, name, 'src/index.ts')],
      outfile: join(here, name, 'dist/index.js'),
      alias: { '@mcmp/driver-sdk': join(sdk, 'index.ts') },
      minifySyntax: true,
      banner,
    }),
  ),
);
