// Bundles the command line into one file, dist/mcmp.mjs, and a copy with licences beside its package.json for `npm pack ./src/cli/mcmp`. `--schema` writes mci.schema.json anew.
import { build } from 'esbuild';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');
const document = JSON.parse(readFileSync(join(root, 'src/openapi.json'), 'utf8'));
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

/** What the program's own sources make of the document. */
async function read() {
  const { outputFiles } = await build({ stdin: { contents: "export { operationsOf } from './generate.ts'; export { mciSchema } from './schema.ts';", resolveDir: here, loader: 'ts' }, bundle: true, format: 'esm', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const { operationsOf, mciSchema } = await read();
const schema = mciSchema(document);
const tables = { operations: operationsOf(document), 'mci-schema': schema, version };

if (process.argv.includes('--schema')) {
  writeFileSync(join(here, 'mci.schema.json'), `${JSON.stringify(schema, null, 2)}\n`);
} else {
  const outfile = join(root, 'dist/mcmp.mjs');
  await build({
    entryPoints: [join(here, 'main.ts')], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', legalComments: 'none', minifySyntax: true, minifyWhitespace: true, logLevel: 'warning', absWorkingDir: root,
    // yaml's entry for Node is CommonJS, of which nothing can be left out and which is read at once; that for browsers is the same code as modules.
    alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') }, banner: { js: '#!/usr/bin/env node' },
    plugins: [{
      name: 'tables',
      setup(on) {
        on.onResolve({ filter: /^mcmp:/ }, ({ path }) => ({ path: path.slice('mcmp:'.length), namespace: 'tables' }));
        on.onLoad({ filter: /.*/, namespace: 'tables' }, ({ path }) => ({ contents: `export default JSON.parse(${JSON.stringify(JSON.stringify(tables[path]))})`, loader: 'js' }));
      },
    }],
  });
  chmodSync(outfile, 0o755);
  mkdirSync(join(here, 'dist'), { recursive: true });
  copyFileSync(outfile, join(here, 'dist/mcmp.mjs'));
  const licence = (file) => readFileSync(join(root, file), 'utf8');
  writeFileSync(join(here, 'dist/LICENSES.txt'), `M-CMP\n\n${licence('LICENSE')}\n\nyaml, which is part of mcmp.mjs\n\n${licence('node_modules/yaml/LICENSE')}`);
}
