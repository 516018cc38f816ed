import type { Vm } from '@mcmp/driver-sdk';
import { newId } from '../kernel/ids.js';
import type { CloudSession, Connector } from '../connector/index.js';
import { Batches, askedBatches, failed, groupBy } from './batches.js';
import { type Candidate, candidatesOf } from './candidates.js';
import { hasCode, isFinal, toFailure } from './failures.js';
import type { Failure, VmRow } from './infra.entities.js';
import { type PlaceView, type Rows, TASK, type VmChange } from './rows.js';
import type { Foundation, SharedThings } from './shared-things.js';
import { UNSEEN_MS, endStrays, shownVms } from './strays.js';
import { changeBy, isHalfMade, isLive, isMoving } from './vm-states.js';

/** A power call whose effect does not show within this time is made again. */
const ASK_AGAIN_MS = 20_000;
/** Codes after which another place may well take the VM. */
const REPLACEABLE = ['OUT_OF_CAPACITY', 'QUOTA_EXCEEDED', 'UNSUPPORTED', 'UNKNOWN', 'TIMEOUT', 'UNAVAILABLE'];

/** When each power call was made; only a hint to spare calls, the rows are the truth. */
const askedPower = new Map<string, number>();

/** One look at a place and the next thing for each of its VMs. */
export class PlacePass {
  private readonly batches: Batches;
  /** What the cloud showed in this pass. */
  private shown: Vm[] | undefined;
  constructor(
    private readonly rows: Rows,
    private readonly shared: SharedThings,
    private readonly connector: Connector,
    private readonly session: CloudSession,
    private readonly view: PlaceView,
    private readonly signal: AbortSignal,
  ) {
    this.batches = new Batches(rows, view, session, signal);
  }

  /** Milliseconds until the next pass makes sense; undefined where nothing more happens by itself. */
  async run(): Promise<number | undefined> {
    await this.dropUnasked();
    const blocked = await this.make();
    await this.power();
    await this.look();
    const moving = this.view.vms.filter((vm) => isMoving(vm) || isHalfMade(vm) || (vm.desired === 'absent' && vm.cloudId !== null));
    if (moving.length > 0) return pollDelay(moving);
    if (this.view.vms.some((vm) => vm.state === 'planned' && vm.desired !== 'absent')) return blocked ? undefined : 0;
    if (this.view.vms.some(isLive)) return undefined;
    await this.endStrays(this.shown ?? (await this.shownVms()));
    await this.shared.release(this.view);
    return undefined;
  }

  private shownVms(): Promise<Vm[]> {
    return shownVms(this.session, { mciId: this.view.mci.id, region: this.view.place.region }, this.signal);
  }

  /** Where the cloud refuses it, the thing that they hold tells why. */
  private async endStrays(shown: readonly Vm[]): Promise<void> {
    const { place: { region }, mci, vms } = this.view;
    const known = new Set(vms.map((vm) => vm.cloudId));
    if (shown.every(({ id }) => known.has(id))) return;
    await endStrays(this.rows, this.session, { mciId: mci.id, region }, shown, this.signal).catch((error: unknown) => { if (!isFinal(error)) throw error; });
  }

  /** VMs that nobody wants any more and no cloud was ever asked for. */
  private async dropUnasked(): Promise<void> {
    const dropped = this.view.vms.filter((vm) => vm.desired === 'absent' && (vm.state === 'planned' || (vm.state === 'failed' && vm.cloudId === null) || (vm.state === 'terminated' && vm.forget)));
    if (dropped.length === 0) return;
    await this.rows.database.transaction(async (manager) => {
      const [gone] = await manager.query<[{ id: string }[], number]>(
        `UPDATE infra.vm SET state = 'terminated' WHERE id = ANY($1::uuid[]) AND desired = 'absent' AND (state = 'planned' OR (state = 'failed' AND cloud_id IS NULL)) RETURNING id`, [dropped.map((vm) => vm.id)]);
      const ids = new Set(gone.map(({ id }) => id));
      const ended = dropped.filter((vm) => ids.has(vm.id));
      for (const vm of ended) vm.state = 'terminated';
      await this.rows.tellVms(manager, this.view.mci, ended.filter((vm) => !vm.forget));
    });
    await this.forget();
  }

  private async forget(): Promise<void> {
    const gone = this.view.vms.filter((vm) => vm.state === 'terminated' && vm.forget);
    if (gone.length === 0) return;
    await this.rows.database.transaction((manager) => this.rows.forgetVms(manager, this.view.mci, gone));
    this.view.vms = this.view.vms.filter((vm) => !gone.includes(vm));
  }

  /** Begins planned VMs and goes on with those whose making was cut off. True where they wait for what they stand on. */
  private async make(): Promise<boolean> {
    const uncertain = this.view.vms.filter((vm) => vm.state === 'creating' && vm.cloudId === null);
    const planned = this.view.vms.filter((vm) => vm.state === 'planned' && vm.desired !== 'absent');
    if (uncertain.length === 0 && planned.length === 0) return false;
    await this.chooseZones(planned);
    const making = [...planned, ...uncertain.filter((vm) => vm.desired !== 'absent')];
    const { ready, failed: broken } = making.length > 0 ? await this.shared.foundations(this.view, this.session.traits, [...new Set(making.map((vm) => vm.zone))]) : { ready: new Map<string, Foundation>(), failed: new Map<string, never>() };
    for (const [zone, row] of broken) {
      await this.give(planned.filter((vm) => vm.zone === zone && vm.state === 'planned'), row.failure ?? { code: 'UNKNOWN', message: `its ${row.kind} could not be made` });
      await this.shared.takeBack(row);
    }
    const resumed = groupBy(uncertain, (vm) => vm.batchId ?? vm.id).map((batch) => this.batches.resume(batch, ready.get((batch[0] as VmRow).zone)));
    const begun = (await this.batches.begin(planned.filter((vm) => vm.state === 'planned' && ready.has(vm.zone)))).map((batch) => this.batches.create(batch, ready.get((batch[0] as VmRow).zone) as Foundation));
    await this.applyEach([...resumed, ...begun]);
    return planned.some((vm) => vm.state === 'planned' && !ready.has(vm.zone) && !broken.has(vm.zone));
  }

  /** Saves each batch as its answer comes, and gives failed VMs to the policy. */
  private async applyEach(batches: Promise<VmChange[]>[]): Promise<void> {
    const results = await Promise.allSettled(batches.map(async (batch) => {
      const changes = await batch;
      const failures = changes.filter((change) => change.state === 'failed' && change.cloudId === null && change.failure);
      await this.rows.saveVms(this.view, this.view.vms, changes.filter((change) => !failures.includes(change)));
      for (const alike of groupBy(failures, (change) => change.failure?.code ?? '')) {
        const ids = new Set(alike.map((change) => change.id));
        await this.give(this.view.vms.filter((vm) => ids.has(vm.id)), alike[0]?.failure as Failure);
      }
    }));
    const broken = results.find((result) => result.status === 'rejected');
    if (broken?.status === 'rejected') throw broken.reason;
  }

  /** VMs of which nothing is in the cloud after a failure: planned anew elsewhere where the policy is `replace` and a place is left, else failed. */
  private async give(vms: VmRow[], failure: Failure): Promise<void> {
    const { mci, groups, place } = this.view;
    const replace = mci.policy === 'replace' && mci.desired === 'present' && REPLACEABLE.includes(failure.code);
    const lost: VmRow[] = [];
    for (const vm of vms) {
      const group = groups.get(vm.groupId);
      const next = replace && group && vm.desired !== 'absent' ? candidatesOf(group, await this.zonesFor(group.connectionId, group.region, group.specId), this.session.traits.subnetScope)[vm.attempt + 1] : undefined;
      if (next) await this.move(vm, next, failure);
      else lost.push(vm);
    }
    await this.rows.saveVms(this.view, this.view.vms, lost.map((vm) => failed(vm, failure)));
    const moved = new Set(vms.filter((vm) => !lost.includes(vm) && (vm.connectionId !== place.connectionId || vm.region !== place.region)));
    this.view.vms = this.view.vms.filter((vm) => !moved.has(vm));
  }

  private async move(vm: VmRow, to: Candidate, failure: Failure): Promise<void> {
    const { mci, place } = this.view;
    Object.assign(vm, { ...to, state: 'planned', attempt: vm.attempt + 1, batchId: null, batchIndex: null, cloudId: null, failure });
    await this.rows.database.transaction(async (manager) => {
      await this.rows.lockShared(manager, mci.projectId);
      const cloud = to.connectionId === place.connectionId ? vm.cloud : (await this.connector.session(to.connectionId)).connection.cloud;
      await manager.query(
        `UPDATE infra.vm SET connection_id = $2, cloud = $3, region = $4, zone = $5, spec_id = $6, image_id = $7, ssh_user = $8, price_per_hour = $9, currency = $10, state = 'planned', attempt = attempt + 1, batch_id = NULL, batch_index = NULL, asked_at = NULL, cloud_id = NULL, failure = $11 WHERE id = $1`,
        [vm.id, to.connectionId, cloud, to.region, to.zone, to.specId, to.imageId, to.sshUser, to.pricePerHour, to.currency, JSON.stringify(failure)],
      );
      const rows = await manager.query<{ id: string }[]>(`INSERT INTO infra.place (id, mci_id, project_id, connection_id, region) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (mci_id, connection_id, region) DO UPDATE SET region = excluded.region RETURNING id`, [newId(), mci.id, mci.projectId, to.connectionId, to.region]);
      await this.rows.wake(TASK.place, rows.map(({ id }) => id), manager);
    });
  }

  /** Where subnets lie in zones, a VM without one gets the first that offers its spec. */
  private async chooseZones(planned: VmRow[]): Promise<void> {
    if (this.session.traits.subnetScope !== 'zone') return;
    for (const vms of groupBy(planned.filter((vm) => vm.zone === ''), (vm) => vm.specId)) {
      const [first] = vms as [VmRow];
      const [zone] = await this.zonesFor(first.connectionId, first.region, first.specId);
      if (zone === undefined) continue;
      await this.rows.manager.query(`UPDATE infra.vm SET zone = $2 WHERE id = ANY($1::uuid[])`, [vms.map((vm) => vm.id), zone]);
      for (const vm of vms) vm.zone = zone;
    }
  }

  private async zonesFor(connectionId: string, region: string, specId: string): Promise<string[]> {
    const [regions, spec] = await Promise.all([this.connector.regions(connectionId), this.connector.findSpec(connectionId, region, specId)]);
    const zones = regions.find((item) => item.id === region)?.zones ?? [];
    return zones.filter((zone) => zone.available && (!spec?.zones || spec.zones.includes(zone.id))).map((zone) => zone.id);
  }

  /** Calls for ends, stops, starts and reboots; each may be repeated. */
  private async power(): Promise<void> {
    const calls = this.view.vms.filter((vm) => vm.cloudId !== null).flatMap((vm) => {
      const method = powerCall(vm);
      const asked = askedPower.get(vm.id);
      return method && !(asked !== undefined && isMoving(vm) && Date.now() - asked < ASK_AGAIN_MS) ? [{ vm, method }] : [];
    });
    const changes: VmChange[] = [];
    const results = await Promise.allSettled(calls.map(async ({ vm, method }) => {
      try {
        if (method === 'reboot') await this.rows.manager.query('UPDATE infra.vm SET reboot_wanted = false WHERE id = $1', [vm.id]);
        await this.session.call(`vm.${method}`, { region: vm.region, id: vm.cloudId as string }, { signal: this.signal, priority: 'provisioning' });
        askedPower.set(vm.id, Date.now());
        if (vm.state !== 'failed') changes.push({ id: vm.id, state: MOVE[method] });
      } catch (error) {
        if (hasCode(error, 'NOT_FOUND') && method === 'delete') changes.push({ id: vm.id, state: 'terminating' });
        else if (isFinal(error)) {
          changes.push({ id: vm.id, failure: toFailure(error) });
          if (method !== 'delete') await this.giveUp(vm);
        }
        else if (!hasCode(error, 'CONFLICT', 'IN_USE')) throw error;
      }
    }));
    if (askedPower.size > 10_000) askedPower.clear();
    await this.rows.saveVms(this.view, this.view.vms, changes);
    const broken = results.find((result) => result.status === 'rejected');
    if (broken?.status === 'rejected') throw broken.reason;
  }

  /** A refused stop, start or reboot: the VM stays what it is, and is wanted so. */
  private async giveUp(vm: VmRow): Promise<void> {
    vm.desired = vm.state === 'suspended' || vm.state === 'resuming' ? 'suspended' : 'running';
    await this.rows.manager.query('UPDATE infra.vm SET desired = $2, reboot_wanted = false WHERE id = $1', [vm.id, vm.desired]);
  }

  /**
   * Whether a VM that no list shows is gone. One that was seen and is to go, is; any other is asked for by its id, for its tag may have been taken off, and
   * one that nobody saw yet may be there unseen.
   */
  private async isGone(row: VmRow): Promise<boolean> {
    if (row.providerState !== null && row.desired === 'absent') return true;
    // One that is to go needs no such patience: what turns up later is ended then.
    const patienceMs = row.desired === 'absent' || isHalfMade(row) ? 0 : UNSEEN_MS;
    if (row.providerState === null && askedBatches.ageMs(row.batchId ?? row.id) < this.session.traits.consistencyWindowMs + patienceMs) return false;
    try {
      return (await this.session.call('vm.get', { region: row.region, id: row.cloudId as string }, { signal: this.signal, priority: 'provisioning' })).state === 'terminated';
    } catch (error) {
      if (hasCode(error, 'NOT_FOUND')) return true;
      throw error;
    }
  }

  /** Reads the MCI's VMs in this place and takes over what the cloud says. */
  private async look(): Promise<void> {
    const known = this.view.vms.filter((vm) => vm.cloudId !== null && (isMoving(vm) || isHalfMade(vm) || vm.state !== vm.desired));
    if (known.length === 0) return;
    const cloud = (this.shown = await this.shownVms());
    const byId = new Map(cloud.map((vm) => [vm.id, vm]));
    const changes: VmChange[] = [];
    const renamed: { row: VmRow; cloud: Vm }[] = [];
    const cleaned: VmRow[] = [];
    for (const row of known) {
      const vm = byId.get(row.cloudId as string);
      if (vm && vm.state !== 'terminated') {
        if (row.providerState === null) renamed.push({ row, cloud: vm });
        const change = row.state === 'failed' ? undefined : changeBy(vm, row, true);
        if (change) changes.push(change);
      } else if (vm || (await this.isGone(row))) {
        if (isHalfMade(row) && row.desired !== 'absent') cleaned.push(row);
        else if (row.desired === 'absent') changes.push({ id: row.id, state: 'terminated', cloudId: null });
        else changes.push({ id: row.id, state: 'failed', cloudId: null, failure: { code: 'NOT_FOUND', message: 'the cloud has this VM no more: someone ended it there' } });
      }
    }
    await this.rows.saveVms(this.view, this.view.vms, changes);
    for (const alike of groupBy(cleaned, (vm) => vm.failure?.code ?? '')) await this.give(alike, alike[0]?.failure as Failure);
    await this.forget();
    await this.batches.rename(renamed);
    await this.endStrays(cloud);
  }
}

const MOVE = { delete: 'terminating', stop: 'suspending', start: 'resuming', reboot: 'rebooting' } as const;

/** The call that brings a VM nearer to what is wanted. What failed while it was made is taken back from the cloud. */
function powerCall(vm: VmRow): keyof typeof MOVE | undefined {
  if (vm.desired === 'absent' || isHalfMade(vm)) return vm.state === 'terminated' ? undefined : 'delete';
  if (vm.desired === 'suspended' && (vm.state === 'running' || vm.state === 'suspending')) return 'stop';
  if (vm.desired === 'running' && (vm.state === 'suspended' || vm.state === 'resuming')) return 'start';
  if (vm.rebootWanted && vm.state === 'running') return 'reboot';
  return undefined;
}

/** Short waits at first, longer ones the longer it takes: about a twentieth of the time since the first was asked. */
function pollDelay(moving: readonly VmRow[]): number {
  const since = Date.now() - Math.max(...moving.map((vm) => Math.max(vm.askedAt?.getTime() ?? 0, askedPower.get(vm.id) ?? 0)));
  return Math.min(3000, Math.max(100, since / 20));
}
