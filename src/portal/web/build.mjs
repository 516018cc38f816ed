// Builds the portal into dist/portal, where something it is made of changed: the client from src/openapi.json, the outlines of the map, the application by Vite, and compressed forms of every file.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');
const out = join(root, 'dist/portal');
const generated = join(here, 'generated');
const stamp = join(out, '.made-of');

const files = (folder, skip = []) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).filter((path) => !skip.some((part) => path.startsWith(part)));
const hashOf = (paths) => {
  const hash = createHash('sha256');
  for (const path of [...paths].sort()) hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
};

const openApi = join(root, 'src/openapi.json');
const lock = join(root, 'package-lock.json');
const client = hashOf([openApi, lock, fileURLToPath(import.meta.url)]);
const clientStamp = join(generated, '.made-of');
if (!existsSync(clientStamp) || readFileSync(clientStamp, 'utf8') !== client) {
  rmSync(generated, { recursive: true, force: true });
  const { createClient } = await import('@hey-api/openapi-ts');
  await createClient({ input: openApi, output: { path: generated }, logs: { level: 'silent' }, plugins: ['@hey-api/typescript', { name: '@hey-api/client-fetch', throwOnError: true }, { name: '@hey-api/sdk', responseStyle: 'data', auth: false }] });
  await drawEarth();
  writeFileSync(clientStamp, client);
}
if (process.argv.includes('--client')) process.exit(0);

const made = hashOf([...files(here, [generated]), openApi, lock]);
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === made) process.exit(0);
const began = performance.now();
// Also where a test has it made: React has a slow form of its own for any other environment.
process.env.NODE_ENV = 'production';
const { build } = await import('vite');
await build({ configFile: join(here, 'vite.config.mjs'), logLevel: 'warn' });
for (const path of files(out).filter((name) => /\.(js|css|html|json|svg)$/.test(name))) {
  const bytes = readFileSync(path);
  if (bytes.length < 1024) continue;
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
writeFileSync(stamp, made);
console.log(`The portal was built in ${((performance.now() - began) / 1000).toFixed(1)} s.`);

/** Draws the outlines of the map (Natural Earth, by world-atlas) as paths of SVG, so that no browser has to, and writes how places are put onto it. The far south, where no cloud is, is cut off. */
async function drawEarth() {
  const [width, height] = [1000, 430];
  const { geoGraticule10, geoNaturalEarth1, geoPath } = await import('d3-geo');
  const { feature } = await import('topojson-client');
  const topology = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve('world-atlas/land-110m.json')), 'utf8'));
  const projection = geoNaturalEarth1().fitExtent([[4, 4], [width - 4, 500]], { type: 'Sphere' });
  const path = geoPath(projection).digits(1);
  writeFileSync(join(generated, 'earth.json'), JSON.stringify({ land: path(feature(topology, topology.objects.land)), grid: path(geoGraticule10()), sphere: path({ type: 'Sphere' }) }));
  const values = { WIDTH: width, HEIGHT: height, SCALE: projection.scale(), SHIFT: projection.translate() };
  writeFileSync(join(generated, 'earth.ts'), `${Object.entries(values).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}${name === 'SHIFT' ? ' as const' : ''};`).join('\n')}\n`);
}
