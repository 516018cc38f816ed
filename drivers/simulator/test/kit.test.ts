import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeDriver } from '@mcmp/driver-sdk/testing';
import { personalities } from '../personalities/index.js';
import driver from '../src/index.js';
import plain from '../wire/index.js';
import { createWorld } from '../world/index.js';
import { ACCOUNT, boxFaults, manifestOf, placeIn } from './kit-stage.js';

const world = createWorld({ personalities, timeScale: 0, throttling: false });
let server: Awaited<ReturnType<typeof plain.start>>;
beforeAll(async () => {
  server = await plain.start(world, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
  await world.close();
});

// All ten, since no two keep tokens, names, zones and networks alike.
describe.each(personalities.map((personality) => [personality.cloud, personality] as const))('as %s', (cloud, personality) => {
  const connect = (wrong = {}) => () => ({ credential: { ...world.credential(cloud, ACCOUNT), ...wrong }, endpoint: `http://127.0.0.1:${server.port}`, options: { cloud } });
  describeDriver({
    driver, manifest: manifestOf('simulator'), place: placeIn(personality), connect: connect(), broken: connect({ secretKey: 'wrong-secret-wrong-secret' }),
    faults: boxFaults(world, cloud), pollMs: 5, timeoutMs: 10_000, runner: { describe, it },
  });
  it('left nothing behind', () => expect(world.truth({ cloud })).toEqual([]));
});
