import { Bill } from './charges.js';
import { assume, createKey, deleteKey } from './identities.js';
import { change, create, list } from './make.js';
import { metricsOf, readMetric } from './metrics.js';
import { quotasOf } from './quotas.js';
import { createNodes, health, isUp, objectsOf, power } from './services.js';
import type { Step } from './step.js';
import { associate, attachDisk, attachGateway, attachInterface, detachDisk, detachGateway, detachInterface, disassociate, remove, resizeDisk } from './ties.js';
import type { RegionView } from './types.js';
import { act, createVms, resize } from './vms.js';

/** What a wire works with during one call. Things that it gives are the world's own: read them, change them by the methods only. */
export const viewOf = (step: Step): RegionView => ({
  personality: step.personality,
  region: step.region,
  create: (kind, input) => create(step, kind, input),
  createVms: (input) => createVms(step, input),
  get: (kind, id) => step.find(kind, id),
  list: (kind, filter) => list(step, kind, filter),
  change: (kind, id, wanted) => change(step, kind, id, wanted),
  delete: (kind, id) => remove(step, kind, id),
  start: (id) => act(step, id, 'start'),
  stop: (id) => act(step, id, 'stop'),
  reboot: (id) => act(step, id, 'reboot'),
  resize: (id, specId) => resize(step, id, specId),
  attachDisk: (diskId, vmId, device) => attachDisk(step, diskId, vmId, device),
  detachDisk: (diskId) => detachDisk(step, diskId),
  resizeDisk: (diskId, sizeGiB) => resizeDisk(step, diskId, sizeGiB),
  associate: (publicIpId, vmId) => associate(step, publicIpId, vmId),
  disassociate: (publicIpId) => disassociate(step, publicIpId),
  createNodes: (input, first) => createNodes(step, input, first),
  attachGateway: (gatewayId, networkId) => attachGateway(step, gatewayId, networkId),
  detachGateway: (gatewayId) => detachGateway(step, gatewayId),
  attachInterface: (interfaceId, vmId) => attachInterface(step, interfaceId, vmId),
  detachInterface: (interfaceId) => detachInterface(step, interfaceId),
  power: (databaseId, on) => power(step, databaseId, on),
  health: (loadBalancerId) => health(step, loadBalancerId),
  isUp: (connection, address) => isUp(step, connection, address),
  objects: (bucketId) => objectsOf(step, bucketId),
  createKey: (userId) => createKey(step, userId),
  deleteKey: (userId, keyId) => deleteKey(step, userId, keyId),
  assume: (roleId, durationMs, sessionName) => assume(step, roleId, durationMs, sessionName),
  metrics: (kind) => metricsOf(step, kind),
  readMetric: (query) => readMetric(step, query),
  // What belongs to no region is told in the cloud's first one.
  events: (narrow, limit) => step.engine.events.list(step.call.cloud, step.call.account, { ...narrow, region: step.region.id }, limit),
  bill: (asOf) => new Bill(step.engine, step.personality, step.call, asOf),
  quotas: () => quotasOf(step),
  zones: () => {
    const place = { cloud: step.call.cloud, account: step.call.account, region: step.region.id };
    return step.region.zones.map((id) => ({
      id, available: !step.engine.faults.stands('out-of-capacity', place, (effect, fault) => (fault.zone ?? id) === id && !effect.specPrefixes && fault.probability === undefined),
    }));
  },
});
