import type { Attributes } from '../attributes.js';
import type { Step } from '../step.js';
import { WorldError } from '../types.js';
import { checkPlace, publicAddress, refuse } from './rule.js';
import type { Rule } from './rule.js';

const MINUTE = 60_000;

/** @throws WorldError INVALID_REQUEST. */
function checkListeners(type: 'network' | 'application', listeners: Attributes['load-balancer']['listeners']): void {
  const fits = type === 'application' ? ['http', 'https'] : ['tcp', 'udp'];
  const taken = new Set<string>();
  for (const { protocol, port, targetPort } of listeners) {
    if (!fits.includes(protocol)) refuse('load-balancer', 'listeners', `a load balancer of the type ${type} listens to ${fits.join(' or ')}, not to ${protocol}`);
    if (port < 1 || targetPort < 1) refuse('load-balancer', 'listeners', 'a port is a number from 1');
    const door = `${protocol === 'udp' ? 'udp' : 'tcp'}/${port}`;
    if (taken.has(door)) refuse('load-balancer', 'listeners', `two listeners have the port ${port}`);
    taken.add(door);
  }
}

/** When each target was registered: those that stay keep their time. @throws WorldError NOT_FOUND, CONFLICT, INVALID_REQUEST. */
function registered(step: Step, { networkId, vmIds }: { networkId: string; vmIds: string[] }, before: Record<string, number> = {}): Record<string, number> {
  for (const id of vmIds) if (step.findStaying('vm', id).attributes.networkId !== networkId) refuse('load-balancer', 'vmIds', `the VM '${id}' is not in the network '${networkId}'`);
  return Object.fromEntries(vmIds.map((id) => [id, before[id] ?? step.engine.now()]));
}

const loadBalancer: Rule<'load-balancer'> = {
  create: [1 * MINUTE, 3 * MINUTE], delete: [10_000, 30_000], cards: true,
  check(step, asked) {
    checkPlace(step, 'load-balancer', asked, asked.type === 'application' ? step.personality.services.subnetsForServices : 1);
    checkListeners(asked.type, asked.listeners);
    return { ...asked, vmIds: [...new Set(asked.vmIds)], registeredAt: registered(step, asked) };
  },
  begin: (step, { attributes }) => void (attributes.address = attributes.scheme === 'public' ? publicAddress(step) : ''),
  change(step, { attributes }, { listeners, vmIds }) {
    if (listeners) checkListeners(attributes.type, listeners);
    return vmIds && { vmIds: [...new Set(vmIds)], registeredAt: registered(step, { networkId: attributes.networkId, vmIds }, attributes.registeredAt) };
  },
  end: (engine, { attributes }) => void (attributes.address && engine.publicPool.release(attributes.address)),
};

/** Where a version stands in the list of the cloud, newest first. @throws WorldError INVALID_REQUEST. */
function placeOf(step: Step, kind: 'cluster' | 'node-group', version: string): number {
  const { kubernetes } = step.personality.services;
  const place = kubernetes.indexOf(version);
  return place >= 0 ? place : refuse(kind, 'version', `there is no version '${version}'; there are ${kubernetes.join(', ')}`);
}

const cluster: Rule<'cluster'> = {
  create: [8 * MINUTE, 12 * MINUTE], delete: [2 * MINUTE, 5 * MINUTE], update: [8 * MINUTE, 12 * MINUTE], cards: true,
  check(step, asked) {
    checkPlace(step, 'cluster', asked, step.personality.services.subnetsForServices);
    placeOf(step, 'cluster', asked.version);
    return asked;
  },
  change(step, { attributes }, { version }) {
    if (version === undefined) return undefined;
    const from = placeOf(step, 'cluster', attributes.version), to = placeOf(step, 'cluster', version);
    if (to !== from && to !== from - 1) refuse('cluster', 'version', `a cluster goes up by one version: from ${attributes.version} to ${step.personality.services.kubernetes[from - 1] ?? 'none'}`);
    return undefined;
  },
  along: (step, { id }) => (step.personality.services.clusterNeedsNodes ? [...step.holding.dependants('cluster', id)].filter(({ kind }) => kind === 'node-group') : []),
};

function checkSize({ size, minSize, maxSize }: { size: number; minSize: number; maxSize: number }): void {
  if (minSize > size || size > maxSize) refuse('node-group', 'size', `${size} nodes are not within ${minSize} to ${maxSize}`);
  if (maxSize < 1 || maxSize > 1_000) refuse('node-group', 'maxSize', 'a node group has 1 to 1000 nodes at most');
}

const nodeGroup: Rule<'node-group'> = {
  create: [2 * MINUTE, 5 * MINUTE], delete: [2 * MINUTE, 5 * MINUTE], update: [1 * MINUTE, 3 * MINUTE],
  claims: ({ size, specId }) => [{ measure: 'node', amount: size, specId }],
  check(step, asked, name) {
    const parent = step.findStaying('cluster', asked.clusterId);
    for (const other of step.holding.dependants('cluster', parent.id)) {
      if (other.kind === 'node-group' && other.name === name) throw new WorldError('ALREADY_EXISTS', `the cluster '${parent.id}' has a node group '${name}' already`, { kind: 'node-group', id: other.id, field: 'name' });
    }
    if (!step.engine.specs(step.call.cloud, step.region.id).has(asked.specId)) refuse('node-group', 'specId', `${step.region.id} offers no spec '${asked.specId}'`);
    checkSize(asked);
    if (asked.keyPairId !== undefined) step.find('key-pair', asked.keyPairId);
    const subnetIds = asked.subnetIds.length > 0 ? asked.subnetIds : parent.attributes.subnetIds;
    checkPlace(step, 'node-group', { networkId: parent.attributes.networkId, subnetIds, securityGroupIds: [], addresses: {} });
    return { ...asked, subnetIds, version: parent.attributes.version };
  },
  change(step, { attributes }, { version, ...sizes }) {
    if (version !== undefined && placeOf(step, 'node-group', version) < placeOf(step, 'node-group', step.find('cluster', attributes.clusterId).attributes.version)) refuse('node-group', 'version', `the nodes' version '${version}' is above that of the cluster`);
    checkSize({ ...attributes, ...sizes });
    return undefined;
  },
};

const fileSystem: Rule<'file-system'> = {
  create: [5_000, 30_000], delete: [5_000, 20_000], cards: true,
  check(step, asked) {
    checkPlace(step, 'file-system', asked);
    return asked;
  },
};

const PORTS: Record<string, number> = { postgres: 5432, mysql: 3306, mariadb: 3306 };

const database: Rule<'database'> = {
  create: [4 * MINUTE, 6 * MINUTE], delete: [2 * MINUTE, 4 * MINUTE], update: [1 * MINUTE, 4 * MINUTE], cards: true,
  check(step, asked) {
    const offered = step.personality.services.engines.filter(({ engine }) => engine === asked.engine);
    const version = asked.version === '' ? offered.find((each) => each.default)?.version : offered.find((each) => each.version === asked.version)?.version;
    if (version === undefined) return refuse('database', offered.length > 0 ? 'version' : 'engine', `there is no ${asked.engine} ${asked.version}`);
    checkPlace(step, 'database', asked, step.personality.services.subnetsForServices);
    return { ...asked, version, port: PORTS[asked.engine] ?? 5432 };
  },
  begin: (step, { attributes }) => void (attributes.public && (attributes.publicIp = publicAddress(step))),
  change(_step, { attributes }, { storageGiB }) {
    if (storageGiB !== undefined && storageGiB < attributes.storageGiB) refuse('database', 'storageGiB', `storage only grows; there are ${attributes.storageGiB} GiB`);
    return undefined;
  },
  end: (engine, { attributes }) => void (attributes.publicIp && engine.publicPool.release(attributes.publicIp)),
};

const queue: Rule<'queue'> = { check: (_step, asked) => asked };


export const serviceRules = { 'load-balancer': loadBalancer, cluster, 'node-group': nodeGroup, 'file-system': fileSystem, database, queue };
