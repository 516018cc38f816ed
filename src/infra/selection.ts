import type { EntityManager } from 'typeorm';
import { type FieldProblem, Problem } from '../kernel/problem.js';
import { VmGroupRow, VmRow } from './infra.entities.js';

/** Which VMs of an MCI are meant; nothing named means all. */
export interface Selection { groups?: string[] | undefined; vms?: string[] | undefined }

/** The VMs of a selection. @throws Problem INVALID_REQUEST that names every group or VM that there is not. */
export async function selectVms(manager: EntityManager, mciId: string, selection: Selection): Promise<VmRow[]> {
  const [all, groups] = await Promise.all([manager.find(VmRow, { where: { mciId }, order: { name: 'ASC' } }), manager.findBy(VmGroupRow, { mciId })]);
  if (!selection.groups && !selection.vms) return all;
  const errors: FieldProblem[] = [];
  const chosen = new Set<string>();
  for (const [index, name] of (selection.groups ?? []).entries()) {
    const group = groups.find((item) => item.name === name || item.id === name);
    if (!group) errors.push({ field: `groups[${index}]`, rule: `the MCI has no group "${name}"`, help: `its groups are ${groups.map((item) => item.name).join(', ')}` });
    for (const vm of all) if (vm.groupId === group?.id) chosen.add(vm.id);
  }
  for (const [index, name] of (selection.vms ?? []).entries()) {
    const vm = all.find((item) => item.name === name || item.id === name);
    if (!vm) errors.push({ field: `vms[${index}]`, rule: `the MCI has no VM "${name}"`, help: 'GET /v1/projects/{project}/mcis/{mci}/vms lists them' });
    else chosen.add(vm.id);
  }
  if (errors.length > 0) throw new Problem('INVALID_REQUEST', errors.slice(0, 5).map(({ field, rule }) => `${field}: ${rule}`).join('; '), { errors });
  return all.filter((vm) => chosen.has(vm.id));
}
