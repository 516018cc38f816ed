import { EC2 } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import type { Route } from '@mcmp/driver-sdk';
import { ACCOUNT, base, both, network, of, publicKey, region, ResumeStage, signal } from './resume-stage.js';

const stage = new ResumeStage();

/** What stands on a network: made whole, each step broken off once, and taken away the same way. */
describe('a create or delete of several parts goes on', () => {
  const net = async (): Promise<string> => (await stage.cloud.network.create(network, signal())).id;
  const nat = async () => ({ ...base('nat'), subnetId: (await stage.cloud.subnet.create({ ...base('sub'), networkId: await net(), cidr: '10.9.1.0/24' }, signal())).id });
  const vpn = async () => ({
    ...base('con'), vpnGatewayId: (await stage.cloud['vpn-gateway'].create({ ...base('vgw'), networkId: await net() }, signal())).id, peerAddress: '203.0.113.7', peerCidrs: ['10.77.0.0/16', '10.78.0.0/16'], localCidrs: ['10.9.0.0/16'], preSharedKey: 'Shared_key.1234',
  });

  it.each(both(['DescribeAddresses', 'AllocateAddress', 'CreateNatGateway', 'CreateTags']))('NAT gateway: %s, %s', async (api, effect) => {
    const request = await nat();
    stage.breaksIn(api, effect);
    const made = await stage.twice(() => stage.cloud['nat-gateway'].create(request, signal()));
    expect(stage.left('nat-gateway').map(({ id }) => id)).toEqual([made.id]);
    expect(stage.left('public-ip')).toHaveLength(1);
  });

  it.each(both(['DeleteNatGateway', 'DescribeNatGateways', 'ReleaseAddress']))('NAT gateway taken away: %s, %s', async (api, effect) => {
    const { id } = await stage.cloud['nat-gateway'].create(await nat(), signal());
    stage.breaksIn(api, effect);
    await stage.twice(() => stage.cloud['nat-gateway'].delete(of(id), signal()));
    expect([...stage.left('nat-gateway'), ...stage.left('public-ip')]).toEqual([]);
  });

  it.each(both(['CreateVpnGateway', 'AttachVpnGateway']))('VPN gateway: %s, %s', async (api, effect) => {
    const request = { ...base('vgw'), networkId: await net() };
    stage.breaksIn(api, effect);
    const made = await stage.twice(() => stage.cloud['vpn-gateway'].create(request, signal()));
    expect(stage.left('vpn-gateway')).toMatchObject([{ id: made.id, attributes: { networkId: request.networkId } }]);
  });

  it.each(both(['CreateCustomerGateway', 'CreateVpnConnection', 'CreateTags', 'CreateVpnConnectionRoute']))('VPN connection: %s, %s', async (api, effect) => {
    const request = await vpn();
    stage.breaksIn(api, effect);
    const made = await stage.twice(() => stage.cloud['vpn-connection'].create(request, signal()));
    expect(stage.left('vpn-connection')).toMatchObject([{ id: made.id, attributes: { peerCidrs: request.peerCidrs } }]);
    expect(stage.left('customer-gateway')).toHaveLength(1);
  });

  it.each(both(['DeleteVpnConnection', 'DescribeCustomerGateways', 'DeleteCustomerGateway']))('VPN connection taken away: %s, %s', async (api, effect) => {
    const request = await vpn();
    const { id } = await stage.cloud['vpn-connection'].create(request, signal());
    // Another one to the same peer, which has a customer gateway of its own.
    const other = await stage.cloud['vpn-connection'].create({ ...request, ...base('other') }, signal());
    stage.breaksIn(api, effect);
    await stage.twice(() => stage.cloud['vpn-connection'].delete(of(id), signal()));
    expect(stage.left('vpn-connection').map((each) => each.id)).toEqual([other.id]);
    expect(stage.left('customer-gateway')).toHaveLength(1);
  });

  it('waits for a VPN connection until its routes can be set, and says CONFLICT where the call ends before', async () => {
    const request = await vpn();
    stage.world.change({ timeScale: 1 });
    stage.world.faults.add({ cloud: 'aws', effect: { type: 'unseen', ms: 0 } });
    await expect(stage.cloud['vpn-connection'].create(request, AbortSignal.timeout(1_500))).rejects.toMatchObject({ code: expect.stringMatching(/^(CONFLICT|TIMEOUT)$/) as unknown });
    expect(stage.left('vpn-connection')).toMatchObject([{ attributes: { peerCidrs: [] } }]);
    stage.world.change({ timeScale: 0 });
  });

  it('tells a route to an attached card from one to a VM, and leaves what a VPN gateway brought', async () => {
    const networkId = await net(), { id: subnetId } = await stage.cloud.subnet.create({ ...base('sub'), networkId, cidr: '10.9.1.0/24' }, signal());
    const { items: [vm] } = await stage.cloud.vm.create({ region, names: ['v'], token: 'token-v', tags: { 'mcmp-batch': 'b' }, specId: 't3.micro', imageId: stage.imageId, networkId, subnetId, securityGroupIds: [], publicKey, sshUser: 'ubuntu', publicAddress: true, keyPairId: (await stage.cloud['key-pair'].create({ ...base('key'), publicKey }, signal())).id }, signal());
    const { id: cardId } = await stage.cloud['network-interface'].create({ ...base('card'), subnetId, securityGroupIds: [] }, signal());
    await stage.cloud['network-interface'].attach({ ...of(cardId), vmId: vm!.id }, signal());
    const { id } = await stage.cloud['route-table'].create({ ...base('rtb'), networkId }, signal());
    const { id: vpnGatewayId } = await stage.cloud['vpn-gateway'].create({ ...base('vgw'), networkId }, signal());
    await stage.cloud['vpn-connection'].create({ ...base('con'), vpnGatewayId, peerAddress: '203.0.113.7', peerCidrs: ['10.77.0.0/16'], localCidrs: [], preSharedKey: 'Shared_key.1234' }, signal());
    const { accessKeyId, secretKey } = stage.world.credential('aws', ACCOUNT);
    const aws = new EC2({ region, endpoint: stage.endpoint, credentials: { accessKeyId, secretAccessKey: secretKey } });
    await aws.enableVgwRoutePropagation({ RouteTableId: id, GatewayId: vpnGatewayId });
    const routes: Route[] = [{ cidr: '192.0.2.0/24', target: 'network-interface', targetId: cardId }, { cidr: '198.51.100.0/24', target: 'vm', targetId: vm!.id }];
    const set = await stage.cloud['route-table'].setRoutes({ ...of(id), routes }, signal());
    expect(set.routes).toEqual([{ cidr: '10.9.0.0/16', target: 'local' }, ...routes, { cidr: '10.77.0.0/16', target: 'vpn-gateway', targetId: vpnGatewayId }]);
    const before = stage.world.log.seq;
    await stage.cloud['route-table'].setRoutes({ ...of(id), routes }, signal());
    expect(stage.world.log.after(before, 1_000).filter(({ api }) => /Route$/.test(api))).toEqual([]);
    expect((await stage.cloud['route-table'].setRoutes({ ...of(id), routes: [] }, signal())).routes.map(({ cidr }) => cidr)).toEqual(['10.9.0.0/16', '10.77.0.0/16']);
  });
});
