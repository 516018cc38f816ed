import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Session } from '@mcmp/driver-sdk';
import driver from '../src/index.js';
import type { SmallCloud } from './small-cloud.js';
import { SMALL_CREDENTIAL, startSmallCloud } from './small-cloud.js';

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

describe('a catalog of two regions', () => {
  let cloud: SmallCloud;
  const connect = async (options: Record<string, string> = {}): Promise<Required<Session>> => (await driver.connect({ credential: SMALL_CREDENTIAL, endpoint: cloud.authUrl, options })) as Required<Session>;
  beforeAll(async () => {
    cloud = await startSmallCloud({ North: ['compute', 'network', 'load-balancer'], south: ['network', 'compute'] });
  });
  afterAll(() => cloud.close());

  it('lists both, and asks each at its own address by one sign-in', async () => {
    const session = await connect();
    expect((await session.region.list({}, signal())).items.map(({ id }) => id)).toEqual(['North', 'south']);
    const before = cloud.asked.length;
    for (const region of ['North', 'south']) expect(await session.network.list({ region }, signal())).toEqual({ items: [] });
    expect(cloud.asked.slice(before)).toEqual(['GET /North/1/v2.0/networks', 'GET /south/0/v2.0/networks']);
  });

  it('says which region lacks a service, and that a region is none of them', async () => {
    const session = await connect();
    await expect(session['load-balancer'].list({ region: 'south' }, signal())).rejects.toMatchObject({ code: 'UNSUPPORTED', message: expect.stringContaining('"load-balancer" in south') as unknown });
    await expect(session.network.list({ region: 'South' }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', message: expect.stringContaining('North, south') as unknown, detail: { field: 'region' } });
  });

  it('is one region where the connection is held to it', async () => {
    expect((await (await connect({ region: 'south' })).region.list({}, signal())).items.map(({ id }) => id)).toEqual(['south']);
  });
});
