import { newId } from '../kernel/ids.js';
import type { Vm } from '@mcmp/driver-sdk';
import type { CloudSession } from '../connector/index.js';
import { Asked } from './asked.js';
import { hasCode, isFinal, toFailure } from './failures.js';
import type { Failure, VmRow } from './infra.entities.js';
import { cloudName } from './names.js';
import type { PlaceView, Rows, VmChange } from './rows.js';
import { changeBy } from './vm-states.js';

const GIVE_UP_MS = 15 * 60_000;
/** So long a network or group that was just made may be unknown to a create, beside the cloud's window. */
const UNSEEN_PARENT_MS = 5000;
/** Creates of one place under way at once; the driver host paces them by the cloud's limits. */
const PARALLEL = 24;

/** By batch. */
export const askedBatches = new Asked();

/** Makes VMs in batches: each batch is one request whose id is written first and serves as token and owner tag. */
export class Batches {
  constructor(private readonly rows: Rows, private readonly view: PlaceView, private readonly session: CloudSession, private readonly signal: AbortSignal) {}

  /** Writes down which planned VMs are asked for together; only those that are still planned and wanted. */
  async begin(planned: readonly VmRow[]): Promise<VmRow[][]> {
    const alike = groupBy(planned, (vm) => JSON.stringify([vm.groupId, vm.zone, vm.specId, vm.imageId]));
    const batches = alike.flatMap((vms) => chunks(vms, this.session.traits.vmBatch)).slice(0, PARALLEL);
    const intents = batches.flatMap((vms) => { const batchId = newId(); return vms.map((vm, batchIndex) => ({ id: vm.id, batchId, batchIndex })); });
    return this.rows.database.transaction(async (manager) => {
      const [taken] = await manager.query<[{ id: string; batch_id: string; batch_index: number; asked_at: Date }[], number]>(
        `UPDATE infra.vm AS v SET state = 'creating', batch_id = c."batchId", batch_index = c."batchIndex", asked_at = now(), failure = NULL
         FROM jsonb_to_recordset($1::jsonb) AS c(id uuid, "batchId" uuid, "batchIndex" integer) WHERE v.id = c.id AND v.state = 'planned' AND v.desired <> 'absent' RETURNING v.id, v.batch_id, v.batch_index, v.asked_at`,
        [JSON.stringify(intents)]);
      const byId = new Map(taken.map((row) => [row.id, row]));
      const begun = batches.map((vms) => vms.filter((vm) => {
        const row = byId.get(vm.id);
        if (row) Object.assign(vm, { state: 'creating', batchId: row.batch_id, batchIndex: row.batch_index, askedAt: row.asked_at, failure: null });
        return row !== undefined;
      })).filter((vms) => vms.length > 0);
      await this.rows.tellVms(manager, this.view.mci, begun.flat());
      return begun;
    });
  }

  /** Asks the cloud for a batch of {@link begin}. */
  async create(batch: readonly VmRow[], on: { networkId: string; subnetId: string; securityGroupIds: string[]; keyPairId: string }): Promise<VmChange[]> {
    const [first] = batch as [VmRow];
    const group = this.view.groups.get(first.groupId);
    const { mci } = this.view;
    const batchId = first.batchId as string;
    askedBatches.now(batchId);
    try {
      const { items } = await this.session.call('vm.create', {
        ...on, region: first.region, token: batchId, names: batch.map((vm) => this.nameOf(vm)),
        tags: { ...mci.labels, ...group?.labels, 'mcmp-project': mci.projectId, 'mcmp-mci': mci.id, 'mcmp-batch': batchId },
        ...(first.zone && { zone: first.zone }), specId: first.specId, imageId: first.imageId, publicKey: mci.publicKey, sshUser: first.sshUser,
        ...(group?.rootDiskGiB && { rootDiskGiB: group.rootDiskGiB }), ...(group?.userData && { userData: group.userData }), publicAddress: true,
      }, { signal: this.signal, priority: 'provisioning' });
      askedBatches.now(batchId);
      return this.adopt(batch, items, false);
    } catch (error) {
      askedBatches.now(batchId);
      const found = hasCode(error, 'ALREADY_EXISTS') ? await this.find(batch) : [];
      if (found.length > 0) return this.adoptFound(batch, found);
      const age = Date.now() - (first.askedAt?.getTime() ?? 0);
      if (hasCode(error, 'NOT_FOUND', 'ALREADY_EXISTS') && age < this.session.traits.consistencyWindowMs + UNSEEN_PARENT_MS) return [];
      if (isFinal(error)) return batch.map((vm) => failed(vm, toFailure(error)));
      if (age > GIVE_UP_MS) return this.settleUncertain(batch, toFailure(error));
      return [];
    }
  }

  /** A batch that was asked for in an earlier run and whose answer nobody has: found by its tag, or asked again where that cannot make it twice. */
  async resume(batch: readonly VmRow[], on: Parameters<Batches['create']>[1] | undefined): Promise<VmChange[]> {
    const [first] = batch as [VmRow];
    const wanted = batch.some((vm) => vm.desired !== 'absent');
    const found = await this.find(batch);
    if (found.length > 0) return this.adoptFound(batch, found);
    const whole = batch.every((vm, position) => vm.batchIndex === position);
    const once = this.session.traits.idempotencyToken.includes('vm') || this.session.traits.uniqueName.includes('vm');
    if (wanted && whole && on && once) return this.create(batch, on);
    if (askedBatches.ageMs(first.batchId as string) < this.session.traits.consistencyWindowMs) return [];
    if (!wanted) return batch.map((vm) => ({ id: vm.id, state: 'terminated' }));
    if (!on) return [];
    return this.create(batch, on);
  }

  /** Gives names to VMs that a batch made under one. */
  async rename(vms: readonly { row: VmRow; cloud: Vm }[]): Promise<void> {
    if (!this.session.has('tag')) return;
    const wrong = vms.filter(({ row, cloud }) => cloud.name !== this.nameOf(row));
    await Promise.allSettled(wrong.map(({ row, cloud }) => this.session.call('tag.set', { region: row.region, kind: 'vm', id: cloud.id, tags: {}, name: this.nameOf(row) }, { signal: this.signal, priority: 'reconcile' })));
  }

  private nameOf(vm: VmRow): string {
    return cloudName(`${this.view.mci.name.slice(0, 18)}-${vm.name}`, vm.batchId ?? vm.id) + (this.session.traits.vmBatch > 1 ? `-${vm.batchIndex ?? 0}` : '');
  }

  private find(batch: readonly VmRow[]): Promise<Vm[]> {
    const [first] = batch as [VmRow];
    return this.session.all('vm.list', { region: first.region, tags: { 'mcmp-batch': first.batchId as string } }, { signal: this.signal, priority: 'provisioning' });
  }

  /** VMs that a list showed, so they are seen; an answer that was lost could not name them. */
  private async adoptFound(batch: readonly VmRow[], found: readonly Vm[]): Promise<VmChange[]> {
    const changes = this.adopt(batch, found, true);
    await this.rename(changes.flatMap((change) => {
      const [row, cloud] = [batch.find((vm) => vm.id === change.id), found.find((vm) => vm.id === change.cloudId)];
      return row && cloud ? [{ row, cloud }] : [];
    }));
    return changes;
  }

  /** Ties the cloud's VMs to rows, by their position in the batch or by name, else in order of id. */
  private adopt(batch: readonly VmRow[], items: readonly Vm[], seen: boolean): VmChange[] {
    const owned = new Set(this.view.vms.map((vm) => vm.cloudId));
    const left = new Set(items.filter((item) => !owned.has(item.id)).sort((a, b) => (a.batchIndex ?? 0) - (b.batchIndex ?? 0) || (a.id < b.id ? -1 : 1)));
    const changes: VmChange[] = [];
    const take = (row: VmRow, vm: Vm): void => {
      left.delete(vm);
      changes.push(changeBy(vm, row, seen) ?? { id: row.id, cloudId: vm.id });
    };
    const rest = batch.filter((row) => {
      const vm = [...left].find((item) => item.batchIndex === row.batchIndex || item.name === this.nameOf(row));
      if (vm) take(row, vm);
      return !vm;
    });
    for (const row of rest) {
      const [vm] = left;
      if (vm) take(row, vm);
    }
    return changes;
  }

  private async settleUncertain(batch: readonly VmRow[], failure: Failure): Promise<VmChange[]> {
    const found = await this.find(batch);
    return found.length > 0 ? this.adoptFound(batch, found) : batch.map((vm) => failed(vm, failure));
  }
}

/** A VM of which nothing is in the cloud. */
export const failed = (vm: VmRow, failure: Failure): VmChange => ({ id: vm.id, state: 'failed', failure, cloudId: null });

/** Items with the same key together, in the order of first sight. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
}

const chunks = <T>(items: readonly T[], size: number): T[][] => Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
