import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SecurityRule, Session } from '@mcmp/driver-sdk';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { personalities } from '../../simulator/personalities/index.js';
import { createWorld } from '../../simulator/world/index.js';
import type { Fault, Thing } from '../../simulator/world/index.js';
import driver from '../src/index.js';
import wire from '../wire/index.js';

/** Each step of a create or delete of several calls is broken once, before and after it is done; the repeat must go on there, and make nothing twice. */
const region = 'eu-west-1';
const world = createWorld({ personalities, timeScale: 0, throttling: false });
const image = world.personalities.get('aws')!.images.find(({ osFamily, architecture }) => osFamily === 'ubuntu' && architecture === 'amd64')!;
let server: Awaited<ReturnType<typeof wire.start>>;
let cloud: Required<Session>;
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEfAdxAUvYPjGUjZAIyTe4yYKmQ7hPFXxw1WxMi8Ocho mcmp';
const signal = (): AbortSignal => AbortSignal.timeout(20_000);
const of = (id: string) => ({ region, id });
const base = (name: string) => ({ region, name, token: `token-${name}`, tags: { 'mcmp-project': 'p', 'mcmp-id': name } });
const network = { ...base('net'), cidr: '10.9.0.0/16' };
const left = (kind: Thing['kind']): Thing[] => world.truth({ cloud: 'aws', kind });
type Broken = 'lost-answer' | 'dropped-request';
const breaks = (method: string, effect: Broken): void => void world.faults.add({ cloud: 'aws', method, effect: { type: effect }, times: 1 });
/** The driver sends such a step again by itself; then it is refused for good, so that the call as a whole ends there. */
function breaksOff(method: string, effect: Broken): void {
  breaks(method, effect);
  world.faults.add({ cloud: 'aws', method, effect: { type: 'error', code: 'FORBIDDEN' }, times: 1 });
}
const both = (apis: string[]): [api: string, effect: Broken][] => apis.flatMap((api): [string, Broken][] => [[api, 'lost-answer'], [api, 'dropped-request']]);
/** Steps that AWS would do twice, and the driver therefore sends once. */
const ONCE = ['CreateVpc', 'CreateInternetGateway', 'ImportKeyPair', 'AllocateAddress'];
const breaksIn = (method: string, effect: Broken): void => (ONCE.includes(method) ? breaks : breaksOff)(method, effect);

/** Runs a call that must fail once by the fault that was set, then again. */
async function twice<T>(call: () => Promise<T>): Promise<T> {
  await expect(call()).rejects.toMatchObject({ name: 'DriverError', code: expect.stringMatching(/^(UNAVAILABLE|FORBIDDEN)$/) as unknown });
  return call();
}

beforeAll(async () => {
  server = await wire.start(world, { host: '127.0.0.1', port: 0 });
  const { accessKeyId, secretKey } = world.credential('aws', '123456789012');
  cloud = await driver.connect({ credential: { accessKeyId, secretAccessKey: secretKey }, endpoint: `http://127.0.0.1:${server.port}`, options: {} }) as Required<Session>;
});
afterEach(() => world.reset());
afterAll(async () => {
  await cloud.close();
  await server.close();
});

describe('a create that was broken off goes on', () => {
  it.each(both(['DescribeVpcs', 'CreateVpc', 'ModifyVpcAttribute', 'CreateInternetGateway', 'AttachInternetGateway', 'DescribeRouteTables', 'CreateRoute']))('network: %s, %s', async (api, effect) => {
    breaksIn(api, effect);
    const made = await twice(() => cloud.network.create(network, signal()));
    expect(left('network').map(({ id }) => id)).toEqual([made.id]);
    expect(left('internet-gateway')).toMatchObject([{ attributes: { networkId: made.id } }]);
    expect(left('route-table')).toMatchObject([{ attributes: { networkId: made.id, routes: expect.arrayContaining([{ cidr: '0.0.0.0/0', target: 'internet-gateway', targetId: left('internet-gateway')[0]!.id }]) as unknown } }]);
  });

  it.each(both(['CreateSubnet', 'ModifySubnetAttribute']))('subnet: %s, %s', async (api, effect) => {
    const { id: networkId } = await cloud.network.create(network, signal());
    breaksIn(api, effect);
    const made = await twice(() => cloud.subnet.create({ ...base('sub'), networkId, cidr: '10.9.1.0/24', zone: `${region}a` }, signal()));
    expect(left('subnet')).toMatchObject([{ id: made.id, attributes: { publicAddresses: true } }]);
  });

  it.each(both(['CreateSecurityGroup', 'AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupEgress']))('security group: %s, %s', async (api, effect) => {
    const { id: networkId } = await cloud.network.create(network, signal());
    const rules: SecurityRule[] = [{ direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }, { direction: 'egress', protocol: 'tcp', fromPort: 443, toPort: 443, cidr: '0.0.0.0/0' }];
    breaksIn(api, effect);
    const made = await twice(() => cloud['security-group'].create({ ...base('grp'), networkId, description: 'd', rules }, signal()));
    expect((await cloud['security-group'].get(of(made.id), signal())).rules).toEqual(rules);
    expect(left('security-group').filter(({ tags }) => tags['mcmp-id'] === 'grp')).toHaveLength(1);
  });

  it.each(both(['ImportKeyPair']))('key pair: %s, %s', async (api, effect) => {
    breaksIn(api, effect);
    await twice(() => cloud['key-pair'].create({ ...base('key'), publicKey }, signal()));
    expect(left('key-pair')).toHaveLength(1);
  });

  it.each(both(['AllocateAddress']))('public IP: %s, %s', async (api, effect) => {
    breaksIn(api, effect);
    await twice(() => cloud['public-ip'].create(base('ip'), signal()));
    expect(left('public-ip')).toHaveLength(1);
  });
});

describe('a new thing that is not seen at once', () => {
  it('does not stop a network, a subnet and a security group from being made', async () => {
    world.faults.add({ cloud: 'aws', effect: { type: 'unseen', ms: 500 } });
    const made = await cloud.network.create(network, signal());
    expect(left('route-table')).toMatchObject([{ attributes: { routes: expect.arrayContaining([{ cidr: '0.0.0.0/0', target: 'internet-gateway', targetId: left('internet-gateway')[0]!.id }]) as unknown } }]);
    const rules: SecurityRule[] = [{ direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }];
    await cloud.subnet.create({ ...base('sub'), networkId: made.id, cidr: '10.9.1.0/24' }, signal());
    await cloud['security-group'].create({ ...base('grp'), networkId: made.id, description: 'd', rules }, signal());
    expect(left('subnet')).toMatchObject([{ attributes: { publicAddresses: true } }]);
  });

  it.each(['CreateSubnet', 'CreateSecurityGroup', 'ImportKeyPair'])('%s, its answer lost: CONFLICT while nobody sees whose it is, and nothing made twice', async (api) => {
    const { id: networkId } = await cloud.network.create(network, signal());
    const makes = {
      CreateSubnet: () => cloud.subnet.create({ ...base('sub'), networkId, cidr: '10.9.1.0/24', zone: `${region}a` }, signal()),
      CreateSecurityGroup: () => cloud['security-group'].create({ ...base('grp'), networkId, description: 'd', rules: [] }, signal()),
      ImportKeyPair: () => cloud['key-pair'].create({ ...base('key'), publicKey }, signal()),
    };
    const create = makes[api as keyof typeof makes];
    world.faults.add({ cloud: 'aws', effect: { type: 'unseen', ms: 60_000 }, method: api, times: 1 });
    breaks(api, 'lost-answer');
    // A subnet and a group are sent again by the driver itself.
    await expect(create()).rejects.toMatchObject({ code: api === 'ImportKeyPair' ? 'UNAVAILABLE' : 'CONFLICT' });
    await expect(create()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(world.truth({ cloud: 'aws', tags: { 'mcmp-project': 'p' } }).filter(({ kind }) => kind !== 'network' && kind !== 'internet-gateway')).toHaveLength(1);
  });
});

describe('a delete that was broken off goes on', () => {
  it.each(both(['DescribeInternetGateways', 'DetachInternetGateway', 'DeleteInternetGateway', 'DeleteVpc']))('network: %s, %s', async (api, effect) => {
    const { id } = await cloud.network.create(network, signal());
    breaksIn(api, effect);
    await twice(() => cloud.network.delete(of(id), signal()));
    expect(world.truth({ cloud: 'aws' })).toEqual([]);
  });

  it('removes a gateway that was made and never attached', async () => {
    breaksOff('AttachInternetGateway', 'dropped-request');
    await expect(cloud.network.create(network, signal())).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const [vpc] = left('network');
    expect(left('internet-gateway')).toHaveLength(1);
    await cloud.network.delete(of(vpc!.id), signal());
    expect(world.truth({ cloud: 'aws' })).toEqual([]);
  });
});

describe('a cloud that refuses three calls in ten', () => {
  it.each([['RATE_LIMITED', 1], ['UNAVAILABLE', 6]] as const)('still gives a network and takes it back: %s, in at most %d creates', async (code, mostCreates) => {
    world.faults.add({ cloud: 'aws', effect: { type: 'error', code }, probability: 0.3 });
    let made: Awaited<ReturnType<typeof cloud.network.create>> | undefined;
    for (let tries = 1; made === undefined && tries <= mostCreates; tries += 1) made = await cloud.network.create(network, signal()).catch(() => undefined);
    expect(left('network').map(({ id }) => id)).toEqual([made?.id]);
    expect(left('internet-gateway')).toHaveLength(1);
    await cloud.network.delete(of(made!.id), signal());
    expect(world.truth({ cloud: 'aws' })).toEqual([]);
  });
});

describe('a VM that fails while it starts', () => {
  it('is failed with its reason', async () => {
    const { id: networkId } = await cloud.network.create(network, signal());
    const { id: subnetId } = await cloud.subnet.create({ ...base('sub'), networkId, cidr: '10.9.1.0/24', zone: `${region}a` }, signal());
    const { id: groupId } = await cloud['security-group'].create({ ...base('grp'), networkId, description: 'd', rules: [] }, signal());
    const { id: keyPairId } = await cloud['key-pair'].create({ ...base('key'), publicKey }, signal());
    const effect: Fault['effect'] = { type: 'half-made' };
    world.faults.add({ cloud: 'aws', effect, times: 1 });
    const { items: [vm] } = await cloud.vm.create({
      region, names: ['v'], token: 'token-v', tags: { 'mcmp-batch': 'b' }, specId: 't3.micro', imageId: image.id(region), networkId, subnetId, securityGroupIds: [groupId], keyPairId, publicKey, sshUser: 'ubuntu', publicAddress: true,
    }, signal());
    expect(await cloud.vm.get(of(vm!.id), signal())).toMatchObject({ state: 'failed', failure: { providerCode: expect.stringMatching(/^Server\./) as unknown, message: expect.any(String) as unknown } });
    await cloud.vm.delete(of(vm!.id), signal());
    expect(left('vm')).toEqual([]);
  });

  it('is terminated once its end was asked, though AWS tells the old reason for an hour more', async () => {
    const instance = '<instanceId>i-1</instanceId><instanceState><code>48</code><name>terminated</name></instanceState><stateReason><code>Server.InternalError</code><message>Internal error on launch</message></stateReason>';
    const stub = createServer((request, response) => {
      request.resume().on('end', () => response.end(`<R xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet><item>${instance}</item></instancesSet></item></reservationSet></R>`));
    });
    await new Promise<void>((resolve) => stub.listen(0, '127.0.0.1', resolve));
    const session = await driver.connect({ credential: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'any' }, endpoint: `http://127.0.0.1:${(stub.address() as AddressInfo).port}`, options: {} }) as Required<Session>;
    expect(await session.vm.get(of('i-1'), signal())).toMatchObject({ state: 'failed', failure: { providerCode: 'Server.InternalError' } });
    expect((await session.vm.list({ region }, signal())).items).toHaveLength(1);
    await session.vm.delete(of('i-1'), signal());
    expect(await session.vm.get(of('i-1'), signal())).toMatchObject({ state: 'terminated' });
    expect((await session.vm.list({ region }, signal())).items).toEqual([]);
    await session.close();
    await new Promise((resolve) => stub.close(resolve));
  });
});

it('reads prices and limits from the services where the endpoint has them', async () => {
  const prices = (await cloud.price.list({ region, purchase: 'on-demand', pageSize: 5 }, signal())).items;
  expect(prices).toHaveLength(5);
  expect(prices[0]).toMatchObject({ region, currency: 'USD', source: 'Price List API of 127.0.0.1', asOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown, simulated: false });
  const { limit } = world.personalities.get('aws')!.quotas.find(({ id }) => id === 'L-1216C47A')!;
  expect((await cloud.quota.list({ region }, signal())).items).toContainEqual(expect.objectContaining({ id: 'L-1216C47A', measure: 'vcpu', source: 'account', limit, used: 0 }));
});
