import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { contentHashOf, generateKeys, packBundle } from '@mcmp/driver-sdk/bundle';
import { filesOf, packed } from '../connector/fixtures/packed.js';
import { type Shelf, publish, shelf } from '../connector/fixtures/shelf.js';
import { type TestBox, startBox } from '../support/box.js';
import { ADMIN_PASSWORD, type TestServer, startServer } from '../support/server.js';
import { type Mcmp, openMcmp } from './mcmp.js';

/** A server with a cloud in a box, a repository of drivers, and what a person has in files, for the command line to work on. */
export interface Stage {
  server: TestServer;
  box: TestBox;
  shelf: Shelf;
  mcmp: Mcmp;
  publicKey: string;
  /** Puts a file into the person's folder. @returns its path */
  file(name: string, content: string | Buffer): string;
  /** Of such a file. */
  pathOf(name: string): string;
  end(): Promise<void>;
}

const FIXTURE = 'test/connector/fixtures/teller';

/** Starts all of it; the files are two drivers as bundles, one with a report of the kit. */
export async function openStage(): Promise<Stage> {
  const box = await startBox({ timeScale: 0.04, flags: ['--no-throttle'] });
  const [server, place] = await Promise.all([startServer({ MCMP_SIMULATED_CLOUDS: JSON.stringify({ control: box.control, wires: box.wires }) }), shelf()]);
  const mcmp = openMcmp(server.url);
  const folder = mkdtempSync(join(tmpdir(), 'mcmp-files-'));
  const pathOf = (name: string): string => join(folder, name);
  const file: Stage['file'] = (name, content) => {
    writeFileSync(pathOf(name), content);
    return pathOf(name);
  };
  const { publicKey, privateKey } = generateKeys();
  const tiny = (version: string): Promise<Buffer> => packed({ version, privateKey });
  file('tiny.mcmp', await tiny('1.0.0'));
  file('teller.mcmp', await packBundle(['driver.json', 'index.mjs'].map((path) => ({ path, content: readFileSync(join(FIXTURE, path)) })), {}));
  await publish(place, [await tiny('1.2.0'), await tiny('1.1.0')]);
  const checks = [{ id: 'account.verify', capability: 'account', sentence: 'tells the account', outcome: 'passed' }];
  file('report.json', JSON.stringify({ format: 1, driver: 'tiny', version: '1.0.0', contentHash: contentHashOf(filesOf({ version: '1.0.0' })), sdk: 1, proof: 'contract-wire', against: 'a wire', at: '2026-11-24T00:00:00.000Z', counts: { passed: 1, failed: 0, skipped: 0 }, checks }));
  return {
    server, box, shelf: place, mcmp, publicKey, file, pathOf,
    end: async () => {
      mcmp.end();
      await place.stop();
      await server.stop();
      await box.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Logs in and connects a cloud, "korea", with the document of an MCI that fits it, web.yaml. */
export async function furnish({ mcmp, box, file }: Stage): Promise<void> {
  await mcmp.run(['login', '-u', 'admin', '--password-stdin'], { input: ADMIN_PASSWORD });
  await mcmp.run(['connection', 'create', 'korea', '--driver', 'simulator', '--endpoint', box.wires.plain as string, '--option', 'cloud=kt', '--credential-file', '-', '--watch'], { input: JSON.stringify(await box.credential('kt', 'cli')) });
  const [spec] = await mcmp.json<{ id: string; region: string }[]>(['spec', 'list', '--vcpu', '2', '--architecture', 'amd64', '--region', 'KR*', '--limit', '1']);
  file('web.yaml', `name: web\ngroups:\n  - name: front\n    size: 2\n    connection: korea\n    region: ${spec?.region}\n    spec: ${spec?.id}\n    image: { osFamily: ubuntu }\n`);
}

/** The environment of a shell that knows the command line as `mcmp`. */
export function shellOf({ mcmp, file, pathOf }: Pick<Stage, 'mcmp' | 'file' | 'pathOf'>): Record<string, string> {
  chmodSync(file('mcmp', `#!/bin/sh\nexec '${process.execPath}' '${resolve('dist/mcmp.mjs')}' "$@"\n`), 0o755);
  return { ...mcmp.environment, PATH: `${pathOf('.')}:${mcmp.environment.PATH}` };
}
