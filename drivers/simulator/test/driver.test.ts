import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isDriverError } from '@mcmp/driver-sdk';
import type { ResourceKind } from '@mcmp/driver-sdk';
import type { CheckPlace } from '@mcmp/driver-sdk/testing';
import { personalities } from '../personalities/index.js';
import driver from '../src/index.js';
import { CLOUDS } from '../src/clouds.js';
import plain from '../wire/index.js';
import { createWorld } from '../world/index.js';
import type { Personality } from '../world/index.js';
import { manifestOf, placeIn } from './kit-stage.js';
import { PUBLIC_KEY } from './tiny.js';

const never = new AbortController().signal;

const manifest = manifestOf('simulator');
const world = createWorld({ personalities, timeScale: 0, throttling: false });
let server: Awaited<ReturnType<typeof plain.start>>;
beforeAll(async () => {
  server = await plain.start(world, { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

const connectTo = (cloud: string, account: string) => () => ({ credential: world.credential(cloud, account), endpoint: `http://127.0.0.1:${server.port}`, options: { cloud } });

it('plays the clouds of its manifest, which are those of the box', () => {
  const names = personalities.map(({ cloud }) => cloud);
  expect(manifest.options?.find(({ name }) => name === 'cloud')?.values).toEqual(names);
  expect(Object.keys(CLOUDS)).toEqual(names);
});

it.each(personalities.map((personality) => [personality.cloud, personality] as const))('knows the traits and the state words of %s', (cloud, personality) => {
  const { traits, vmStates } = CLOUDS[cloud] as (typeof CLOUDS)[string];
  const { networkScope, subnetScope, vmBatch, consistencyWindowMs, services: { lacks, clusterNeedsNodes, subnetsForServices } } = personality;
  const offered = (kinds: readonly ResourceKind[]): string[] => kinds.filter((kind) => !lacks.includes(kind)).sort();
  expect({ ...traits, idempotencyToken: offered(traits.idempotencyToken), uniqueName: offered(traits.uniqueName) }).toEqual(
    { networkScope, subnetScope, vmBatch, consistencyWindowMs, lacks, clusterNeedsNodes, subnetsForServices, idempotencyToken: offered(personality.idempotencyToken), uniqueName: offered(personality.uniqueName) });
  // Each word means one of the states that the cloud says by it; and no word is missing.
  const words = [...new Set(Object.values(personality.vmStates))];
  expect(Object.keys(vmStates).sort()).toEqual(words.sort());
  for (const [word, state] of Object.entries(vmStates)) expect(personality.vmStates[state as keyof Personality['vmStates']]).toBe(word);
});

it.each([['no cloud', {}], ['another', { cloud: 'cloudy' }], ['a word of JavaScript', { cloud: 'constructor' }]] as [string, Record<string, string>][])('refuses to play %s', async (_what, options) => {
  const error: unknown = await driver.connect({ credential: {}, endpoint: 'http://127.0.0.1:9', options }).catch((reason: unknown) => reason);
  expect(isDriverError(error) && [error.code, error.detail.field]).toEqual(['INVALID_REQUEST', 'cloud']);
});

it.each(['aws', 'tencent'])('tells that and why a VM of %s failed, and that it is gone once it was deleted', async (cloud) => {
  const personality = personalities.find((each) => each.cloud === cloud) as Personality;
  const { region, zone, specId, imageId, sshUser } = placeIn(personality) as CheckPlace & { zone: string };
  const session = (await driver.connect(connectTo(cloud, 'half')())) as Required<Awaited<ReturnType<typeof driver.connect>>>;
  const base = { region, tags: {} };
  const { id: networkId } = await session.network.create({ ...base, name: 'net', token: 'n', cidr: '10.0.0.0/16' }, never);
  const { id: subnetId } = await session.subnet.create({ ...base, name: 'sub', token: 's', networkId, cidr: '10.0.0.0/24', zone }, never);
  const { id: keyPairId } = await session['key-pair'].create({ ...base, name: 'key', token: 'k', publicKey: PUBLIC_KEY }, never);
  world.faults.add({ cloud, effect: { type: 'half-made' }, times: 1 });
  const { items: [vm] } = await session.vm.create({ ...base, names: ['one'], token: 'v', zone, specId, imageId, networkId, subnetId, securityGroupIds: [], keyPairId, publicKey: PUBLIC_KEY, sshUser, publicAddress: false }, never);
  const id = vm?.id ?? '';
  expect(await session.vm.get({ region, id }, never)).toMatchObject({ state: 'failed', providerState: personality.vmStates.failed, failure: { message: expect.any(String) } });
  await session.vm.delete({ region, id }, never);
  expect(world.truth({ cloud, account: 'half', kind: 'vm' })).toEqual([]);
  await session['key-pair'].delete({ region, id: keyPairId }, never);
  await session.subnet.delete({ region, id: subnetId }, never);
  await session.network.delete({ region, id: networkId }, never);
  expect(world.truth({ cloud, account: 'half' })).toEqual([]);
  await session.close();
});
