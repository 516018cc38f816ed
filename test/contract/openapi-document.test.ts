import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestServer, startServer } from '../support/server.js';

let server: TestServer;
const drivers = mkdtempSync(join(tmpdir(), 'mcmp-no-drivers-'));
beforeAll(async () => {
  server = await startServer({ MCMP_DRIVERS_DIR: drivers });
});
afterAll(async () => {
  await server?.stop();
  rmSync(drivers, { recursive: true, force: true });
});

interface Document { paths: Record<string, unknown>; components: { schemas: Record<string, unknown> } }

it('is written down in src/openapi.json, from which portal and command line are made; `npm run openapi` writes it anew', async () => {
  const written = JSON.parse(readFileSync('src/openapi.json', 'utf8')) as Document;
  const told = (await server.call('GET', '/api-json', { token: null })).body as unknown as Document;
  expect(Object.keys(written.paths).sort()).toEqual(Object.keys(told.paths).sort());
  for (const path of Object.keys(told.paths)) expect({ [path]: written.paths[path] }).toEqual({ [path]: told.paths[path] });
  expect(written).toEqual(told);
});
