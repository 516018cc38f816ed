import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { Connector } from '../connector/index.js';
import type { Principal, ProjectRef } from '../iam/index.js';
import { newId } from '../kernel/ids.js';
import { isId } from '../kernel/page.js';
import { Problem } from '../kernel/problem.js';
import { Events, type Operation, Operations, Secrets } from '../platform/index.js';
import type { Action, CreateMci } from './http/mci.dto.js';
import { MciActionRow, MciRow, VmGroupRow, VmRow } from './infra.entities.js';
import { newKeyPair } from './keys.js';
import type { Plan } from './plan.js';
import { Planner } from './planner.js';
import type { ResolvedGroup, ResolvedMci } from './resolve.js';
import { Rows, TASK } from './rows.js';
import { selectVms } from './selection.js';

type Body<T extends z.ZodType> = z.infer<T>;

/** Facade of infrastructure: MCIs from plan to end; {@link Mcis} tells what there is. Methods that start long work write down what is wanted and return at once. */
@Injectable()
export class Infra implements OnModuleInit {
  constructor(
    @Inject(Rows) private readonly rows: Rows,
    @Inject(Planner) private readonly planner: Planner,
    @Inject(Operations) private readonly operations: Operations,
    @Inject(Events) private readonly events: Events,
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(Connector) private readonly connector: Connector,
  ) {}

  onModuleInit(): void {
    for (const kind of ['mci.create', 'mci.scale-out']) this.operations.onCancel(kind, (manager, operation) => this.cancelMaking(manager, operation.id));
    this.connector.onDelete(async (connectionId) => {
      const rows = await this.rows.manager.query<{ name: string }[]>('SELECT DISTINCT m.name FROM infra.mci m WHERE EXISTS (SELECT 1 FROM infra.place p WHERE p.mci_id = m.id AND p.connection_id = $1) OR EXISTS (SELECT 1 FROM infra.vm v WHERE v.mci_id = m.id AND v.connection_id = $1) OR EXISTS (SELECT 1 FROM infra.vm_group g WHERE g.mci_id = m.id AND g.connection_id = $1)', [connectionId]);
      return rows.map(({ name }) => `MCI "${name}"`);
    });
  }

  /** What a request would do. @throws Problem INVALID_REQUEST with every field at fault. */
  async plan(project: ProjectRef, request: CreateMci): Promise<Plan> {
    return (await this.planner.plan(project, request)).plan;
  }

  /** Checks a request as {@link plan} does, for {@link create}; it may ask clouds, so it runs in no transaction. */
  async check(project: ProjectRef, request: CreateMci): Promise<ResolvedMci> {
    return this.planner.resolve(project, request);
  }

  /** Writes an MCI and its VMs down and begins. @throws Problem ALREADY_EXISTS where the project has an MCI of that name. */
  async create(manager: EntityManager, principal: Principal, project: ProjectRef, request: CreateMci, resolved: ResolvedMci): Promise<Operation> {
    await this.rows.lockShared(manager, project.id);
    if (await manager.existsBy(MciRow, { projectId: project.id, name: request.name })) {
      throw new Problem('ALREADY_EXISTS', `The project "${project.name}" has an MCI "${request.name}" already: choose another name, or delete that one first.`, { errors: [{ field: 'name', rule: 'must be new in the project', help: `GET /v1/projects/${project.name}/mcis lists the names that are taken` }] });
    }
    await this.planner.refuseTakenRanges(manager, project, request, resolved);
    const mciId = newId();
    const operationId = newId();
    const keys = newKeyPair(`mcmp-${request.name}`);
    const mci = manager.create(MciRow, {
      id: mciId, workspaceId: project.workspaceId, projectId: project.id, name: request.name, description: request.description, labels: request.labels, policy: request.onPartialFailure,
      access: request.access.map((rule) => ({ direction: 'ingress' as const, protocol: rule.protocol, ...(rule.fromPort !== undefined && { fromPort: rule.fromPort, toPort: rule.toPort ?? rule.fromPort }), cidr: rule.cidr })),
      publicKey: keys.publicKey, sealedKey: this.secrets.seal(keys.privateKey, `mci:${mciId}`), createdBy: principal.userId,
    });
    await manager.insert(MciRow, mci);
    const groups = resolved.groups.map((group) => this.groupRow(mciId, group));
    await manager.insert(VmGroupRow, groups);
    const vms = groups.flatMap((group) => this.vmRows(group, group.size, operationId));
    for (let at = 0; at < vms.length; at += 500) await manager.insert(VmRow, vms.slice(at, at + 500));
    await this.rows.tellVms(manager, mci, vms);
    return this.begin(manager, { principal, mci, operationId, kind: 'create', policy: request.onPartialFailure, vms, cidrs: resolved.cidrs });
  }

  private groupRow(mciId: string, { input, connection, spec, image, zone, alternatives }: ResolvedGroup): VmGroupRow {
    return Object.assign(new VmGroupRow(), {
      id: newId(), mciId, name: input.name, connectionId: connection.id, cloud: connection.cloud, region: spec.region, zone, specId: spec.id, imageId: image.id, sshUser: image.sshUser, size: input.size,
      rootDiskGiB: input.rootDiskGiB ?? null, userData: input.userData ?? null, labels: input.labels, alternatives, lastNumber: input.size, pricePerHour: spec.price?.perHour ?? null, currency: spec.price?.currency ?? null,
    });
  }

  private vmRows(group: VmGroupRow, count: number, operationId: string, from = 0): VmRow[] {
    const { mciId, connectionId, cloud, region, zone, specId, imageId, sshUser, pricePerHour, currency } = group;
    return Array.from({ length: count }, (_, index) => Object.assign(new VmRow(), { id: newId(), mciId, groupId: group.id, name: `${group.name}-${from + index + 1}`, connectionId, cloud, region, zone, specId, imageId, sshUser, pricePerHour, currency, operationId, state: 'planned' as const, publicIp: null }));
  }

  /** Writes the operation and wakes every place that its VMs are in. */
  private async begin(manager: EntityManager, work: { principal: Principal; mci: Pick<MciRow, 'id' | 'name' | 'projectId' | 'workspaceId'>; operationId: string; kind: MciActionRow['kind']; policy: MciRow['policy']; vms: readonly VmRow[]; cidrs?: Map<string, string> }): Promise<Operation> {
    const { mci, operationId, kind, vms } = work;
    const needed = [...new Set(vms.map((vm) => vm.connectionId))];
    if ((await this.connector.hold(manager, needed)).length < needed.length) throw new Problem('CONFLICT', 'A connection of the request was deleted just now: look at GET /v1/connections and ask again.');
    const operation = await this.operations.start(manager, { id: operationId, kind: `mci.${kind}`, workspaceId: mci.workspaceId, projectId: mci.projectId, target: { type: 'mci', id: mci.id, name: mci.name }, total: vms.length, createdBy: work.principal.userId });
    await manager.insert(MciActionRow, { operationId, mciId: mci.id, kind, total: vms.length, policy: work.policy });
    const places = new Map(vms.map((vm) => [`${vm.connectionId}/${vm.region}`, vm]));
    const ids: string[] = [];
    for (const [key, { connectionId, region }] of places) {
      const rows = await manager.query<{ id: string }[]>(
        `INSERT INTO infra.place (id, mci_id, project_id, connection_id, region, cidr) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (mci_id, connection_id, region) DO UPDATE SET cidr = coalesce(infra.place.cidr, excluded.cidr) RETURNING id`,
        [newId(), mci.id, mci.projectId, connectionId, region, work.cidrs?.get(key) ?? null],
      );
      ids.push(...rows.map(({ id }) => id));
    }
    await this.rows.wake(TASK.place, ids, manager);
    await this.rows.wake(TASK.mci, [mci.id], manager);
    return operation;
  }

  /** Suspends, resumes, reboots or terminates VMs. @throws Problem CONFLICT where another operation works on one of them, UNPROCESSABLE where none can. */
  async act(manager: EntityManager, principal: Principal, mci: MciRow, input: Body<typeof Action>): Promise<Operation> {
    await this.lockMci(manager, mci);
    const chosen = (await selectVms(manager, mci.id, input)).filter((vm) => APPLIES[input.action].includes(vm.state));
    if (chosen.length === 0) throw new Problem('UNPROCESSABLE', `No chosen VM can ${input.action} now: that needs the state ${APPLIES[input.action].join(' or ')}.`);
    await this.refuseBusy(manager, mci.id, chosen);
    const operationId = newId();
    const change = input.action === 'suspend' ? `desired = 'suspended'` : input.action === 'resume' ? `desired = 'running'` : input.action === 'reboot' ? 'reboot_wanted = true' : `desired = 'absent'`;
    await manager.query(`UPDATE infra.vm SET ${change}, failure = NULL, operation_id = $2 WHERE id = ANY($1::uuid[])`, [chosen.map((vm) => vm.id), operationId]);
    return this.begin(manager, { principal, mci, operationId, kind: input.action, policy: 'continue', vms: chosen });
  }

  /** Brings a group to a size: new VMs are like the group's, the youngest go first. */
  async scale(manager: EntityManager, principal: Principal, mci: MciRow, groupName: string, size: number): Promise<Operation> {
    await this.lockMci(manager, mci);
    const group = await manager.findOneBy(VmGroupRow, { mciId: mci.id, ...(isId(groupName) ? { id: groupName } : { name: groupName }) });
    if (!group) throw new Problem('NOT_FOUND', `The MCI "${mci.name}" has no group "${groupName}".`);
    const vms = (await manager.find(VmRow, { where: { groupId: group.id }, order: { createdAt: 'ASC', id: 'ASC' } })).filter((vm) => vm.desired !== 'absent');
    const failedOnes = vms.filter((vm) => vm.state === 'failed');
    const good = vms.filter((vm) => vm.state !== 'failed');
    if (size === good.length && failedOnes.length === 0) throw new Problem('UNPROCESSABLE', `The group "${group.name}" has ${size} VMs already.`, { errors: [{ field: 'size', rule: 'must differ from what the group has', help: 'look at the group’s size and counts in the MCI' }] });
    const operationId = newId();
    if (size > good.length) {
      await this.refuseBusy(manager, mci.id, failedOnes);
      await this.rows.forgetVms(manager, mci, failedOnes.filter((vm) => vm.cloudId === null));
      const added = this.vmRows(group, size - good.length, operationId, group.lastNumber);
      await manager.insert(VmRow, added);
      await this.rows.tellVms(manager, mci, added);
      await manager.update(VmGroupRow, { id: group.id }, { size, lastNumber: group.lastNumber + added.length });
      return this.begin(manager, { principal, mci, operationId, kind: 'scale-out', policy: mci.policy, vms: added });
    }
    const leaving = [...failedOnes, ...good.reverse().slice(0, good.length - size)];
    await this.refuseBusy(manager, mci.id, leaving);
    await manager.query(`UPDATE infra.vm SET desired = 'absent', forget = true, operation_id = $2 WHERE id = ANY($1::uuid[])`, [leaving.map((vm) => vm.id), operationId]);
    await manager.update(VmGroupRow, { id: group.id }, { size });
    return this.begin(manager, { principal, mci, operationId, kind: 'scale-in', policy: 'continue', vms: leaving });
  }

  /** Deletes an MCI with everything that it stands on, also in the middle of its making. Asked again, it gives the operation under way. */
  async delete(manager: EntityManager, principal: Principal, mci: MciRow): Promise<Operation> {
    await this.lockMci(manager, mci);
    const actions = await manager.findBy(MciActionRow, { mciId: mci.id });
    const running = actions.find((action) => action.kind === 'delete');
    const under = running && (await this.operations.find(running.operationId));
    if (under) return under;
    for (const action of actions.filter((item) => !item.rollback)) {
      await this.operations.finish(manager, action.operationId, { state: 'cancelled', message: 'The MCI was deleted in the middle.' });
      await manager.delete(MciActionRow, { operationId: action.operationId });
    }
    await manager.update(MciRow, { id: mci.id }, { desired: 'absent' });
    await manager.query(`UPDATE infra.vm SET desired = 'absent', forget = true WHERE mci_id = $1`, [mci.id]);
    const vms = await manager.findBy(VmRow, { mciId: mci.id });
    const operationId = newId();
    const operation = await this.begin(manager, { principal, mci, operationId, kind: 'delete', policy: 'continue', vms });
    await this.rows.wakePlaces(manager, mci);
    return operation;
  }

  /** Cancelling a making drops what does not run yet. */
  private async cancelMaking(manager: EntityManager, operationId: string): Promise<void> {
    const action = await manager.findOneBy(MciActionRow, { operationId });
    if (!action) return;
    await manager.query(`UPDATE infra.vm SET desired = 'absent', forget = true WHERE operation_id = $1 AND state IN ('planned', 'creating', 'failed')`, [operationId]);
    await manager.query(`UPDATE infra.vm_group g SET size = (SELECT count(*) FROM infra.vm v WHERE v.group_id = g.id AND v.desired <> 'absent') WHERE g.mci_id = $1`, [action.mciId]);
    await manager.delete(MciActionRow, { operationId });
    await this.operations.finish(manager, operationId, { state: 'cancelled', message: 'Cancelled: VMs that did not run yet are taken back.' });
    await this.rows.wakePlaces(manager, { id: action.mciId });
  }

  /** One change of an MCI's wishes at a time. @throws Problem CONFLICT where it is being deleted. */
  private async lockMci(manager: EntityManager, mci: MciRow): Promise<void> {
    await this.rows.lockShared(manager, mci.projectId);
    const fresh = await manager.findOneBy(MciRow, { id: mci.id });
    if (!fresh) throw new Problem('NOT_FOUND', `The MCI "${mci.name}" is gone.`);
    mci.desired = fresh.desired;
  }

  private async refuseBusy(manager: EntityManager, mciId: string, vms: readonly VmRow[]): Promise<void> {
    const [{ desired }, actions] = await Promise.all([manager.findOneByOrFail(MciRow, { id: mciId }), manager.findBy(MciActionRow, { mciId })]);
    if (desired === 'absent') throw new Problem('CONFLICT', 'The MCI is being deleted.');
    const busy = actions.find((action) => vms.some((vm) => vm.operationId === action.operationId));
    if (busy) throw new Problem('CONFLICT', `The operation ${busy.operationId} (${busy.kind}) works on these VMs: wait until it ends, or cancel it.`, { operationId: busy.operationId });
  }
}

const APPLIES: Record<Body<typeof Action>['action'], VmRow['state'][]> = {
  suspend: ['running'], resume: ['suspended'], reboot: ['running'], terminate: ['running', 'suspended', 'failed', 'creating', 'planned'],
};
