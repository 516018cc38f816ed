import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { ACCOUNT, Box, PUBLIC_KEY, refused, ZONE } from './wire-box.js';

let box: Box;
beforeAll(async () => { box = await Box.start(); });
afterAll(() => box.close());

describe('networks', () => {
  it('gives a VPC its main route table and default group, and takes them away with it', async () => {
    const { vpcId, subnetId, groupId } = await box.place();
    const inVpc = { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] };
    const [main] = (await box.ec2.describeRouteTables({ Filters: [...inVpc.Filters, { Name: 'association.main', Values: ['true'] }] })).RouteTables!;
    expect(main).toMatchObject({ Routes: [{ DestinationCidrBlock: '10.1.0.0/16', GatewayId: 'local', State: 'active', Origin: 'CreateRouteTable' }], Associations: [{ Main: true }] });
    const standard = (await box.ec2.describeSecurityGroups({ Filters: [...inVpc.Filters, { Name: 'group-name', Values: ['default'] }] })).SecurityGroups!;
    expect(standard).toMatchObject([{ IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }], IpPermissions: [] }]);
    await expect(box.ec2.deleteSecurityGroup({ GroupId: standard[0]!.GroupId! })).rejects.toEqual(refused('CannotDelete'));
    await expect(box.ec2.deleteVpc({ VpcId: vpcId })).rejects.toEqual(refused('DependencyViolation'));

    const igw = (await box.ec2.createInternetGateway({})).InternetGateway!.InternetGatewayId!;
    await box.ec2.attachInternetGateway({ InternetGatewayId: igw, VpcId: vpcId });
    await expect(box.ec2.attachInternetGateway({ InternetGatewayId: igw, VpcId: vpcId })).rejects.toEqual(refused('Resource.AlreadyAssociated'));
    const attached = await box.ec2.describeInternetGateways({ Filters: [{ Name: 'attachment.vpc-id', Values: [vpcId] }] });
    expect(attached.InternetGateways).toMatchObject([{ InternetGatewayId: igw, Attachments: [{ State: 'available', VpcId: vpcId }] }]);
    await box.ec2.createRoute({ RouteTableId: main!.RouteTableId!, DestinationCidrBlock: '0.0.0.0/0', GatewayId: igw });

    await box.ec2.deleteSubnet({ SubnetId: subnetId });
    await box.ec2.deleteSecurityGroup({ GroupId: groupId });
    await expect(box.ec2.deleteVpc({ VpcId: vpcId })).rejects.toEqual(refused('DependencyViolation'));
    await expect(box.ec2.deleteInternetGateway({ InternetGatewayId: igw })).rejects.toEqual(refused('DependencyViolation'));
    await box.ec2.detachInternetGateway({ InternetGatewayId: igw, VpcId: vpcId });
    await expect(box.ec2.detachInternetGateway({ InternetGatewayId: igw, VpcId: vpcId })).rejects.toEqual(refused('Gateway.NotAttached'));
    expect((await box.ec2.describeRouteTables(inVpc)).RouteTables![0]!.Routes![1]).toMatchObject({ State: 'blackhole' });
    await box.ec2.deleteInternetGateway({ InternetGatewayId: igw });
    await box.ec2.deleteVpc({ VpcId: vpcId });
    await expect(box.ec2.deleteVpc({ VpcId: vpcId })).rejects.toEqual(refused('InvalidVpcID.NotFound'));
    expect(box.world.truth({ cloud: 'aws', account: ACCOUNT })).toEqual([]);
  });

  it('keeps route tables, replays their token, and associates them', async () => {
    const ours = await box.place();
    const request = { VpcId: ours.vpcId, ClientToken: 'rtb-1', TagSpecifications: [{ ResourceType: 'route-table' as const, Tags: [{ Key: 'mcmp-id', Value: 'r1' }] }] };
    const first = await box.ec2.createRouteTable(request), second = await box.ec2.createRouteTable(request);
    const id = first.RouteTable!.RouteTableId!;
    expect(second.RouteTable!.RouteTableId).toBe(id);
    await expect(box.ec2.createRouteTable({ ...request, TagSpecifications: [] })).rejects.toEqual(refused('IdempotentParameterMismatch'));

    const igw = (await box.ec2.createInternetGateway({})).InternetGateway!.InternetGatewayId!;
    const route = { RouteTableId: id, DestinationCidrBlock: '0.0.0.0/0', GatewayId: igw };
    await expect(box.ec2.createRoute(route)).rejects.toEqual(refused('InvalidParameterValue'));
    await box.ec2.attachInternetGateway({ InternetGatewayId: igw, VpcId: ours.vpcId });
    await expect(box.ec2.replaceRoute(route)).rejects.toEqual(refused('InvalidParameterValue'));
    expect((await box.ec2.createRoute(route)).Return).toBe(true);
    await box.ec2.replaceRoute(route);

    const { AssociationId } = await box.ec2.associateRouteTable({ RouteTableId: id, SubnetId: ours.subnetId });
    await expect(box.ec2.deleteRouteTable({ RouteTableId: id })).rejects.toEqual(refused('DependencyViolation'));
    const found = await box.ec2.describeRouteTables({ Filters: [{ Name: 'association.subnet-id', Values: [ours.subnetId] }, { Name: 'route.gateway-id', Values: ['igw-*'] }] });
    expect(found.RouteTables!.map((table) => table.RouteTableId)).toEqual([id]);
    await box.ec2.disassociateRouteTable({ AssociationId: AssociationId! });
    await expect(box.ec2.disassociateRouteTable({ AssociationId: AssociationId! })).rejects.toEqual(refused('InvalidAssociationID.NotFound'));
    await box.ec2.deleteRoute({ RouteTableId: id, DestinationCidrBlock: '0.0.0.0/0' });
    await expect(box.ec2.deleteRoute({ RouteTableId: id, DestinationCidrBlock: '0.0.0.0/0' })).rejects.toEqual(refused('InvalidRoute.NotFound'));
    await box.ec2.deleteRouteTable({ RouteTableId: id });
    await box.ec2.detachInternetGateway({ InternetGatewayId: igw, VpcId: ours.vpcId });
    await box.ec2.deleteInternetGateway({ InternetGatewayId: igw });
    await box.clear(ours);
  });

  it('checks ranges, keeps attributes and counts addresses', async () => {
    const ours = await box.place();
    await expect(box.ec2.createVpc({ CidrBlock: '10.0.0.0/8' })).rejects.toEqual(refused('InvalidVpc.Range'));
    await expect(box.ec2.createVpc({})).rejects.toEqual(refused('MissingParameter'));
    await expect(box.ec2.createSubnet({ VpcId: ours.vpcId, CidrBlock: '10.1.1.128/25' })).rejects.toEqual(refused('InvalidSubnet.Conflict'));
    await expect(box.ec2.createSubnet({ VpcId: ours.vpcId, CidrBlock: '10.2.1.0/24' })).rejects.toEqual(refused('InvalidSubnet.Range'));
    await expect(box.ec2.createSubnet({ VpcId: 'vpc-0123456789abcdef0', CidrBlock: '10.1.2.0/24' })).rejects.toEqual(refused('InvalidVpcID.NotFound'));
    await box.ec2.modifyVpcAttribute({ VpcId: ours.vpcId, EnableDnsHostnames: { Value: true } });
    expect((await box.ec2.describeVpcAttribute({ VpcId: ours.vpcId, Attribute: 'enableDnsHostnames' })).EnableDnsHostnames).toEqual({ Value: true });
    await box.ec2.modifySubnetAttribute({ SubnetId: ours.subnetId, MapPublicIpOnLaunch: { Value: true } });
    await box.launch(ours);
    const [subnet] = (await box.ec2.describeSubnets({ SubnetIds: [ours.subnetId] })).Subnets!;
    expect(subnet).toMatchObject({ AvailableIpAddressCount: 250, MapPublicIpOnLaunch: true, AvailabilityZone: ZONE, AvailabilityZoneId: 'apne2-az1', State: 'available' });
    const [vm] = (await box.ec2.describeInstances({})).Reservations![0]!.Instances!;
    expect(vm).toMatchObject({ PublicIpAddress: expect.stringMatching(/^127\./), PublicDnsName: expect.stringMatching(/^ec2-127-.*\.compute\.amazonaws\.com$/) });
    const [vpc] = (await box.ec2.describeVpcs({ Filters: [{ Name: 'tag:mcmp-id', Values: ['n1'] }] })).Vpcs!;
    expect(vpc!.Tags).toEqual([{ Key: 'Name', Value: 'net' }, { Key: 'mcmp-id', Value: 'n1' }]);
    await box.clear(ours);
  });
});

describe('security groups', () => {
  it('opens and closes rules, each with an id of its own', async () => {
    const ours = await box.place(), { groupId: GroupId } = ours;
    const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'ssh' }, { CidrIp: '10.7.7.7/8' }] };
    const made = await box.ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [permission] });
    expect(made.SecurityGroupRules).toMatchObject([{ CidrIpv4: '0.0.0.0/0', Description: 'ssh', IsEgress: false }, { CidrIpv4: '10.0.0.0/8' }]);
    await expect(box.ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [permission] })).rejects.toEqual(refused('InvalidPermission.Duplicate'));
    await box.ec2.authorizeSecurityGroupIngress({ GroupId, IpProtocol: 'icmp', FromPort: -1, ToPort: -1, CidrIp: '0.0.0.0/0' });
    await box.ec2.revokeSecurityGroupEgress({ GroupId, IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] });
    await box.ec2.authorizeSecurityGroupEgress({ GroupId, IpPermissions: [{ IpProtocol: 'udp', FromPort: 53, ToPort: 53, IpRanges: [{ CidrIp: '8.8.8.8/32' }] }] });
    const [group] = (await box.ec2.describeSecurityGroups({ GroupIds: [GroupId] })).SecurityGroups!;
    expect(group!.IpPermissions).toMatchObject([{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'ssh' }, { CidrIp: '10.0.0.0/8' }] }, { IpProtocol: 'icmp', FromPort: -1 }]);
    expect(group!.IpPermissionsEgress).toMatchObject([{ IpProtocol: 'udp', FromPort: 53 }]);
    const { SecurityGroupRules: rules } = await box.ec2.describeSecurityGroupRules({ Filters: [{ Name: 'group-id', Values: [GroupId] }] });
    expect(rules!.map((rule) => rule.SecurityGroupRuleId)).toEqual(expect.arrayContaining(made.SecurityGroupRules!.map((rule) => rule.SecurityGroupRuleId)));
    const gone = await box.ec2.revokeSecurityGroupIngress({ GroupId, SecurityGroupRuleIds: [made.SecurityGroupRules![0]!.SecurityGroupRuleId!] });
    expect(gone.RevokedSecurityGroupRules).toMatchObject([{ CidrIpv4: '0.0.0.0/0' }]);
    await expect(box.ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions: [permission] })).rejects.toEqual(refused('InvalidPermission.NotFound'));
    await box.clear(ours);
  });

  it('keeps names unique within a VPC and refuses what the world\'s rules cannot say', async () => {
    const ours = await box.place();
    await expect(box.ec2.createSecurityGroup({ GroupName: 'web', Description: 'again', VpcId: ours.vpcId })).rejects.toEqual(refused('InvalidGroup.Duplicate'));
    await expect(box.ec2.createSecurityGroup({ GroupName: 'x', Description: 'no vpc' })).rejects.toEqual(refused('VPCIdNotSpecified'));
    await expect(box.ec2.authorizeSecurityGroupIngress({ GroupId: ours.groupId, IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: ours.groupId }] }] })).rejects.toEqual(refused('UnsupportedOperation'));
    await expect(box.ec2.describeSecurityGroups({ GroupIds: ['sg-12'] })).rejects.toEqual(refused('InvalidGroupId.Malformed'));
    await box.clear(ours);
  });
});

/** A fresh RSA key as OpenSSH writes it. */
function rsaLine(): string {
  const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  const field = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes]);
  const parts = [Buffer.from('ssh-rsa'), Buffer.from(e, 'base64url'), Buffer.concat([Buffer.alloc(1), Buffer.from(n, 'base64url')])];
  return `ssh-rsa ${Buffer.concat(parts.map(field)).toString('base64')}`;
}

describe('key pairs', () => {
  it('imports, makes, lists and deletes them', async () => {
    const blob = Buffer.from(PUBLIC_KEY);
    const imported = await box.ec2.importKeyPair({ KeyName: 'ours', PublicKeyMaterial: blob, TagSpecifications: [{ ResourceType: 'key-pair', Tags: [{ Key: 'mcmp-id', Value: 'k1' }] }] });
    await expect(box.ec2.importKeyPair({ KeyName: 'ours', PublicKeyMaterial: blob })).rejects.toEqual(refused('InvalidKeyPair.Duplicate'));
    await expect(box.ec2.importKeyPair({ KeyName: 'bad', PublicKeyMaterial: Buffer.from('ssh-ed25519 nonsense') })).rejects.toEqual(refused('InvalidKey.Format'));
    expect((await box.ec2.importKeyPair({ KeyName: 'rsa', PublicKeyMaterial: Buffer.from(rsaLine()) })).KeyFingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    const made = await box.ec2.createKeyPair({ KeyName: 'made', KeyType: 'ed25519' });
    expect(made.KeyMaterial).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----/);
    const pem = (await box.ec2.createKeyPair({ KeyName: 'made-rsa' })).KeyMaterial!;
    expect(createPublicKey(pem).asymmetricKeyDetails?.modulusLength).toBe(2048);
    const { KeyPairs } = await box.ec2.describeKeyPairs({ Filters: [{ Name: 'tag:mcmp-id', Values: ['k1'] }], IncludePublicKey: true });
    expect(KeyPairs).toMatchObject([{ KeyName: 'ours', KeyType: 'ed25519', KeyPairId: imported.KeyPairId, PublicKey: PUBLIC_KEY }]);
    await expect(box.ec2.describeKeyPairs({ KeyNames: ['nobody'] })).rejects.toEqual(refused('InvalidKeyPair.NotFound'));
    for (const KeyName of ['ours', 'rsa', 'made', 'made-rsa', 'ours']) await box.ec2.deleteKeyPair({ KeyName });
    expect((await box.ec2.describeKeyPairs({})).KeyPairs).toEqual([]);
  });
});
