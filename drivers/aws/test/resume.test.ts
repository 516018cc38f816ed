import { describe, expect, it } from '@jest/globals';
import type { SecurityRule, Session } from '@mcmp/driver-sdk';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault } from '../../simulator/world/index.js';
import driver from '../src/index.js';
import { base, both, network, of, publicKey, region, ResumeStage, signal } from './resume-stage.js';

/** Each step of a create or delete of several calls is broken once, before and after it is done; the repeat must go on there, and make nothing twice. */
const stage = new ResumeStage();

describe('a create that was broken off goes on', () => {
  it.each(both(['DescribeVpcs', 'CreateVpc', 'ModifyVpcAttribute', 'CreateInternetGateway', 'AttachInternetGateway', 'DescribeRouteTables', 'CreateRoute']))('network: %s, %s', async (api, effect) => {
    stage.breaksIn(api, effect);
    const made = await stage.twice(() => stage.cloud.network.create(network, signal()));
    expect(stage.left('network').map(({ id }) => id)).toEqual([made.id]);
    expect(stage.left('internet-gateway')).toMatchObject([{ attributes: { networkId: made.id } }]);
    expect(stage.left('route-table')).toMatchObject([{ attributes: { networkId: made.id, routes: expect.arrayContaining([{ cidr: '0.0.0.0/0', target: 'internet-gateway', targetId: stage.left('internet-gateway')[0]!.id }]) as unknown } }]);
  });

  it.each(both(['CreateSubnet', 'ModifySubnetAttribute']))('subnet: %s, %s', async (api, effect) => {
    const { id: networkId } = await stage.cloud.network.create(network, signal());
    stage.breaksIn(api, effect);
    const made = await stage.twice(() => stage.cloud.subnet.create({ ...base('sub'), networkId, cidr: '10.9.1.0/24', zone: `${region}a` }, signal()));
    expect(stage.left('subnet')).toMatchObject([{ id: made.id, attributes: { publicAddresses: true } }]);
  });

  it.each(both(['CreateSecurityGroup', 'AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupEgress']))('security group: %s, %s', async (api, effect) => {
    const { id: networkId } = await stage.cloud.network.create(network, signal());
    const rules: SecurityRule[] = [{ direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }, { direction: 'egress', protocol: 'tcp', fromPort: 443, toPort: 443, cidr: '0.0.0.0/0' }];
    stage.breaksIn(api, effect);
    const made = await stage.twice(() => stage.cloud['security-group'].create({ ...base('grp'), networkId, description: 'd', rules }, signal()));
    expect((await stage.cloud['security-group'].get(of(made.id), signal())).rules).toEqual(rules);
    expect(stage.left('security-group').filter(({ tags }) => tags['mcmp-id'] === 'grp')).toHaveLength(1);
  });

  it.each(both(['ImportKeyPair']))('key pair: %s, %s', async (api, effect) => {
    stage.breaksIn(api, effect);
    await stage.twice(() => stage.cloud['key-pair'].create({ ...base('key'), publicKey }, signal()));
    expect(stage.left('key-pair')).toHaveLength(1);
  });

  it.each(both(['AllocateAddress']))('public IP: %s, %s', async (api, effect) => {
    stage.breaksIn(api, effect);
    await stage.twice(() => stage.cloud['public-ip'].create(base('ip'), signal()));
    expect(stage.left('public-ip')).toHaveLength(1);
  });
});

describe('a new thing that is not seen at once', () => {
  it('does not stop a network, a subnet and a security group from being made', async () => {
    stage.world.faults.add({ cloud: 'aws', effect: { type: 'unseen', ms: 500 } });
    const made = await stage.cloud.network.create(network, signal());
    expect(stage.left('route-table')).toMatchObject([{ attributes: { routes: expect.arrayContaining([{ cidr: '0.0.0.0/0', target: 'internet-gateway', targetId: stage.left('internet-gateway')[0]!.id }]) as unknown } }]);
    const rules: SecurityRule[] = [{ direction: 'ingress', protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }];
    await stage.cloud.subnet.create({ ...base('sub'), networkId: made.id, cidr: '10.9.1.0/24' }, signal());
    await stage.cloud['security-group'].create({ ...base('grp'), networkId: made.id, description: 'd', rules }, signal());
    expect(stage.left('subnet')).toMatchObject([{ attributes: { publicAddresses: true } }]);
  });

  it.each(['CreateSubnet', 'CreateSecurityGroup', 'ImportKeyPair'])('%s, its answer lost: CONFLICT while nobody sees whose it is, and nothing made twice', async (api) => {
    const { id: networkId } = await stage.cloud.network.create(network, signal());
    const makes = {
      CreateSubnet: () => stage.cloud.subnet.create({ ...base('sub'), networkId, cidr: '10.9.1.0/24', zone: `${region}a` }, signal()),
      CreateSecurityGroup: () => stage.cloud['security-group'].create({ ...base('grp'), networkId, description: 'd', rules: [] }, signal()),
      ImportKeyPair: () => stage.cloud['key-pair'].create({ ...base('key'), publicKey }, signal()),
    };
    const create = makes[api as keyof typeof makes];
    stage.world.faults.add({ cloud: 'aws', effect: { type: 'unseen', ms: 60_000 }, method: api, times: 1 });
    stage.breaks(api, 'lost-answer');
    // A subnet and a group are sent again by the driver itself.
    await expect(create()).rejects.toMatchObject({ code: api === 'ImportKeyPair' ? 'UNAVAILABLE' : 'CONFLICT' });
    await expect(create()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(stage.world.truth({ cloud: 'aws', tags: { 'mcmp-project': 'p' } }).filter(({ kind }) => kind !== 'network' && kind !== 'internet-gateway')).toHaveLength(1);
  });
});

describe('a delete that was broken off goes on', () => {
  it.each(both(['DescribeInternetGateways', 'DetachInternetGateway', 'DeleteInternetGateway', 'DeleteVpc']))('network: %s, %s', async (api, effect) => {
    const { id } = await stage.cloud.network.create(network, signal());
    stage.breaksIn(api, effect);
    await stage.twice(() => stage.cloud.network.delete(of(id), signal()));
    expect(stage.world.truth({ cloud: 'aws' })).toEqual([]);
  });

  it('removes a gateway that was made and never attached', async () => {
    stage.breaksOff('AttachInternetGateway', 'dropped-request');
    await expect(stage.cloud.network.create(network, signal())).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const [vpc] = stage.left('network');
    expect(stage.left('internet-gateway')).toHaveLength(1);
    await stage.cloud.network.delete(of(vpc!.id), signal());
    expect(stage.world.truth({ cloud: 'aws' })).toEqual([]);
  });
});

describe('a cloud that refuses three calls in ten', () => {
  it.each([['RATE_LIMITED', 1], ['UNAVAILABLE', 6]] as const)('still gives a network and takes it back: %s, in at most %d tries', async (code, mostTries) => {
    stage.world.faults.add({ cloud: 'aws', effect: { type: 'error', code }, probability: 0.3 });
    let made: Awaited<ReturnType<typeof stage.cloud.network.create>> | undefined;
    for (let tries = 1; made === undefined && tries <= mostTries; tries += 1) made = await stage.cloud.network.create(network, signal()).catch(() => undefined);
    expect(stage.left('network').map(({ id }) => id)).toEqual([made?.id]);
    expect(stage.left('internet-gateway')).toHaveLength(1);
    let gone = false;
    for (let tries = 1; !gone && tries <= mostTries; tries += 1) gone = await stage.cloud.network.delete(of(made!.id), signal()).then(() => true, () => false);
    expect([gone, stage.world.truth({ cloud: 'aws' })]).toEqual([true, []]);
  });
});

describe('a VM that fails while it starts', () => {
  it('is failed with its reason', async () => {
    const { id: networkId } = await stage.cloud.network.create(network, signal());
    const { id: subnetId } = await stage.cloud.subnet.create({ ...base('sub'), networkId, cidr: '10.9.1.0/24', zone: `${region}a` }, signal());
    const { id: groupId } = await stage.cloud['security-group'].create({ ...base('grp'), networkId, description: 'd', rules: [] }, signal());
    const { id: keyPairId } = await stage.cloud['key-pair'].create({ ...base('key'), publicKey }, signal());
    const effect: Fault['effect'] = { type: 'half-made' };
    stage.world.faults.add({ cloud: 'aws', effect, times: 1 });
    const { items: [vm] } = await stage.cloud.vm.create({
      region, names: ['v'], token: 'token-v', tags: { 'mcmp-batch': 'b' }, specId: 't3.micro', imageId: stage.imageId, networkId, subnetId, securityGroupIds: [groupId], keyPairId, publicKey, sshUser: 'ubuntu', publicAddress: true,
    }, signal());
    expect(await stage.cloud.vm.get(of(vm!.id), signal())).toMatchObject({ state: 'failed', failure: { providerCode: expect.stringMatching(/^Server\./) as unknown, message: expect.any(String) as unknown } });
    await stage.cloud.vm.delete(of(vm!.id), signal());
    expect(stage.left('vm')).toEqual([]);
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
  const prices = (await stage.cloud.price.list({ region, purchase: 'on-demand', pageSize: 5 }, signal())).items;
  expect(prices).toHaveLength(5);
  expect(prices[0]).toMatchObject({ region, currency: 'USD', source: 'Price List API of 127.0.0.1', asOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown, simulated: false });
  const { limit } = stage.world.personalities.get('aws')!.quotas.find(({ id }) => id === 'L-1216C47A')!;
  expect((await stage.cloud.quota.list({ region }, signal())).items).toContainEqual(expect.objectContaining({ id: 'L-1216C47A', measure: 'vcpu', source: 'account', limit, used: 0 }));
});
