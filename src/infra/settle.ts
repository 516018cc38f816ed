import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Events, Operations, Work, withLogContext } from '../platform/index.js';
import { groupFailures } from './failures.js';
import { MciActionRow, MciRow, PlaceRow, ResourceRow, VmRow } from './infra.entities.js';
import { Rows, TASK } from './rows.js';
import { isSettled } from './vm-states.js';
import { countStates, statusOf } from './status.js';

const MAKES: readonly MciActionRow['kind'][] = ['create', 'scale-out'];
const GOAL: Partial<Record<MciActionRow['kind'], VmRow['state']>> = { create: 'running', 'scale-out': 'running', suspend: 'suspended', resume: 'running', reboot: 'running' };

/** Watches over an MCI as a whole: counts its operations' progress over the rows, decides what partial failure means, ends operations, and removes the MCI when all is gone. */
@Injectable()
export class Settler implements OnModuleInit {
  private readonly told = new Map<string, string>();
  constructor(
    @Inject(Rows) private readonly rows: Rows,
    @Inject(Operations) private readonly operations: Operations,
    @Inject(Events) private readonly events: Events,
    @Inject(Work) private readonly work: Work,
  ) {}

  onModuleInit(): void {
    this.work.handle(TASK.mci, (id) => this.run(id));
    this.work.sweep(TASK.mci, async () => (await this.rows.manager.query<{ id: string }[]>(`SELECT DISTINCT mci_id AS id FROM infra.mci_action UNION SELECT id FROM infra.mci WHERE desired = 'absent'`)).map(({ id }) => id));
  }

  private async run(id: string): Promise<void> {
    const mci = await this.rows.manager.findOneBy(MciRow, { id });
    if (!mci) return;
    const actions = await this.rows.manager.find(MciActionRow, { where: { mciId: id }, order: { createdAt: 'ASC' } });
    for (const action of actions) await withLogContext({ operationId: action.operationId }, () => (action.kind === 'delete' ? this.followDelete(mci, action) : this.follow(mci, action)));
    await this.tell(mci);
  }

  private async follow(mci: MciRow, action: MciActionRow): Promise<void> {
    const vms = await this.rows.manager.findBy(VmRow, { operationId: action.operationId });
    const goal = GOAL[action.kind];
    const settled = vms.filter(isSettled);
    const missed = settled.filter((vm) => vm.state === 'failed' || (goal !== undefined && vm.state !== goal));
    const gone = action.total - vms.length;
    const done = action.rollback ? 0 : settled.length - missed.length + (MAKES.includes(action.kind) ? 0 : gone);
    const errors = groupFailures([...missed, ...vms.filter((vm) => !settled.includes(vm) && vm.failure)]);
    await this.operations.progress(undefined, action.operationId, { done, failed: missed.length, total: action.total, errors: action.rollback ?? errors });
    if (settled.length < vms.length) return;
    if (action.rollback) {
      // That of a create ends with its MCI, when what the VMs stood on is gone too.
      if (vms.length === 0 && action.kind !== 'create') await this.end(action, 'failed', `Taken back: ${count(action.rollback)} of ${action.total} VMs could not be made, and the policy is "rollback".`, action.rollback);
      return;
    }
    if (missed.length > 0 && MAKES.includes(action.kind) && mci.desired === 'present') {
      if (action.policy === 'rollback') return this.rollBack(mci, action, errors);
      if (action.policy === 'refine') await this.refine(mci, missed);
    }
    const reached = action.total - missed.length;
    const words = `${reached} of ${action.total} VMs ${RESULT[action.kind] ?? 'done'}${missed.length > 0 ? `; ${missed.length} failed${action.policy === 'refine' && MAKES.includes(action.kind) ? ' and were dropped' : ''}` : ''}.`;
    await this.end(action, reached > 0 ? 'succeeded' : 'failed', words, errors, { vms: action.total, reached, failed: missed.length });
  }

  /** Takes back everything that the operation made. */
  private async rollBack(mci: MciRow, action: MciActionRow, errors: MciActionRow['rollback']): Promise<void> {
    await this.rows.database.transaction(async (manager) => {
      // A place that is being released meanwhile would not see what its VMs are to become.
      await this.rows.lockShared(manager, mci.projectId);
      await manager.update(MciActionRow, { operationId: action.operationId }, { rollback: errors });
      if (action.kind === 'create') await manager.update(MciRow, { id: mci.id }, { desired: 'absent' });
      await manager.query(`UPDATE infra.vm SET desired = 'absent', forget = true WHERE operation_id = $1`, [action.operationId]);
      await manager.query(`UPDATE infra.vm_group g SET size = (SELECT count(*) FROM infra.vm v WHERE v.group_id = g.id AND v.desired <> 'absent') WHERE g.mci_id = $1`, [mci.id]);
      await this.rows.wakePlaces(manager, mci);
    });
  }

  /** Drops VMs that could not be made; their groups shrink. */
  private async refine(mci: MciRow, missed: readonly VmRow[]): Promise<void> {
    await this.rows.database.transaction(async (manager) => {
      await this.rows.forgetVms(manager, mci, missed);
      await manager.query(`UPDATE infra.vm_group g SET size = (SELECT count(*) FROM infra.vm v WHERE v.group_id = g.id AND v.desired <> 'absent') WHERE g.mci_id = $1`, [mci.id]);
      await this.rows.wakePlaces(manager, mci);
    });
  }

  private async followDelete(mci: MciRow, action: MciActionRow): Promise<void> {
    const left = await this.rows.manager.findBy(VmRow, { mciId: mci.id });
    const stuck = await this.rows.manager.query<{ name: string; failure: VmRow['failure'] }[]>(`SELECT name, failure FROM infra.resource WHERE mci_id = $1 AND state = 'deleting' AND failure IS NOT NULL`, [mci.id]);
    const errors = groupFailures([...left.filter((vm) => vm.failure && vm.state !== 'failed'), ...stuck]);
    await this.operations.progress(undefined, action.operationId, { done: action.total - left.length, failed: 0, total: action.total, errors });
    await this.removeIfEmpty(mci);
  }

  /** Ends the MCI itself once no VM, place or resource of it is left. */
  private async removeIfEmpty(mci: MciRow): Promise<void> {
    await this.rows.database.transaction(async (manager) => {
      await this.rows.lockShared(manager, mci.projectId);
      for (const entity of [VmRow, PlaceRow, ResourceRow]) if ((await manager.countBy(entity as typeof VmRow, { mciId: mci.id })) > 0) return;
      const actions = await manager.findBy(MciActionRow, { mciId: mci.id });
      for (const action of actions) {
        if (action.rollback) await this.operations.finish(manager, action.operationId, { state: 'failed', message: `Taken back: ${count(action.rollback)} of ${action.total} VMs could not be made, and the policy is "rollback".`, errors: action.rollback });
        else if (action.kind === 'delete') await this.operations.finish(manager, action.operationId, { state: 'succeeded', message: `The MCI "${mci.name}" and everything that it stood on are gone.`, errors: [] });
        else await this.operations.finish(manager, action.operationId, { state: 'cancelled', message: 'The MCI was deleted in the middle.' });
      }
      await manager.delete(MciActionRow, { mciId: mci.id });
      await manager.delete(MciRow, { id: mci.id });
      await this.events.publish(manager, [{ workspaceId: mci.workspaceId, projectId: mci.projectId, type: 'mci.deleted', subject: { type: 'mci', id: mci.id, name: mci.name }, data: {} }]);
    });
  }

  private async end(action: MciActionRow, state: 'succeeded' | 'failed', message: string, errors: ReturnType<typeof groupFailures>, result?: Record<string, unknown>): Promise<void> {
    await this.rows.database.transaction(async (manager) => {
      await this.operations.finish(manager, action.operationId, { state, message, errors, ...(result && { result }) });
      await manager.delete(MciActionRow, { operationId: action.operationId });
    });
  }

  /** Tells a change of the MCI's counts once; deleted ones are removed first. */
  private async tell(mci: MciRow): Promise<void> {
    const fresh = await this.rows.manager.findOneBy(MciRow, { id: mci.id });
    if (!fresh) return void this.told.delete(mci.id);
    if (fresh.desired === 'absent') await this.removeIfEmpty(fresh);
    const counts = await countStates(this.rows.manager, [mci.id]);
    const mine = counts.get(mci.id) ?? {};
    const status = statusOf(mine, fresh.desired);
    const text = JSON.stringify([status, mine]);
    if (this.told.get(mci.id) === text) return;
    this.told.set(mci.id, text);
    if (this.told.size > 10_000) this.told.clear();
    await this.rows.database.transaction((manager) => this.events.publish(manager, [{ workspaceId: mci.workspaceId, projectId: mci.projectId, type: 'mci.changed', subject: { type: 'mci', id: mci.id, name: mci.name }, data: { status, counts: mine } }]));
  }
}

const RESULT: Partial<Record<MciActionRow['kind'], string>> = { create: 'run', 'scale-out': 'run', 'scale-in': 'ended', suspend: 'suspended', resume: 'run', reboot: 'rebooted', terminate: 'terminated' };

const count = (errors: readonly { count: number }[]): number => errors.reduce((sum, error) => sum + error.count, 0);
