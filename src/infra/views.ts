import type { z } from 'zod';
import type { GroupBody, Mci, Vm } from './http/mci.dto.js';
import { helpFor } from './failures.js';
import type { MciRow, VmGroupRow, VmRow } from './infra.entities.js';
import { type StateCounts, statusOf } from './status.js';

const orNull = (text: string): string | null => (text === '' ? null : text);

/** A VM as the API shows it. */
export function vmView(vm: VmRow, group: string): z.infer<typeof Vm> {
  const { id, name, state, cloud, connectionId, region, specId, imageId, cloudId, providerState, privateIp, publicIp, pricePerHour, currency, failure } = vm;
  const help = failure && helpFor(failure.code);
  return {
    id, name, group, state, cloud, connectionId, region, zone: orNull(vm.zone), specId, imageId, cloudId, providerState, privateIp, publicIp,
    ssh: vm.sshHost && vm.sshPort ? { host: vm.sshHost, port: vm.sshPort, user: vm.sshUser } : null,
    pricePerHour, currency, failure: failure && { ...failure, ...(help && { help }) }, createdAt: vm.createdAt.toISOString(), runningAt: vm.runningAt?.toISOString() ?? null,
  };
}

/** A VM group as the API shows it. */
export function groupView(group: VmGroupRow, vms: readonly { groupId: string; state: string; count: number }[]): z.infer<typeof GroupBody> {
  const { id, name, size, cloud, connectionId, region, specId, imageId, labels, pricePerHour, currency } = group;
  return { id, name, size, cloud, connectionId, region, zone: orNull(group.zone), specId, imageId, labels, counts: Object.fromEntries(vms.filter((row) => row.groupId === id).map((row) => [row.state, row.count])), pricePerHour, currency };
}

/** An MCI as lists show it. */
export function mciView(mci: MciRow, counts: StateCounts, prices: { currency: string; perHour: number }[], activeOperationIds: string[]): z.infer<typeof Mci> {
  const { id, projectId, name, description, labels, policy } = mci;
  return {
    id, projectId, name, description, labels, status: statusOf(counts, mci.desired), onPartialFailure: policy, counts, vms: Object.values(counts).reduce((sum, count) => sum + count, 0),
    pricePerHour: prices, activeOperationIds, createdAt: mci.createdAt.toISOString(),
  };
}
