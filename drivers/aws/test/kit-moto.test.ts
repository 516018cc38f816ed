import { CreatePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Manifest } from '@mcmp/driver-sdk';
import { describeDriver } from '@mcmp/driver-sdk/testing';
import { readFileSync } from 'node:fs';
import driver from '../src/index.js';
import { MOTO_GAPS, motoInput, motoPlace } from './moto-stage.js';
import { motoNeeded, motoServer, startMoto } from './moto.js';

const manifest = JSON.parse(readFileSync(new URL('../driver.json', import.meta.url), 'utf8')) as Manifest;
<<<<<<< HEAD
const region = 'us-west-1';
/** A document of IAM with one statement. */
const document = (Effect: string, rest: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, ...rest }] });

/** What moto 5.2 does otherwise than AWS. The EC2 wire of the cloud in a box checks these. */
const gaps: Record<string, string> = {
  'dns-zone.token-again': 'CreateHostedZone takes one CallerReference twice',
  'dns-zone.token-at-once': 'CreateHostedZone takes one CallerReference twice',
  'dns-record.wrong-value': 'ChangeResourceRecordSets takes any value',
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
// Moto has no placement groups at all.
for (const { id } of ALL_CHECKS) if (/^placement-group\.|^tag\.\w+-placement-group$/.test(id)) gaps[id] = 'CreatePlacementGroup is missing';
=======
>>>>>>> e72f098 (Show in one matrix what each driver is proven for, and against what)

if (motoServer === undefined && !motoNeeded) {
  console.warn("moto_server is not in PATH: the conformance kit does not run here. pip install 'moto[server]'");
  describe.skip('the conformance kit against moto', () => it('needs moto_server', () => undefined));
} else {
  let moto: Awaited<ReturnType<typeof startMoto>>;
<<<<<<< HEAD
  let imageId = '';
  let policyIds: string[] = [];
  const connect = (): ConnectInput => ({ credential: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret-of-nobody' }, endpoint: moto.url, options: {} });
  beforeAll(async () => {
    moto = await startMoto();
    const session = await driver.connect(connect());
    const { items } = await session.image!.list({ region }, AbortSignal.timeout(30_000));
    imageId = items.find(({ osFamily }) => osFamily === 'ubuntu')!.id;
    await session.close?.();
    const iam = new IAMClient({ region, endpoint: moto.url, credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret-of-nobody' } });
    const policy = async (PolicyName: string): Promise<string> => (await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: document('Allow', { Action: 's3:Get*', Resource: '*' }) }))).Policy?.Arn ?? '';
    policyIds = [await policy('one'), await policy('other')];
    iam.destroy();
  });
  afterAll(() => moto?.close());
  describeDriver({
    driver, manifest, connect, pollMs: 50, timeoutMs: 30_000, except: gaps, runner: { describe, it },
    place: () => ({ region, zone: `${region}a`, specId: 't3.small', otherSpecId: 't3.medium', imageId, sshUser: 'ubuntu', policyIds, trust: document('Allow', { Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'sts:AssumeRole' }) }),
=======
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto?.close());
  describeDriver({
    driver, manifest, connect: () => motoInput(moto.url), pollMs: 50, timeoutMs: 30_000, expensive: true, except: MOTO_GAPS, runner: { describe, it },
    place: () => motoPlace(driver, moto.url),
>>>>>>> e72f098 (Show in one matrix what each driver is proven for, and against what)
  });
}
