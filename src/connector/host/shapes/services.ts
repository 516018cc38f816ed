/** Shapes of storage, clusters, databases, queues, telemetry, cost, identities, and a driver's own functions. */
import { z } from 'zod';
import { architecture, byId, count, create, done, id, inRegion, kind, lifecycle, list, page, pageOf, region, resource, state, text, time } from './base.js';

const ids = z.array(id);
const size = z.int().positive();
const onId = <T extends z.ZodRawShape>(members: T) => z.object({ ...byId, ...members });

const PlacementGroup = z.object({ ...resource, state, policy: z.enum(['spread', 'cluster']), vmIds: ids });
const Snapshot = z.object({ ...resource, state, diskId: id.optional(), sizeGiB: count, createdAt: time.optional(), progressPercent: z.number().min(0).max(100).optional() });
const CustomImage = z.object({ ...resource, state, vmId: id.optional(), architecture: architecture.optional(), minDiskGiB: count.optional(), createdAt: time.optional() });
const Bucket = z.object({ ...resource, state, versioning: z.boolean(), url: text.optional(), createdAt: time.optional() });
const objectKey = { ...region, bucketId: id, key: z.string().min(1).max(1024) };
const StoredObject = z.object({ bucketId: id, key: z.string().min(1).max(1024), sizeBytes: count, etag: text.optional(), contentType: text.optional(), modifiedAt: time.optional() });
/** 8 MiB as base64. */
const contentBase64 = z.string().max(11_184_812, 'must be at most 8 MiB').regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64');
const protocol = z.enum(['nfs', 'smb']);
const FileSystem = z.object({ ...resource, state, protocol, sizeGiB: count.optional(), usedBytes: count.optional(), mounts: z.array(z.object({ subnetId: id.optional(), target: text })) });

const Cluster = z.object({ ...resource, state, version: text, networkId: id.optional(), subnetIds: ids, endpoint: text.optional(), createdAt: time.optional(), failure: text.optional() });
const nodes = { specId: id, size: z.int().nonnegative(), minSize: z.int().nonnegative(), maxSize: z.int().nonnegative(), rootDiskGiB: size.optional(), keyPairId: id.optional(), labels: z.record(z.string(), text).optional() };
const NodeGroup = z.object({ ...resource, ...nodes, state, clusterId: id, version: text.optional(), failure: text.optional() });
const inCluster = { ...byId, clusterId: id };

const Database = z.object({
  ...resource, state: z.enum([...state.options, 'suspended']), engine: text, version: text, specId: text, storageGiB: count, host: text.optional(), port: z.int().min(1).max(65_535).optional(), user: text.optional(), public: z.boolean(),
});
const Queue = z.object({ ...resource, state, fifo: z.boolean(), url: text.optional(), messages: count.optional() });
const IamUser = z.object({ ...resource, state, policyIds: ids, keyIds: ids });
const IamRole = z.object({ ...resource, state, policyIds: ids, trust: text });

const Metric = z.object({ kind, name: text, unit: text, periodSeconds: size, providerName: text });
const Points = z.object({ id, points: z.array(z.object({ at: time, value: z.number() })) });
const CloudEvent = z.object({ id, ...region, at: time, type: text, kind: kind.optional(), resourceId: id.optional(), actor: text.optional(), message: text.optional(), failed: z.boolean() });
const Charge = z.object({
  from: time, to: time, billedCost: z.number(), effectiveCost: z.number().optional(), currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'), category: z.enum(['usage', 'purchase', 'tax', 'credit', 'adjustment']),
  service: text, region: id.optional(), resourceId: id.optional(), resourceName: text.optional(), sku: text.optional(), usageQuantity: z.number().optional(), usageUnit: text.optional(), tags: z.record(z.string(), text), estimated: z.boolean(),
});
const span = { ...region, ...page, from: time, to: time };

const placementGroup = lifecycle(PlacementGroup, z.object({ ...create, policy: z.enum(['spread', 'cluster']) }));
const snapshot = lifecycle(Snapshot, z.object({ ...create, diskId: id }));
const customImage = lifecycle(CustomImage, z.object({ ...create, vmId: id }));
const bucket = lifecycle(Bucket, z.object(create));
const fileSystem = lifecycle(FileSystem, z.object({ ...create, networkId: id, subnetIds: ids, securityGroupIds: ids, protocol, sizeGiB: size.optional() }));
const cluster = lifecycle(Cluster, z.object({ ...create, version: text.optional(), networkId: id, subnetIds: ids.min(1), securityGroupIds: ids.optional(), firstNodeGroup: z.object({ ...nodes, name: text }).optional() }));
const database = lifecycle(Database, z.object({
  ...create, engine: text, version: text.optional(), specId: id, storageGiB: size, networkId: id, subnetIds: ids, securityGroupIds: ids, user: text, password: z.string().min(8).max(128), public: z.boolean(),
}));
const queue = lifecycle(Queue, z.object({ ...create, fifo: z.boolean() }));
const iamUser = lifecycle(IamUser, z.object(create));
const iamRole = lifecycle(IamRole, z.object({ ...create, trust: text, description: text.optional() }));

/** Schemas by method. */
export const SERVICES = {
  'placement-group.create': placementGroup.create, 'placement-group.get': placementGroup.get, 'placement-group.list': placementGroup.list, 'placement-group.delete': placementGroup.delete,
  'snapshot.create': snapshot.create, 'snapshot.get': snapshot.get, 'snapshot.list': snapshot.list, 'snapshot.delete': snapshot.delete,
  'custom-image.create': customImage.create, 'custom-image.get': customImage.get, 'custom-image.list': customImage.list, 'custom-image.delete': customImage.delete,
  'bucket.create': bucket.create, 'bucket.get': bucket.get, 'bucket.list': bucket.list, 'bucket.delete': bucket.delete,
  'bucket.setVersioning': { request: onId({ enabled: z.boolean() }), result: Bucket },
  'object.list': { request: z.object({ ...region, ...page, bucketId: id, prefix: text.optional() }), result: pageOf(StoredObject) },
  'object.get': { request: z.object(objectKey), result: StoredObject },
  'object.put': { request: z.object({ ...objectKey, contentBase64, contentType: text.optional() }), result: StoredObject },
  'object.read': { request: z.object(objectKey), result: z.object({ contentBase64, contentType: text.optional() }) },
  'object.delete': { request: z.object(objectKey), result: done },
  'object.sign': { request: z.object({ ...objectKey, access: z.enum(['read', 'write']), expiresSeconds: z.int().min(1).max(604_800) }), result: z.object({ url: text, expiresAt: time }) },
  'file-system.create': fileSystem.create, 'file-system.get': fileSystem.get, 'file-system.list': fileSystem.list, 'file-system.delete': fileSystem.delete,
  'cluster.create': cluster.create, 'cluster.get': cluster.get, 'cluster.list': cluster.list, 'cluster.delete': cluster.delete,
  'cluster.versions': { request: z.object(region), result: z.object({ items: z.array(z.object({ version: text, default: z.boolean() })) }) },
  'cluster.upgrade': { request: onId({ version: text }), result: done },
  'cluster.kubeconfig': { request: onId({}), result: z.object({ kubeconfig: text, expiresAt: time.optional() }) },
  'node-group.create': { request: z.object({ ...create, ...nodes, clusterId: id, subnetIds: ids }), result: NodeGroup },
  'node-group.get': { request: z.object(inCluster), result: NodeGroup },
  'node-group.list': { request: z.object({ ...list, clusterId: id }), result: pageOf(NodeGroup) },
  'node-group.delete': { request: z.object(inCluster), result: done },
  'node-group.resize': { request: z.object({ ...inCluster, size: z.int().nonnegative(), minSize: z.int().nonnegative(), maxSize: z.int().nonnegative() }), result: NodeGroup },
  'node-group.upgrade': { request: z.object({ ...inCluster, version: text }), result: done },
  'database.create': database.create, 'database.get': database.get, 'database.list': database.list, 'database.delete': database.delete,
  'database.engines': { request: inRegion, result: pageOf(z.object({ engine: text, version: text, default: z.boolean() })) },
  'database.start': { request: onId({}), result: done }, 'database.stop': { request: onId({}), result: done },
  'database.resize': { request: onId({ specId: id.optional(), storageGiB: size.optional() }), result: Database },
  'queue.create': queue.create, 'queue.get': queue.get, 'queue.list': queue.list, 'queue.delete': queue.delete,
  'iam-user.create': iamUser.create, 'iam-user.get': iamUser.get, 'iam-user.list': iamUser.list, 'iam-user.delete': iamUser.delete,
  'iam-user.createKey': { request: onId({}), result: z.object({ keyId: id, secret: text }) },
  'iam-user.deleteKey': { request: onId({ keyId: id }), result: done },
  'iam-user.setPolicies': { request: onId({ policyIds: ids }), result: IamUser },
  'iam-role.create': iamRole.create, 'iam-role.get': iamRole.get, 'iam-role.list': iamRole.list, 'iam-role.delete': iamRole.delete,
  'iam-role.setPolicies': { request: onId({ policyIds: ids }), result: IamRole },
  'iam-role.assume': { request: onId({ durationSeconds: z.int().min(60).max(43_200), sessionName: text }), result: z.object({ credential: z.record(z.string(), text), expiresAt: time }) },
  'metric.list': { request: z.object({ ...region, ...page, kind }), result: pageOf(Metric) },
  'metric.read': {
    request: z.object({ ...region, kind, ids: ids.min(1).max(500), name: text, from: time, to: time, periodSeconds: size, statistic: z.enum(['average', 'sum', 'minimum', 'maximum']) }),
    result: z.object({ items: z.array(Points) }),
  },
  'event.list': { request: z.object({ ...span, resourceId: id.optional() }), result: pageOf(CloudEvent) },
  'charge.list': { request: z.object({ ...span, granularity: z.enum(['hour', 'day', 'month']) }), result: pageOf(Charge) },
  'function.call': { request: z.object({ ...region, name: z.string().regex(/^[a-z][a-zA-Z0-9]{0,59}$/), input: z.unknown() }), result: z.object({ output: z.unknown() }) },
};
