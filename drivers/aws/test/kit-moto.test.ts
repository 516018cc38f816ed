import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Manifest } from '@mcmp/driver-sdk';
import { describeDriver } from '@mcmp/driver-sdk/testing';
import { readFileSync } from 'node:fs';
import driver from '../src/index.js';
import { MOTO_GAPS, motoInput, motoPlace } from './moto-stage.js';
import { motoNeeded, motoServer, startMoto } from './moto.js';

const manifest = JSON.parse(readFileSync(new URL('../driver.json', import.meta.url), 'utf8')) as Manifest;

if (motoServer === undefined && !motoNeeded) {
  console.warn("moto_server is not in PATH: the conformance kit does not run here. pip install 'moto[server]'");
  describe.skip('the conformance kit against moto', () => it('needs moto_server', () => undefined));
} else {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto?.close());
  describeDriver({
    driver, manifest, connect: () => motoInput(moto.url), pollMs: 50, timeoutMs: 30_000, expensive: true, except: MOTO_GAPS, runner: { describe, it },
    place: () => motoPlace(driver, moto.url),
  });
}
