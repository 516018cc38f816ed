import type { Capability, ConnectInput, Driver, Session } from '@mcmp/driver-sdk';
import { CAPABILITY_METHODS, defineDriver, isDriverError } from '@mcmp/driver-sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeDriver } from '@mcmp/driver-sdk/testing';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { WIRE_GAPS } from '../../drivers/aws/test/wire-gaps.js';
import { SERVED } from '../../drivers/aws/test/wire-served.js';
import ec2 from '../../drivers/aws/wire/index.js';
import { personalities } from '../../drivers/simulator/personalities/index.js';
import { ACCOUNT, boxFaults, manifestOf, placeIn } from '../../drivers/simulator/test/kit-stage.js';
import { narrow, narrowed } from '../../drivers/simulator/test/narrow.js';
import plain from '../../drivers/simulator/wire/index.js';
import { createWorld, type Wire } from '../../drivers/simulator/world/index.js';
import { DriverHost, type DriverSession } from '../../src/connector/host/index.js';
import type { CloudMethod, CloudRequest } from '../../src/connector/index.js';
import { Logger } from '../../src/platform/logger/logger.js';

/** Where a driver's bundle is held to the contract: a wire of the box, the cloud that it plays, and what a connection gives, and what of the driver the wire serves, if not all. A driver without one is an omission. */
interface Stage { wire: Wire; cloud: string; credential(accessKeyId: string, secretKey: string): Record<string, string>; options: Record<string, string>; served?: readonly Capability[] }
const STAGES: Record<string, Stage> = {
  aws: { wire: ec2, cloud: 'aws', credential: (accessKeyId, secretAccessKey) => ({ accessKeyId, secretAccessKey }), options: {}, served: SERVED },
  simulator: { wire: plain, cloud: 'alibaba', credential: (accessKeyId, secretKey) => ({ accessKeyId, secretKey }), options: { cloud: 'alibaba' } },
};
const NAMES = Object.keys(STAGES);
/** Held to the contract against services of others, in their own folder: they have no wire onto the box. */
const ELSEWHERE = ['openstack'];

const root = mkdtempSync(join(tmpdir(), 'mcmp-bundles-'));
const world = createWorld({ personalities, timeScale: 0, throttling: false });
const endpoints: Record<string, { port: number; close(): Promise<void> }> = {};
let log = '';
const host = new DriverHost({
  driversDir: join(root, 'drivers'), storeDir: join(root, 'store'), idleMs: 60_000,
  logger: new Logger('debug', new Writable({ write: (chunk: Buffer, _encoding, done) => { log += chunk.toString(); done(); } })),
});

beforeAll(async () => {
  for (const name of NAMES) {
    cpSync(resolve('drivers', name, 'dist'), join(root, 'drivers', name, 'dist'), { recursive: true });
    // The kit asks more in seconds than a cloud allows in minutes; limits have tests of their own.
    writeFileSync(join(root, 'drivers', name, 'driver.json'), JSON.stringify({ ...manifestOf(name), limits: [{ methods: ['*'], scope: 'account', burst: 1000, perSecond: 1000 }] }));
    endpoints[name] = await (STAGES[name] as Stage).wire.start(world, { host: '127.0.0.1', port: 0 });
  }
  await host.start();
});
afterAll(async () => {
  await host.stop();
  for (const endpoint of Object.values(endpoints)) await endpoint.close();
  await world.close();
  rmSync(root, { recursive: true, force: true });
});

function connectTo(name: string, wrong: { secretKey?: string } = {}): ConnectInput {
  const stage = STAGES[name] as Stage;
  const { accessKeyId, secretKey } = { ...world.credential(stage.cloud, ACCOUNT), ...wrong };
  return { credential: stage.credential(accessKeyId, secretKey), endpoint: `http://127.0.0.1:${endpoints[name]?.port}`, options: stage.options };
}

let sessions = 0;
const open = (name: string, input: ConnectInput): DriverSession => host.open({ ...input, driver: name, key: `kit-${(sessions += 1)}`, revision: '1' });

/** The driver as it is behind the host: each call crosses to its process, is checked on both ways, and is sent once, so that the kit sees every failure. */
const hosted = (name: string): Driver => defineDriver({
  async connect(input) {
    const session = open(name, input);
    const traits = await session.traits();
    const groups = session.manifest.capabilities.map((capability) => [capability, Object.fromEntries(CAPABILITY_METHODS[capability].map((method) => {
      const handler = method.replace('?', '');
      return [handler, (request: CloudRequest<CloudMethod>, signal: AbortSignal) => session.call(`${capability}.${handler}` as CloudMethod, request, { signal, retries: false })];
    }))]);
    return { traits, ...Object.fromEntries(groups) } as Session;
  },
});

it('knows where to hold each driver of the folder to the contract', () => {
  expect(readdirSync(resolve('drivers')).filter((name) => existsSync(resolve('drivers', name, 'driver.json'))).sort()).toEqual([...NAMES, ...ELSEWHERE].sort());
});

describe.each(Object.entries(STAGES))('the bundle of %s', (name, { cloud, served = manifestOf(name).capabilities }) => {
  it('is taken as it lies in the drivers\' folder', async () => {
    expect(await host.verifyDriver(resolve('drivers', name))).toMatchObject({ manifest: { name, limits: manifestOf(name).limits } });
  });

  const personality = personalities.find((each) => each.cloud === cloud)!;
  describeDriver({
    driver: narrow(hosted(name), served), manifest: narrowed(manifestOf(name), served), place: placeIn(personality), connect: () => connectTo(name), broken: () => connectTo(name, { secretKey: 'wrong-secret-wrong-secret' }),
    faults: boxFaults(world, cloud), pollMs: 5, timeoutMs: 10_000, runner: { describe, it }, ...(name === 'aws' && { except: WIRE_GAPS }),
  });

  it('left nothing behind', () => expect(world.truth({ cloud })).toEqual([]));

  it('lets the host repeat what may be repeated, and nothing else', async () => {
    const session = open(name, connectTo(name));
    const { region, zone } = placeIn(personality);
    const tags = { 'mcmp-project': 'repeated' };
    const outcomesOf = (method: string, seq: number): string[] => world.log.after(seq, 100).filter((call) => call.method === method).map(({ outcome }) => outcome);
    const before = world.log.seq;
    await boxFaults(world, cloud).throttleNext('network.list');
    expect((await session.call('network.list', { region, tags })).items).toEqual([]);
    expect(outcomesOf('network.list', before)).toEqual(['RATE_LIMITED', 'ok']);
    // A disk has a token in each of these clouds, a network in one of them.
    await boxFaults(world, cloud).loseNextAnswer('disk.create');
    const disk = await session.call('disk.create', { region, name: 'disk', token: 'd', tags, sizeGiB: 20, ...(zone !== undefined && { zone }) });
    expect(outcomesOf('disk.create', before)).toEqual(['lost-answer', 'ok']);
    expect(world.truth({ cloud, tags }).map(({ id }) => id)).toEqual([disk.id]);
    await session.call('disk.delete', { region, id: disk.id });

    const { idempotencyToken } = await session.traits();
    await boxFaults(world, cloud).loseNextAnswer('network.create');
    const made = await session.call('network.create', { region, name: 'net', token: 'n', tags, cidr: '10.9.0.0/16' }).catch((error: unknown) => error);
    expect(isDriverError(made)).toBe(!idempotencyToken.includes('network'));
    expect(outcomesOf('network.create', before).slice(0, 2)).toEqual(idempotencyToken.includes('network') ? ['lost-answer', 'ok'] : ['lost-answer']);
    const [network, ...more] = world.truth({ cloud, kind: 'network', tags });
    expect(more).toEqual([]);
    await session.call('network.delete', { region, id: network!.id });
    expect(world.truth({ cloud })).toEqual([]);
  });
});

it('had no driver that crashed or wrote a line', () => {
  expect(host.stats().map(({ driver, restarts }) => [driver, restarts]).sort()).toEqual(NAMES.map((name) => [name, 0]));
  const lines = log.trimEnd().split('\n').map((line) => JSON.parse(line) as { level: string; stream?: string });
  expect(lines).toContainEqual(expect.objectContaining({ msg: expect.stringMatching(/^the process of driver aws .* runs$/) }));
  expect(lines.filter(({ level, stream }) => level === 'warn' || level === 'error' || stream !== undefined)).toEqual([]);
});
