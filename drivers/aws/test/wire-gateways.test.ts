import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Box, refused, type Place } from './wire-box.js';

/** The official client on what leads out of a network and into it: NAT, routes, VPN. */
let box: Box;
let ours: Place;
beforeAll(async () => {
  box = await Box.start();
  ours = await box.place();
});
afterAll(async () => {
  await box.clear(ours);
  await box.close();
});

const table = async (): Promise<string> => (await box.ec2.createRouteTable({ VpcId: ours.vpcId })).RouteTable!.RouteTableId!;
const routesOf = async (id: string) => (await box.ec2.describeRouteTables({ RouteTableIds: [id] })).RouteTables![0]!.Routes!.slice(1);

describe('NAT gateways', () => {
  it('takes an address, shows its card, and holds both as long as it lives', async () => {
    const { AllocationId } = await box.ec2.allocateAddress({ Domain: 'vpc' });
    const request = { SubnetId: ours.subnetId, AllocationId: AllocationId!, ClientToken: 'nat-1' };
    const { NatGateway: made } = await box.ec2.createNatGateway(request);
    expect((await box.ec2.createNatGateway(request)).NatGateway!.NatGatewayId).toBe(made!.NatGatewayId);
    await expect(box.ec2.createNatGateway({ ...request, ClientToken: 'nat-2' })).rejects.toEqual(refused('Resource.AlreadyAssociated'));
    await expect(box.ec2.createNatGateway({ SubnetId: ours.subnetId })).rejects.toEqual(refused('MissingParameter'));
    const [shown] = (await box.ec2.describeNatGateways({ Filter: [{ Name: 'vpc-id', Values: [ours.vpcId] }] })).NatGateways!;
    const card = shown!.NatGatewayAddresses![0]!;
    expect(shown).toMatchObject({ State: 'available', SubnetId: ours.subnetId, NatGatewayAddresses: [{ AllocationId, PublicIp: expect.stringMatching(/^127\./), PrivateIp: expect.stringMatching(/^10\.1\.1\./) }] });
    expect((await box.ec2.describeNetworkInterfaces({ NetworkInterfaceIds: [card.NetworkInterfaceId!] })).NetworkInterfaces).toMatchObject([{ RequesterManaged: true, Status: 'in-use', Description: `Interface for NAT Gateway ${made!.NatGatewayId}` }]);
    await expect(box.ec2.deleteNetworkInterface({ NetworkInterfaceId: card.NetworkInterfaceId! })).rejects.toEqual(refused('OperationNotPermitted'));
    await expect(box.ec2.releaseAddress({ AllocationId: AllocationId! })).rejects.toEqual(refused('InvalidIPAddress.InUse'));
    expect((await box.ec2.describeAddresses({ AllocationIds: [AllocationId!] })).Addresses).toMatchObject([{ NetworkInterfaceId: card.NetworkInterfaceId, AssociationId: expect.stringMatching(/^eipassoc-/) }]);
    await expect(box.ec2.deleteVpc({ VpcId: ours.vpcId })).rejects.toEqual(refused('DependencyViolation'));

    const id = await table();
    await box.ec2.createRoute({ RouteTableId: id, DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: made!.NatGatewayId! });
    expect(await routesOf(id)).toMatchObject([{ NatGatewayId: made!.NatGatewayId, State: 'active' }]);
    await box.ec2.deleteNatGateway({ NatGatewayId: made!.NatGatewayId! });
    expect(await routesOf(id)).toMatchObject([{ State: 'blackhole' }]);
    await expect(box.ec2.describeNatGateways({ NatGatewayIds: [made!.NatGatewayId!] })).rejects.toEqual(refused('NatGatewayNotFound'));
    await box.ec2.releaseAddress({ AllocationId: AllocationId! });
    await box.ec2.deleteRouteTable({ RouteTableId: id });
  });
});

describe('routes to machines', () => {
  it('leads to a VM, its first card and a card of its own, and tells both where it is attached', async () => {
    const vm = (await box.launch(ours)).Instances![0]!, id = await table();
    const first = vm.NetworkInterfaces![0]!.NetworkInterfaceId!, card = (await box.ec2.createNetworkInterface({ SubnetId: ours.subnetId, Groups: [ours.groupId] })).NetworkInterface!.NetworkInterfaceId!;
    await box.ec2.createRoute({ RouteTableId: id, DestinationCidrBlock: '192.0.2.0/24', NetworkInterfaceId: card });
    expect(await routesOf(id)).toMatchObject([{ NetworkInterfaceId: card, State: 'blackhole' }]);
    await box.ec2.attachNetworkInterface({ NetworkInterfaceId: card, InstanceId: vm.InstanceId!, DeviceIndex: 1 });
    expect(await routesOf(id)).toMatchObject([{ NetworkInterfaceId: card, InstanceId: vm.InstanceId, State: 'active' }]);
    await expect(box.ec2.createRoute({ RouteTableId: id, DestinationCidrBlock: '192.0.2.0/24', InstanceId: vm.InstanceId! })).rejects.toEqual(refused('RouteAlreadyExists'));
    await box.ec2.replaceRoute({ RouteTableId: id, DestinationCidrBlock: '192.0.2.0/24', InstanceId: vm.InstanceId! });
    await box.ec2.replaceRoute({ RouteTableId: id, DestinationCidrBlock: '192.0.2.0/24', NetworkInterfaceId: first });
    expect(await routesOf(id)).toMatchObject([{ NetworkInterfaceId: first, InstanceId: vm.InstanceId, State: 'active' }]);
    await expect(box.ec2.createRoute({ RouteTableId: id, DestinationCidrBlock: '198.51.100.0/24', InstanceId: vm.InstanceId!, NetworkInterfaceId: card })).rejects.toEqual(refused('InvalidParameterCombination'));
    await box.ec2.terminateInstances({ InstanceIds: [vm.InstanceId!] });
    expect(await routesOf(id)).toMatchObject([{ State: 'blackhole' }]);
    await box.ec2.deleteNetworkInterface({ NetworkInterfaceId: card });
    await box.ec2.deleteRouteTable({ RouteTableId: id });
  });

  it('moves a subnet from one table to another in one step', async () => {
    const [one, other] = [await table(), await table()];
    const { AssociationId } = await box.ec2.associateRouteTable({ RouteTableId: one, SubnetId: ours.subnetId });
    await expect(box.ec2.associateRouteTable({ RouteTableId: other, SubnetId: ours.subnetId })).rejects.toEqual(refused('Resource.AlreadyAssociated'));
    const { NewAssociationId } = await box.ec2.replaceRouteTableAssociation({ AssociationId: AssociationId!, RouteTableId: other });
    await box.ec2.deleteRouteTable({ RouteTableId: one });
    await box.ec2.disassociateRouteTable({ AssociationId: NewAssociationId! });
    await box.ec2.deleteRouteTable({ RouteTableId: other });
  });
});

describe('VPN', () => {
  const key = 'Shared_key.1234';
  const peer = async (address: string, DeviceName?: string) => (await box.ec2.createCustomerGateway({ Type: 'ipsec.1', IpAddress: address, BgpAsn: 65_000, DeviceName })).CustomerGateway!.CustomerGatewayId!;

  it('attaches one gateway to a VPC and gives the same customer gateway for the same peer', async () => {
    const [one, other] = await Promise.all([1, 2].map(async () => (await box.ec2.createVpnGateway({ Type: 'ipsec.1' })).VpnGateway!.VpnGatewayId!)) as [string, string];
    await box.ec2.attachVpnGateway({ VpnGatewayId: one, VpcId: ours.vpcId });
    await expect(box.ec2.attachVpnGateway({ VpnGatewayId: other, VpcId: ours.vpcId })).rejects.toEqual(refused('VpnGatewayAttachmentLimitExceeded'));
    await expect(box.ec2.deleteVpnGateway({ VpnGatewayId: one })).rejects.toEqual(refused('IncorrectState'));
    await expect(box.ec2.deleteVpc({ VpcId: ours.vpcId })).rejects.toEqual(refused('DependencyViolation'));
    await box.ec2.detachVpnGateway({ VpnGatewayId: one, VpcId: ours.vpcId });
    await expect(box.ec2.detachVpnGateway({ VpnGatewayId: one, VpcId: ours.vpcId })).rejects.toEqual(refused('InvalidVpnGatewayAttachment.NotFound'));
    for (const VpnGatewayId of [one, other]) await box.ec2.deleteVpnGateway({ VpnGatewayId });
    const ids = [await peer('203.0.113.9'), await peer('203.0.113.9'), await peer('203.0.113.9', 'another')];
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
    for (const CustomerGatewayId of new Set(ids)) await box.ec2.deleteCustomerGateway({ CustomerGatewayId });
    await expect(box.ec2.deleteCustomerGateway({ CustomerGatewayId: ids[0]! })).rejects.toEqual(refused('InvalidCustomerGatewayID.NotFound'));
  });

  it('keeps static routes, brings them into a table, and hides the key', async () => {
    const VpnGatewayId = (await box.ec2.createVpnGateway({ Type: 'ipsec.1', AmazonSideAsn: 64_600 })).VpnGateway!.VpnGatewayId!, CustomerGatewayId = await peer('203.0.113.10'), RouteTableId = await table();
    const options = { StaticRoutesOnly: true, TunnelOptions: [{ PreSharedKey: key }, { PreSharedKey: key }] };
    const connect = (Options: object) => box.ec2.createVpnConnection({ Type: 'ipsec.1', VpnGatewayId, CustomerGatewayId, Options });
    await expect(connect({ ...options, TunnelOptions: [{ PreSharedKey: '0bad' }] })).rejects.toEqual(refused('InvalidParameterValue'));
    await expect(connect({ ...options, EnableAcceleration: true })).rejects.toEqual(refused('UnsupportedOperation'));
    const made = (await connect(options)).VpnConnection!, VpnConnectionId = made.VpnConnectionId!;
    expect(JSON.stringify(made)).not.toContain(key);
    for (const DestinationCidrBlock of ['10.99.0.0/16', '10.99.0.0/16', '10.98.0.0/16']) await box.ec2.createVpnConnectionRoute({ VpnConnectionId, DestinationCidrBlock });
    await expect(box.ec2.enableVgwRoutePropagation({ RouteTableId, GatewayId: VpnGatewayId })).rejects.toEqual(refused('Gateway.NotAttached'));
    await box.ec2.attachVpnGateway({ VpnGatewayId, VpcId: ours.vpcId });
    await box.ec2.enableVgwRoutePropagation({ RouteTableId, GatewayId: VpnGatewayId });
    expect(await routesOf(RouteTableId)).toMatchObject([{ DestinationCidrBlock: '10.99.0.0/16', GatewayId: VpnGatewayId, Origin: 'EnableVgwRoutePropagation' }, { DestinationCidrBlock: '10.98.0.0/16' }]);
    await expect(box.ec2.deleteRoute({ RouteTableId, DestinationCidrBlock: '10.98.0.0/16' })).rejects.toEqual(refused('InvalidParameterValue'));
    await box.ec2.deleteVpnConnectionRoute({ VpnConnectionId, DestinationCidrBlock: '10.98.0.0/16' });
    const [shown] = (await box.ec2.describeVpnConnections({ Filters: [{ Name: 'route.destination-cidr-block', Values: ['10.99.*'] }] })).VpnConnections!;
    expect(shown).toMatchObject({ State: 'available', Options: { StaticRoutesOnly: true }, Routes: [{ DestinationCidrBlock: '10.99.0.0/16' }], VgwTelemetry: [{ Status: 'DOWN' }, { Status: 'DOWN' }] });
    expect((await box.ec2.describeRouteTables({ RouteTableIds: [RouteTableId] })).RouteTables![0]!.PropagatingVgws).toEqual([{ GatewayId: VpnGatewayId }]);
    await box.ec2.disableVgwRoutePropagation({ RouteTableId, GatewayId: VpnGatewayId });
    expect(await routesOf(RouteTableId)).toEqual([]);

    await expect(box.ec2.deleteCustomerGateway({ CustomerGatewayId })).rejects.toEqual(refused('IncorrectState'));
    await box.ec2.deleteVpnConnection({ VpnConnectionId });
    await box.ec2.deleteCustomerGateway({ CustomerGatewayId });
    await box.ec2.detachVpnGateway({ VpnGatewayId, VpcId: ours.vpcId });
    await box.ec2.deleteVpnGateway({ VpnGatewayId });
    await box.ec2.deleteRouteTable({ RouteTableId });
  });

  it('takes routes of a static connection only, and once it is available', async () => {
    const slow = await Box.start();
    const VpnGatewayId = (await slow.ec2.createVpnGateway({ Type: 'ipsec.1' })).VpnGateway!.VpnGatewayId!, CustomerGatewayId = (await slow.ec2.createCustomerGateway({ Type: 'ipsec.1', IpAddress: '203.0.113.11', BgpAsn: 65_000 })).CustomerGateway!.CustomerGatewayId!;
    // From now on a connection takes its minutes.
    slow.world.change({ timeScale: 1 });
    slow.world.faults.add({ cloud: 'aws', effect: { type: 'unseen', ms: 0 } });
    const connect = async (StaticRoutesOnly: boolean) => (await slow.ec2.createVpnConnection({ Type: 'ipsec.1', VpnGatewayId, CustomerGatewayId, Options: { StaticRoutesOnly } })).VpnConnection!.VpnConnectionId!;
    const route = async (VpnConnectionId: string) => slow.ec2.createVpnConnectionRoute({ VpnConnectionId, DestinationCidrBlock: '10.99.0.0/16' });
    await expect(route(await connect(false))).rejects.toEqual(refused('InvalidVpnConnection.InvalidType'));
    await expect(route(await connect(true))).rejects.toEqual(refused('InvalidVpnConnection.InvalidState'));
    await slow.close();
  });
});
