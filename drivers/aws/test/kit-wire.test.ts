import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConnectInput } from '@mcmp/driver-sdk';
import { describeDriver } from '@mcmp/driver-sdk/testing';
import { personalities } from '../../simulator/personalities/index.js';
import { ACCOUNT, boxFaults, manifestOf, placeIn, roughen } from '../../simulator/test/kit-stage.js';
import { narrow, narrowed } from '../../simulator/test/narrow.js';
import { createWorld } from '../../simulator/world/index.js';
import driver from '../src/index.js';
import wire from '../wire/index.js';
import { WIRE_GAPS } from './wire-gaps.js';
import { SERVED } from './wire-served.js';

const aws = personalities.find(({ cloud }) => cloud === 'aws')!;

describe.each([
  { manners: 'all at once', timeScale: 0, troubles: undefined },
  { manners: 'late, slow and throttled', timeScale: 0.001, troubles: roughen },
])('on the EC2 wire of a box that is $manners', ({ timeScale, troubles }) => {
  const world = createWorld({ personalities, timeScale, throttling: false });
  let server: Awaited<ReturnType<typeof wire.start>>;
  beforeAll(async () => {
    server = await wire.start(world, { host: '127.0.0.1', port: 0 });
    troubles?.(world);
  });
  afterAll(async () => {
    await server.close();
    await world.close();
  });

  const connect = (wrong: { secretKey?: string } = {}) => (): ConnectInput => {
    const { accessKeyId, secretKey } = { ...world.credential('aws', ACCOUNT), ...wrong };
    return { credential: { accessKeyId, secretAccessKey: secretKey }, endpoint: `http://127.0.0.1:${server.port}`, options: { consistencyWindowSeconds: '10' } };
  };
  describeDriver({
    driver: narrow(driver, SERVED), manifest: narrowed(manifestOf('aws'), SERVED), place: placeIn(aws), connect: connect(), broken: connect({ secretKey: 'wrong-secret-wrong-secret' }),
    faults: { ...boxFaults(world, 'aws'), ...(troubles && { clear: async () => troubles(world) }) }, pollMs: 5, timeoutMs: 10_000, except: WIRE_GAPS, runner: { describe, it },
  });
  it('left nothing behind', () => expect(world.truth({ cloud: 'aws' })).toEqual([]));
});
