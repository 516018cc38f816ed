/**
 * `npm run openapi`: writes `src/openapi.json`, the open API as the built server tells it without any driver. The portal's client and the command line are generated from it;
 * `openapi-document.test.ts` fails where server and file differ.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/processes.js';

const folder = mkdtempSync(join(tmpdir(), 'mcmp-openapi-'));
mkdirSync(join(folder, 'drivers'));
try {
  const server = await run('src/main.js', [], { MCMP_PORT: '0', MCMP_DATA_DIR: folder, MCMP_DRIVERS_DIR: join(folder, 'drivers'), MCMP_LOG_LEVEL: 'error', MCMP_WORKERS: '0' }, /listens at/, join(folder, 'server.log'));
  const document = await (await fetch(`${/(http:\/\/\S+)/.exec(server.line)?.[1] as string}/api-json`)).json() as { paths: object };
  await server.stop();
  writeFileSync('src/openapi.json', `${JSON.stringify(document, null, 1)}\n`);
  console.log(`src/openapi.json: ${Object.keys(document.paths).length} paths`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
