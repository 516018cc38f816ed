import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FunctionHandlers, Session } from '@mcmp/driver-sdk';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { personalities } from '../personalities/index.js';
import driver from '../src/index.js';
import wire from '../wire/index.js';
import { createWorld } from '../world/index.js';
import { ACCOUNT, manifestOf } from './kit-stage.js';

const world = createWorld({ personalities, timeScale: 0, throttling: false });
const signal = (): AbortSignal => AbortSignal.timeout(10_000);
let server: Awaited<ReturnType<typeof wire.start>>;
const sessions: Session[] = [];
beforeAll(async () => { server = await wire.start(world, { host: '127.0.0.1', port: 0 }); });
afterAll(async () => {
  for (const session of sessions) await session.close?.();
  await server.close();
  await world.close();
});

/** Calls a function in the first region of a cloud, and holds its output to the schema of the manifest with every keyword. */
async function ask(cloud: string, name: string, input: unknown = {}): Promise<Record<string, unknown>> {
  const session = await driver.connect({ credential: { ...world.credential(cloud, ACCOUNT) }, endpoint: `http://127.0.0.1:${server.port}`, options: { cloud } });
  sessions.push(session);
  const { output } = await (session.function as FunctionHandlers).call({ region: regionOf(cloud), name, input }, signal());
  const check = new Ajv2020().compile(manifestOf('simulator').functions!.find((each) => each.name === name)!.output);
  expect([check(output), check.errors]).toEqual([true, null]);
  return output as Record<string, unknown>;
}
const personalityOf = (cloud: string) => personalities.find((each) => each.cloud === cloud)!;
const regionOf = (cloud: string): string => personalityOf(cloud).regions[0]!.id;

describe('functions of the box', () => {
  it.each(personalities.map(({ cloud }) => cloud))('describe how %s behaves, as it does', async (cloud) => {
    const { title, consistencyWindowMs, vmBatch, quotas } = personalityOf(cloud);
    expect(await ask(cloud, 'describePersonality')).toMatchObject({ cloud, title, consistencyWindowMs, vmBatch, quotas: quotas.map(({ id, limit, source }) => ({ id, limit, source })) });
  });

  it.each(['aws', 'kt'])('tell what the VMs that run in %s cost, and not those that are suspended', async (cloud) => {
    expect(await ask(cloud, 'estimateBill')).toMatchObject({ perHour: 0, vms: 0, specs: [], unpriced: [] });
    const place = { cloud, account: ACCOUNT, region: regionOf(cloud) };
    const run = <T>(method: string, work: Parameters<typeof world.call<T>>[1]) => world.call<T>({ ...place, method, api: method }, work);
    const price = personalityOf(cloud).prices(place.region).find(({ purchase, specId }) => purchase === 'on-demand' && personalityOf(cloud).specs(place.region).some(({ id, architecture, gpuCount, vcpu }) => id === specId && architecture === 'amd64' && gpuCount === 0 && vcpu <= 4))!;
    const image = personalityOf(cloud).images.find(({ architecture }) => architecture === 'amd64')!;
    const ids = await run('vm.create', (view) => {
      const network = view.create('network', { name: 'net', tags: {}, attributes: { cidr: '10.0.0.0/16' } });
      const subnet = view.create('subnet', { name: 'sub', tags: {}, attributes: { networkId: network.id, cidr: '10.0.1.0/24', publicAddresses: false } });
      return ['a', 'b', 'c'].map((name) => view.createVms({ names: [name], tags: {}, specId: price.specId, imageId: image.id(place.region), subnetId: subnet.id, securityGroupIds: [], publicAddress: false })[0]!.id);
    });
    await run('vm.stop', (view) => view.stop(ids[0]!));
    const told = await ask(cloud, 'estimateBill', { purchase: 'on-demand' });
    expect(told).toMatchObject({ currency: price.currency, pricesOf: price.asOf, vms: 2, specs: [{ specId: price.specId, count: 2, simulated: price.simulated }], unpriced: [] });
    expect(told.perHour).toBeCloseTo(2 * price.perHour, 5);
    expect(told.perMonth).toBeCloseTo(2 * price.perHour * 730, 2);
    // Spot prices are told of some clouds only; what has none is named.
    const spot = await ask(cloud, 'estimateBill', { purchase: 'spot' });
    const hasSpot = personalityOf(cloud).prices(place.region).some(({ purchase, specId }) => purchase === 'spot' && specId === price.specId);
    expect(spot.unpriced).toEqual(hasSpot ? [] : [{ specId: price.specId, count: 2 }]);
  });

  it('refuse a name that there is not, and an input that none of them takes', async () => {
    await expect(ask('gcp', 'makeCoffee')).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('estimateBill') as unknown });
    await expect(ask('gcp', 'estimateBill', { purchase: 'for free' })).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'input' } });
  });
});
