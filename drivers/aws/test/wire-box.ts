import { EC2, type EC2ServiceException, type RunInstancesCommandInput, type RunInstancesCommandOutput } from '@aws-sdk/client-ec2';
import { expect } from '@jest/globals';
import { personalities } from '../../simulator/personalities/index.js';
import { createWorld, type BoxWorld } from '../../simulator/world/index.js';
import wire from '../wire/index.js';

export const ACCOUNT = '123456789012', REGION = 'ap-northeast-2', ZONE = `${REGION}a`;
export const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4Lh1mEmMYLrNoK4bD4m1fF0yJ0u2uB0rCz1oUcKYVQ test';

/** Error of the official client by its code. */
export const refused = (code: string): unknown => expect.objectContaining({ name: code });

export interface Place { vpcId: string; subnetId: string; groupId: string }

/** A world of its own behind the wire, and the official client before it. */
export class Box {
  readonly ec2: EC2;
  imageId = '';
  private constructor(readonly world: BoxWorld, private readonly running: { port: number; close(): Promise<void> }) {
    this.ec2 = new EC2(this.settings());
  }

  /** All is ready at once and nothing is throttled unless told. */
  static async start(options: { timeScale?: number; throttling?: boolean } = {}): Promise<Box> {
    const world = createWorld({ personalities, timeScale: 0, throttling: false, ...options });
    const box = new Box(world, await wire.start(world, { host: '127.0.0.1', port: 0 }));
    const { Images } = await box.ec2.describeImages({ Owners: ['099720109477'], Filters: [{ Name: 'architecture', Values: ['x86_64'] }, { Name: 'name', Values: ['*noble*'] }] });
    box.imageId = Images![0]!.ImageId!;
    return box;
  }

  settings(region = REGION, account = ACCOUNT): { region: string; endpoint: string; maxAttempts: number; credentials: { accessKeyId: string; secretAccessKey: string } } {
    const { accessKeyId, secretKey } = this.world.credential('aws', account);
    return { region, endpoint: `http://127.0.0.1:${this.running.port}`, maxAttempts: 1, credentials: { accessKeyId, secretAccessKey: secretKey } };
  }

  /** A VPC with a subnet and a group. */
  async place(): Promise<Place> {
    const vpc = await this.ec2.createVpc({ CidrBlock: '10.1.0.0/16', TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'net' }, { Key: 'mcmp-id', Value: 'n1' }] }] });
    const vpcId = vpc.Vpc!.VpcId!;
    const subnet = await this.ec2.createSubnet({ VpcId: vpcId, CidrBlock: '10.1.1.0/24', AvailabilityZone: ZONE });
    const group = await this.ec2.createSecurityGroup({ GroupName: 'web', Description: 'web servers', VpcId: vpcId });
    return { vpcId, subnetId: subnet.Subnet!.SubnetId!, groupId: group.GroupId! };
  }

  launch({ subnetId, groupId }: Place, more: Partial<RunInstancesCommandInput> = {}): Promise<RunInstancesCommandOutput> {
    return this.ec2.runInstances({ ImageId: this.imageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, SubnetId: subnetId, SecurityGroupIds: [groupId], ...more });
  }

  /** Deletes what `place` made and every instance in it, and looks that it is all gone. */
  async clear({ vpcId, subnetId, groupId }: Place): Promise<void> {
    const found = await this.ec2.describeInstances({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] });
    const ids = found.Reservations!.flatMap((reservation) => reservation.Instances!.map((vm) => vm.InstanceId!));
    if (ids.length) await this.ec2.terminateInstances({ InstanceIds: ids });
    await this.ec2.deleteSubnet({ SubnetId: subnetId });
    await this.ec2.deleteSecurityGroup({ GroupId: groupId });
    await this.ec2.deleteVpc({ VpcId: vpcId });
    expect(this.world.truth({ cloud: 'aws', account: ACCOUNT }).map((thing) => thing.id)).toEqual([]);
  }

  /** Sends what the official client never would: it signs the changed body all the same. */
  async sendRaw(change: (body: string) => string): Promise<{ code: string; status: number; message: string }> {
    const client = new EC2(this.settings());
    client.middlewareStack.add((next) => (args) => {
      const request = args.request as { body: string; headers: Record<string, string> };
      request.body = change(request.body);
      request.headers['content-length'] = String(Buffer.byteLength(request.body));
      return next(args);
    }, { step: 'build', priority: 'low' });
    return client.describeVpcs({}).then(() => ({ code: '', status: 200, message: '' }), (error: EC2ServiceException) => ({ code: error.name, status: error.$metadata.httpStatusCode ?? 0, message: error.message }));
  }

  async close(): Promise<void> {
    await this.running.close();
    await this.world.close();
  }
}
