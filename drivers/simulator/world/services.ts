import type { TargetHealth } from '@mcmp/driver-sdk';
import { create } from './make.js';
import { ruleOf } from './rules/index.js';
import type { Step } from './step.js';
import { WorldError } from './types.js';
import type { CreateThing, ObjectDoor, Thing } from './types.js';

/** Makes a node group. @throws WorldError CONFLICT while its cluster is not ready, unless the cloud makes both together. */
export function createNodes(step: Step, input: CreateThing<'node-group'>, first = false): Thing<'node-group'> {
  const cluster = step.findStaying('cluster', input.attributes.clusterId);
  const together = first && step.personality.services.clusterNeedsNodes;
  if (cluster.state !== 'available' && !together) throw new WorldError('CONFLICT', `the cluster '${cluster.id}' is ${cluster.state}`, { kind: 'cluster', id: cluster.id });
  return create(step, 'node-group', input);
}

/** Stops or starts a database; what is already so succeeds. @throws WorldError CONFLICT while it changes. */
export function power(step: Step, id: string, on: boolean): Thing<'database'> {
  const database = step.findStaying('database', id);
  const [from, to] = on ? (['suspended', 'available'] as const) : (['available', 'suspended'] as const);
  if (database.state === from) step.begin(database, 'pending', step.draw(ruleOf('database').update ?? [0, 0]), to);
  else if (database.state !== to) throw new WorldError('CONFLICT', `the database '${id}' is ${database.state}`, { kind: 'database', id });
  step.ids.add(id);
  return database;
}

/** What each listener's checks found by now: a target counts as well after so many good answers, as ill after so many bad ones. */
export function health(step: Step, id: string): TargetHealth[] {
  const { listeners, vmIds, registeredAt } = step.find('load-balancer', id).attributes;
  const { engine } = step;
  return listeners.flatMap(({ targetPort, healthCheck }) => vmIds.map((vmId): TargetHealth => {
    const vm = step.holding.find('vm', vmId, step.region.id);
    const up = vm?.state === 'running' || vm?.state === 'rebooting';
    const asked = engine.now() - Math.max(registeredAt[vmId] ?? 0, vm?.since ?? 0);
    const needed = (up ? healthCheck.healthyThreshold : healthCheck.unhealthyThreshold) * healthCheck.intervalSeconds * 1000 * engine.settings.timeScale;
    const known = asked >= needed;
    if (up) return { vmId, port: targetPort, state: known ? 'healthy' : 'pending' };
    return { vmId, port: targetPort, state: known ? 'unhealthy' : 'pending', reason: `the VM is ${vm?.state ?? 'gone'}` };
  }));
}

/** Whether a tunnel is up: a connection somewhere in the box points back at this address, knows the same key, and its gateway is the peer. */
export function isUp(step: Step, connection: Thing<'vpn-connection'>, address: string): boolean {
  if (connection.state !== 'available') return false;
  for (const holding of step.engine.holdings()) {
    for (const other of holding.everywhere('vpn-connection')) {
      if (other.state !== 'available' || other.attributes.peerAddress !== address || other.attributes.keyDigest !== connection.attributes.keyDigest) continue;
      const gateway = holding.find('vpn-gateway', other.attributes.vpnGatewayId, other.region);
      if (gateway?.attributes.addresses.includes(connection.attributes.peerAddress)) return true;
    }
  }
  return false;
}

/** The objects of a bucket. @throws WorldError NOT_FOUND for the bucket. */
export function objectsOf(step: Step, bucketId: string): ObjectDoor {
  const bucket = step.findStaying('bucket', bucketId);
  const { objects } = step.engine;
  return {
    bucketId,
    list: (prefix = '') => objects.list(bucket, prefix),
    get(key) {
      const found = objects.find(bucket, key);
      if (!found) throw new WorldError('NOT_FOUND', `the bucket '${bucketId}' has no object '${key}'`, { kind: 'bucket', id: key, reason: 'NoSuchKey' });
      return found;
    },
    put(key, bytes, contentType) {
      const stored = objects.put(bucket, key, bytes, step.engine.date(), contentType);
      step.touch(bucket);
      return stored;
    },
    delete(key) {
      objects.delete(bucket, key);
      step.touch(bucket);
    },
  };
}
