import { z } from 'zod';
import type { RegionView } from '../../world/index.js';
import { WorldError } from '../../world/index.js';
import { kubeconfigOf } from '../kubernetes.js';
import { pageOfRows } from '../pages.js';
import { show } from '../show.js';
import { act, born, byId, ById, given, ids, method, page, region, text } from './method.js';

const port = z.int().min(0).max(65_535);
const seconds = z.int().min(1).max(86_400);
const traffic = z.enum(['tcp', 'udp', 'http', 'https']);
const healthCheck = z.object({
  protocol: z.enum(['tcp', 'http', 'https']), port: port.optional(), path: text.optional(), intervalSeconds: seconds, timeoutSeconds: seconds, healthyThreshold: z.int().min(1).max(100), unhealthyThreshold: z.int().min(1).max(100),
});
const listeners = z.array(z.object({ protocol: traffic, port, targetPort: port, targetProtocol: traffic.optional(), certificateId: text.optional(), healthCheck })).min(1).max(50);
const place = { networkId: text, subnetIds: z.array(text).min(1).max(16) };
const groups = ids.default([]);

const count = z.int().min(0).max(1000);
const nodes = {
  specId: text, size: count, minSize: count, maxSize: count, rootDiskGiB: z.int().min(1).max(65_536).optional(), keyPairId: text.optional(), labels: z.record(z.string().max(256), z.string().max(256)).optional(),
};
const inCluster = { ...byId, clusterId: text };
/** A node group of another cluster is none here. @throws WorldError NOT_FOUND. */
function nodesIn(view: RegionView, clusterId: string, id: string): void {
  if (view.get('node-group', id).attributes.clusterId !== clusterId) throw new WorldError('NOT_FOUND', `the cluster '${clusterId}' has no node group '${id}'`, { kind: 'node-group', id });
}

const cluster = {
  'cluster.create': method(
    z.object({ ...born, ...place, version: text.optional(), securityGroupIds: groups, firstNodeGroup: z.object({ ...nodes, name: born.name }).optional() }),
    (view, { region: _, version, networkId, subnetIds, securityGroupIds, firstNodeGroup, ...input }, caller) => {
      const { kubernetes, clusterNeedsNodes } = view.personality.services;
      if (clusterNeedsNodes && !firstNodeGroup) throw new WorldError('INVALID_REQUEST', 'a cluster of this cloud begins with a node group', { kind: 'cluster', field: 'firstNodeGroup' });
      const made = view.create('cluster', { ...given(input), attributes: { networkId, subnetIds, securityGroupIds, addresses: {}, version: version ?? kubernetes[1] ?? '' } });
      if (clusterNeedsNodes && firstNodeGroup && view.list('node-group', { where: ({ attributes }) => attributes.clusterId === made.id }).length === 0) {
        const { name, ...shape } = firstNodeGroup;
        view.createNodes({ name, tags: input.tags, attributes: given({ ...shape, clusterId: made.id, subnetIds, version: '' }) }, true);
      }
      return show(view, made, caller);
    },
  ),
  'cluster.versions': method(z.object({ region }), (view) => ({ items: view.personality.services.kubernetes.map((version, place) => ({ version, default: place === 1 })) })),
  'cluster.upgrade': method(z.object({ ...byId, version: text }), (view, { id, version }) => {
    view.change('cluster', id, { attributes: { version } });
    return {};
  }),
  'cluster.kubeconfig': method(ById, (view, { id }, caller) => kubeconfigOf(view.get('cluster', id), caller)),
  'node-group.create': method(z.object({ ...born, ...nodes, clusterId: text, subnetIds: ids }), (view, { region: _, name, token, tags, ...shape }, caller) =>
    show(view, view.createNodes(given({ name, token, tags, attributes: given({ ...shape, version: '' }) })), caller)),
  'node-group.resize': method(z.object({ ...inCluster, size: count, minSize: count, maxSize: count }), (view, { id, clusterId, size, minSize, maxSize }, caller) => {
    nodesIn(view, clusterId, id);
    return show(view, view.change('node-group', id, { attributes: { size, minSize, maxSize } }), caller);
  }),
  'node-group.upgrade': method(z.object({ ...inCluster, version: text }), (view, { id, clusterId, version }) => {
    nodesIn(view, clusterId, id);
    view.change('node-group', id, { attributes: { version } });
    return {};
  }),
};

const size = z.int().min(1).max(65_536);
/** Managed services. */
export const services = {
  ...cluster,
  'load-balancer.create': method(
    z.object({ ...born, ...place, type: z.enum(['network', 'application']), scheme: z.enum(['public', 'internal']), securityGroupIds: groups, listeners, vmIds: ids }),
    (view, { region: _, name, token, tags, ...attributes }, caller) => show(view, view.create('load-balancer', given({ name, token, tags, attributes: given({ ...attributes, addresses: {}, address: '', registeredAt: {} }) })), caller),
  ),
  'load-balancer.setListeners': method(z.object({ ...byId, listeners }), (view, { id, listeners: wanted }, caller) => show(view, view.change('load-balancer', id, { attributes: { listeners: given(wanted) } }), caller)),
  'load-balancer.setTargets': method(z.object({ ...byId, vmIds: ids }), (view, { id, vmIds }, caller) => show(view, view.change('load-balancer', id, { attributes: { vmIds } }), caller)),
  'load-balancer.health': method(ById, (view, { id }) => ({ items: view.health(id) })),
  'file-system.create': method(z.object({ ...born, ...place, securityGroupIds: groups, protocol: z.enum(['nfs', 'smb']), sizeGiB: size.optional() }), (view, { region: _, name, token, tags, ...attributes }, caller) =>
    show(view, view.create('file-system', given({ name, token, tags, attributes: given({ ...attributes, addresses: {} }) })), caller)),
  'database.create': method(
    z.object({ ...born, ...place, engine: text, version: z.string().max(64).default(''), specId: text, storageGiB: size, securityGroupIds: groups, user: text, password: z.string().min(8).max(128), public: z.boolean() }),
    (view, { region: _, name, token, tags, password: _secret, ...attributes }, caller) => show(view, view.create('database', given({ name, token, tags, attributes: { ...attributes, addresses: {}, port: 0 } })), caller),
  ),
  'database.engines': method(z.object({ region, ...page }), (view, request, { cursors }) => pageOfRows(view.personality.services.engines, request, cursors)),
  'database.start': act((view, id) => view.power(id, true)),
  'database.stop': act((view, id) => view.power(id, false)),
  'database.resize': method(z.object({ ...byId, specId: text.optional(), storageGiB: size.optional() }), (view, { id, specId, storageGiB }, caller) => show(view, view.change('database', id, { attributes: given({ specId, storageGiB }) }), caller)),
  'queue.create': method(z.object({ ...born, fifo: z.boolean() }), (view, { region: _, fifo, ...input }, caller) => show(view, view.create('queue', { ...given(input), attributes: { fifo } }), caller)),
};
