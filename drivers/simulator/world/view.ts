import { change, create, list } from './make.js';
import { quotasOf } from './quotas.js';
import type { Step } from './step.js';
import { associate, attachDisk, detachDisk, disassociate, remove, resizeDisk } from './ties.js';
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
  quotas: () => quotasOf(step),
  zones: () => {
    const place = { cloud: step.call.cloud, account: step.call.account, region: step.region.id };
    return step.region.zones.map((id) => ({
      id, available: !step.engine.faults.stands('out-of-capacity', place, (effect, fault) => (fault.zone ?? id) === id && !effect.specPrefixes && fault.probability === undefined),
    }));
  },
});
