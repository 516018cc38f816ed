import type { ById, ResourceKind, Tags } from '@mcmp/driver-sdk';
import type { Aws } from './client.js';
import { failedWith } from './errors.js';
import { toTags } from './map.js';
import { nodeGroupKey } from './node-group.js';

type Thing = ById & { clusterId?: string };
type Set = (aws: Aws, thing: Thing, tags: Tags, signal: AbortSignal) => Promise<unknown>;
type Remove = (aws: Aws, thing: Thing, keys: string[], signal: AbortSignal) => Promise<unknown>;

const pairs = (tags: Tags) => toTags(tags) as { Key: string; Value: string }[];

/** Buckets have no call for a single tag: all are read and written again. */
const rewrite = async (aws: Aws, { region, id: Bucket }: ById, change: (tags: Tags) => Tags, signal: AbortSignal): Promise<void> => {
  const s3 = await aws.service('s3', region, signal);
  const { TagSet = [] } = await s3.send(new s3.GetBucketTaggingCommand({ Bucket })).catch((error: unknown) => {
    if (failedWith(error, 'NoSuchTagSet')) return { TagSet: [] };
    throw error;
  });
  await s3.send(new s3.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: pairs(change(Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value])))) } }));
};

/** EKS and RDS tag a thing under its ARN. */
const clusterArn = async (aws: Aws, { region, id }: ById, signal: AbortSignal): Promise<string | undefined> => {
  const eks = await aws.service('eks', region, signal);
  return (await eks.send(new eks.DescribeClusterCommand({ name: id }))).cluster?.arn;
};
const nodeGroupArn = async (aws: Aws, { region, id, clusterId = id.split('/')[0] ?? '' }: Thing, signal: AbortSignal): Promise<string | undefined> => {
  const eks = await aws.service('eks', region, signal);
  return (await eks.send(new eks.DescribeNodegroupCommand(nodeGroupKey({ id, clusterId })))).nodegroup?.nodegroupArn;
};
const databaseArn = async (aws: Aws, { region, id }: ById, signal: AbortSignal): Promise<string | undefined> => {
  const rds = await aws.service('rds', region, signal);
  return (await rds.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: id }))).DBInstances?.[0]?.DBInstanceArn;
};
const ofEks = (arnOf: (aws: Aws, thing: Thing, signal: AbortSignal) => Promise<string | undefined>): { set: Set; remove: Remove } => ({
  async set(aws, thing, tags, signal) {
    const eks = await aws.service('eks', thing.region, signal);
    await eks.send(new eks.TagResourceCommand({ resourceArn: await arnOf(aws, thing, signal), tags }));
  },
  async remove(aws, thing, tagKeys, signal) {
    const eks = await aws.service('eks', thing.region, signal);
    await eks.send(new eks.UntagResourceCommand({ resourceArn: await arnOf(aws, thing, signal), tagKeys }));
  },
});

/** How the services beside EC2 change tags, by kind. */
export const SERVICE_TAGS: Partial<Record<ResourceKind, { set: Set; remove: Remove }>> = {
  cluster: ofEks(clusterArn),
  'node-group': ofEks(nodeGroupArn),
  'load-balancer': {
    async set(aws, { region, id }, tags, signal) {
      const elb = await aws.service('elasticloadbalancing', region, signal);
      await elb.send(new elb.AddTagsCommand({ ResourceArns: [id], Tags: pairs(tags) }));
    },
    async remove(aws, { region, id }, keys, signal) {
      const elb = await aws.service('elasticloadbalancing', region, signal);
      await elb.send(new elb.RemoveTagsCommand({ ResourceArns: [id], TagKeys: keys }));
    },
  },
  bucket: {
    set: (aws, thing, tags, signal) => rewrite(aws, thing, (now) => ({ ...now, ...tags }), signal),
    remove: (aws, thing, keys, signal) => rewrite(aws, thing, (now) => Object.fromEntries(Object.entries(now).filter(([key]) => !keys.includes(key))), signal),
  },
  'file-system': {
    async set(aws, { region, id }, tags, signal) {
      const efs = await aws.service('elasticfilesystem', region, signal);
      await efs.send(new efs.TagResourceCommand({ ResourceId: id, Tags: pairs(tags) }));
    },
    async remove(aws, { region, id }, keys, signal) {
      const efs = await aws.service('elasticfilesystem', region, signal);
      await efs.send(new efs.UntagResourceCommand({ ResourceId: id, TagKeys: keys }));
    },
  },
  database: {
    async set(aws, thing, tags, signal) {
      const rds = await aws.service('rds', thing.region, signal);
      await rds.send(new rds.AddTagsToResourceCommand({ ResourceName: await databaseArn(aws, thing, signal), Tags: pairs(tags) }));
    },
    async remove(aws, thing, keys, signal) {
      const rds = await aws.service('rds', thing.region, signal);
      await rds.send(new rds.RemoveTagsFromResourceCommand({ ResourceName: await databaseArn(aws, thing, signal), TagKeys: keys }));
    },
  },
  queue: {
    async set(aws, { region, id }, tags, signal) {
      const sqs = await aws.service('sqs', region, signal);
      const { QueueUrl } = await sqs.send(new sqs.GetQueueUrlCommand({ QueueName: id }));
      await sqs.send(new sqs.TagQueueCommand({ QueueUrl, Tags: tags }));
    },
    async remove(aws, { region, id }, keys, signal) {
      const sqs = await aws.service('sqs', region, signal);
      const { QueueUrl } = await sqs.send(new sqs.GetQueueUrlCommand({ QueueName: id }));
      await sqs.send(new sqs.UntagQueueCommand({ QueueUrl, TagKeys: keys }));
    },
  },
  'dns-zone': {
    async set(aws, { id }, tags, signal) {
      const route53 = await aws.service('route53', aws.homeRegion, signal);
      await route53.send(new route53.ChangeTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: id, AddTags: pairs(tags) }));
    },
    async remove(aws, { id }, keys, signal) {
      const route53 = await aws.service('route53', aws.homeRegion, signal);
      await route53.send(new route53.ChangeTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: id, RemoveTagKeys: keys }));
    },
  },
  'iam-user': {
    async set(aws, { id }, tags, signal) {
      const iam = await aws.service('iam', aws.homeRegion, signal);
      await iam.send(new iam.TagUserCommand({ UserName: id, Tags: pairs(tags) }));
    },
    async remove(aws, { id }, keys, signal) {
      const iam = await aws.service('iam', aws.homeRegion, signal);
      await iam.send(new iam.UntagUserCommand({ UserName: id, TagKeys: keys }));
    },
  },
  'iam-role': {
    async set(aws, { id }, tags, signal) {
      const iam = await aws.service('iam', aws.homeRegion, signal);
      await iam.send(new iam.TagRoleCommand({ RoleName: id, Tags: pairs(tags) }));
    },
    async remove(aws, { id }, keys, signal) {
      const iam = await aws.service('iam', aws.homeRegion, signal);
      await iam.send(new iam.UntagRoleCommand({ RoleName: id, TagKeys: keys }));
    },
  },
};
