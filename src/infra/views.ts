import type { z } from 'zod';
import type { GroupBody, Mci, Vm } from './http/mci.dto.js';
import { helpFor } from './failures.js';
import type { MciRow, VmGroupRow, VmRow } from './infra.entities.js';
import { type StateCounts, statusOf } from './status.js';

const orNull = (text: string): string | null => (text === '' ? null : text);

/** What of a VM may change while it lives, as the API shows it; an event tells all of it, so that who follows events need not ask. */
export function changingView(vm: VmRow): Omit<z.infer<typeof Vm>, 'id' | 'name' | 'group' | 'createdAt'> {
  const { state, cloud, connectionId, region, specId, imageId, failure } = vm;
  const help = failure && helpFor(failure.code);
  return {
    state, cloud, connectionId, region, zone: orNull(vm.zone), specId, imageId, cloudId: vm.cloudId ?? null, providerState: vm.providerState ?? null, privateIp: vm.privateIp ?? null, publicIp: vm.publicIp ?? null,
    ssh: vm.sshHost && vm.sshPort ? { host: vm.sshHost, port: vm.sshPort, user: vm.sshUser } : null,
    pricePerHour: vm.pricePerHour ?? null, currency: vm.currency ?? null, failure: failure ? { ...failure, ...(help && { help }) } : null, runningAt: vm.runningAt?.toISOString() ?? null,
  };
}

/** A VM as the API shows it. */
export function vmView(vm: VmRow, group: string): z.infer<typeof Vm> {
  return { id: vm.id, name: vm.name, group, ...changingView(vm), createdAt: vm.createdAt.toISOString() };
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
