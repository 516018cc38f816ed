import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectInput, Manifest } from '@mcmp/driver-sdk';
import { describeDriver } from '@mcmp/driver-sdk/testing';
import { personalities } from '../../simulator/personalities/index.js';
import { createWorld } from '../../simulator/world/index.js';
import type { Fault, Personality } from '../../simulator/world/index.js';
import driver from '../src/index.js';
import wire from '../wire/index.js';

const manifest = JSON.parse(readFileSync(new URL('../driver.json', import.meta.url), 'utf8')) as Manifest;
const world = createWorld({ personalities, timeScale: 0, throttling: false });
const aws = personalities.find(({ cloud }) => cloud === 'aws') as Personality;
const region = 'eu-central-1';
const account = '123456789012';
const image = aws.images.find(({ osFamily, architecture }) => osFamily === 'ubuntu' && architecture === 'amd64')!;
let server: Awaited<ReturnType<typeof wire.start>>;

beforeAll(async () => {
  server = await wire.start(world, { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

const connect = (): ConnectInput => {
  const { accessKeyId, secretKey } = world.credential('aws', account);
  return { credential: { accessKeyId, secretAccessKey: secretKey }, endpoint: `http://127.0.0.1:${server.port}`, options: {} };
};
const fault = (effect: Fault['effect'], more: Partial<Fault>): void => void world.faults.add({ cloud: 'aws', effect, ...more });

describe('on the EC2 wire of the cloud in a box', () => {
  describeDriver({
    driver, manifest, connect, pollMs: 5, timeoutMs: 10_000, runner: { describe, it },
    place: { region, zone: `${region}a`, specId: 't3.micro', otherSpecId: 't3.small', imageId: image.id(region), sshUser: 'ubuntu' },
    broken: () => ({ ...connect(), credential: { ...connect().credential, secretAccessKey: 'wrong-secret-wrong-secret' } }),
    faults: {
      loseNextAnswer: async (method) => fault({ type: 'lost-answer' }, { method, times: 1 }),
      throttleNext: async (method) => fault({ type: 'error', code: 'RATE_LIMITED', retryAfterMs: 40 }, { method, times: 1 }),
      outOfCapacity: async (place, zone) => fault({ type: 'out-of-capacity' }, { region: place, ...(zone !== undefined && { zone }) }),
      clear: async () => void world.faults.remove(),
      count: async (kind, tags) => world.truth({ cloud: 'aws', kind, tags }).length,
      calls: async () => world.log.seq,
    },
  });
  it('left nothing behind', () => expect(world.truth({ cloud: 'aws' })).toEqual([]));
});
