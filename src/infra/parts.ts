import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { type OperationPart, Operations, type PartsReader } from '../platform/index.js';
import { helpFor } from './failures.js';
import { CommandRunRow, VmRow } from './infra.entities.js';
import { Rows } from './rows.js';
import { isSettled } from './vm-states.js';

/** Operations that work on VMs and write themselves into the rows. */
const OF_VMS = ['create', 'scale-out', 'scale-in', 'suspend', 'resume', 'reboot', 'terminate', 'delete'];
const RUN_STATES: Record<CommandRunRow['state'], OperationPart['state']> = { queued: 'waiting', running: 'working', done: 'done', failed: 'failed', cancelled: 'cancelled' };

const text = (date: Date | null): string | null => date?.toISOString() ?? null;

function stateOf(vm: VmRow): OperationPart['state'] {
  if (isSettled(vm)) return vm.state === 'failed' ? 'failed' : 'done';
  return vm.state === 'planned' ? 'waiting' : 'working';
}

function partOf(vm: VmRow, making: boolean): OperationPart {
  const help = vm.failure && helpFor(vm.failure.code);
  return {
    name: vm.name, place: `${vm.cloud} ${vm.region}`, state: stateOf(vm), detail: vm.state, attempts: making && vm.state !== 'planned' ? vm.attempt + 1 : 0,
    startedAt: making ? text(vm.askedAt) : null, finishedAt: making ? text(vm.runningAt) : null,
    error: vm.failure && { code: vm.failure.code, message: vm.failure.message, ...(help && { help }) },
  };
}

/** Tells what operations of this domain work on: VMs by place. */
@Injectable()
export class OperationParts implements OnModuleInit {
  constructor(@Inject(Rows) private readonly rows: Rows, @Inject(Operations) private readonly operations: Operations) {}

  onModuleInit(): void {
    for (const kind of OF_VMS) this.operations.onParts(`mci.${kind}`, this.vms);
    this.operations.onParts('mci.command', this.runs);
  }

  private readonly vms: PartsReader = async ({ id, kind }, { after, limit }) => {
    const vms = await this.rows.manager.find(VmRow, { where: { operationId: id, ...(after !== undefined && { name: MoreThan(after) }) }, order: { name: 'ASC' }, take: limit });
    return vms.map((vm) => partOf(vm, kind === 'mci.create' || kind === 'mci.scale-out'));
  };

  private readonly runs: PartsReader = async ({ id }, { after, limit }) => {
    const runs = await this.rows.manager.find(CommandRunRow, { where: { operationId: id, ...(after !== undefined && { vmName: MoreThan(after) }) }, order: { vmName: 'ASC' }, take: limit });
    return runs.map((run) => ({
      name: run.vmName, place: null, state: RUN_STATES[run.state], detail: run.exitCode === null ? null : `exit ${run.exitCode}`, attempts: run.startedAt ? 1 : 0,
      startedAt: text(run.startedAt), finishedAt: text(run.endedAt), error: run.error === null ? null : { code: 'COMMAND_FAILED', message: run.error },
    }));
  };
}
