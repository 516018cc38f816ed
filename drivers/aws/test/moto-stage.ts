import { CreatePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import type { ConnectInput, Driver } from '@mcmp/driver-sdk';
import type { CheckPlace } from '@mcmp/driver-sdk/testing';
import { ALL_CHECKS } from '@mcmp/driver-sdk/testing';

/** What moto 5.2 does otherwise than AWS. The EC2 wire of the cloud in a box checks these. */
export const MOTO_GAPS: Record<string, string> = {
  'dns-zone.token-again': 'CreateHostedZone takes one CallerReference twice',
  'dns-zone.token-at-once': 'CreateHostedZone takes one CallerReference twice',
  'dns-record.wrong-value': 'ChangeResourceRecordSets takes any value',
  'dns-record.pages': 'ListResourceRecordSets ignores StartRecordIdentifier',
  'load-balancer.token-at-once': 'CreateLoadBalancer takes a name twice',
  'vm.token-again': 'RunInstances ignores ClientToken',
  'vm.token-at-once': 'RunInstances ignores ClientToken',
  'disk.token-again': 'CreateVolume ignores ClientToken',
  'disk.token-at-once': 'CreateVolume ignores ClientToken',
  'vm.unknown-spec': 'RunInstances takes any instance type',
  'tag.unknown': 'CreateTags takes any id',
  'subnet.delete-with-vm': 'DeleteSubnet knows no dependants',
  'security-group.delete-with-vm': 'DeleteSecurityGroup knows no dependants',
  'security-group.rules-wrong': 'AuthorizeSecurityGroupIngress takes ports from 90 to 80',
  'key-pair.wrong-key': 'ImportKeyPair answers a wrong key with a page of HTTP 500',
  'network-interface.delete-attached': 'DeleteNetworkInterface takes one away that a VM has',
  'custom-image.unique-name': 'CreateImage takes a name twice',
  'route-table.wrong-route': 'CreateRoute takes a range of 99 bits',
};
/** What moto lacks as a whole, by the ids of the checks that need it. */
const LACKING: [RegExp, string][] = [
  [/^placement-group\.|^tag\.\w+-placement-group$/, 'CreatePlacementGroup is missing'],
  [/^vpn-connection\.|^tag\.\w+-vpn-connection$|^vpn-gateway\.delete-with-connection$/, 'CreateVpnConnectionRoute is missing'],
  [/^event\./, 'LookupEvents is missing'],
  // A bill in S3 would be one of ours: billing-export.test.ts runs these checks on it, and it is no proof by somebody else.
  [/^charge\./, 'GetDimensionValues is missing'],
  [/^metric\.(order|range)$/, 'GetMetricData has no points of VMs, so that nothing would be held; moto-managed.test.ts puts some there'],
  [/^cluster\.versions?$/, 'DescribeClusterVersions is missing'],
  [/^(cluster|node-group)\.upgrade$/, 'DescribeClusterVersions and UpdateClusterVersion are missing'],
  [/^tag\.\w+-node-group$/, 'TagResource of EKS knows clusters only'],
  [/^engine\.|^database\.engine-words$/, 'DescribeDBEngineVersions is missing'],
];
for (const [needing, why] of LACKING) for (const { id } of ALL_CHECKS.filter((check) => needing.test(check.id))) MOTO_GAPS[id] = why;

const region = 'us-west-1';
/** Lets the whole account take a role. */
const TRUST = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'sts:AssumeRole' }] });

/** A connection to moto, which takes any key. */
export const motoInput = (url: string): ConnectInput => ({ credential: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret-of-nobody' }, endpoint: url, options: {} });

/** Two policies of the account, made for it. */
async function policies(url: string): Promise<string[]> {
  const iam = new IAMClient({ region, endpoint: url, credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret-of-nobody' } });
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }] });
  const made: string[] = [];
  for (const PolicyName of ['one', 'other']) made.push((await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }))).Policy?.Arn ?? '');
  iam.destroy();
  return made;
}

/** A place of moto, with an image that it has; to be asked once. */
export async function motoPlace(driver: Driver, url: string): Promise<CheckPlace> {
  const session = await driver.connect(motoInput(url));
  const { items } = await session.image!.list({ region }, AbortSignal.timeout(30_000));
  await session.close?.();
  return { region, zone: `${region}a`, specId: 't3.small', otherSpecId: 't3.medium', imageId: items.find(({ osFamily }) => osFamily === 'ubuntu')!.id, sshUser: 'ubuntu', trust: TRUST, policyIds: await policies(url), databaseSpecId: 'db.t3.micro', databaseEngine: 'postgres',
    // DescribeReservedInstances is missing in moto, and a console needs a VM.
    functions: { listScheduledEvents: {} } };
}
