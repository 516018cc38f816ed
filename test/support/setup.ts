import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Jest's global set-up: builds once, since child processes (servers, driver hosts, the cloud in a box) run what was built, and starts the one PostgreSQL of the run. */
export default async function setUp(): Promise<void> {
  if (process.env.MCMP_SKIP_BUILD !== '1') execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  const { startEmbeddedPostgres } = (await import(resolve('dist/src/platform/database/embedded.js'))) as typeof import('../../src/platform/database/embedded.js');
  const folder = mkdtempSync(join(tmpdir(), 'mcmp-test-postgres-'));
  const postgres = await startEmbeddedPostgres(folder);
  process.env.MCMP_TEST_DATABASE_URL = postgres.url;
  Object.assign(globalThis, { mcmpTestPostgres: { ...postgres, folder } });
}
