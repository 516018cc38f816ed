import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { Principal } from '../iam/index.js';
import { newId } from '../kernel/ids.js';
import { type Page, type PageQuery, idAfter, isId, toPage } from '../kernel/page.js';
import { Problem } from '../kernel/problem.js';
import { type Operation, Operations, Secrets, Work, withLogContext } from '../platform/index.js';
import { groupFailures } from './failures.js';
import type { CommandLine, CommandResults, RunCommand } from './http/mci.dto.js';
import { CommandRow, CommandRunRow, MciRow, VmRow } from './infra.entities.js';
import { sshTargetOf } from './reach.js';
import { Rows, TASK } from './rows.js';
import { selectVms } from './selection.js';
import { runOverSsh } from './ssh.js';

const PARALLEL = 50;
const CANCEL_LOOK_MS = 500;

interface Counts { total: number; done: number; failed: number; cancelled: number }

/** Runs commands on VMs over SSH, each at most once per VM whatever happens to the server. */
@Injectable()
export class Commands implements OnModuleInit {
  constructor(
    @Inject(Rows) private readonly rows: Rows,
    @Inject(Operations) private readonly operations: Operations,
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(Work) private readonly work: Work,
  ) {}

  onModuleInit(): void {
    this.work.handle(TASK.command, (id, { signal }) => withLogContext({ operationId: id }, () => this.run(id, signal)));
    this.work.sweep(TASK.command, async () => (await this.rows.manager.query<{ id: string }[]>(`SELECT DISTINCT operation_id AS id FROM infra.command_run WHERE state IN ('queued', 'running')`)).map(({ id }) => id));
    this.operations.onCancel('mci.command', async (manager, operation) => {
      await manager.query(`UPDATE infra.command_run SET state = 'cancelled', error = 'cancelled before it began', ended_at = now() WHERE operation_id = $1 AND state = 'queued'`, [operation.id]);
      await this.rows.wake(TASK.command, [operation.id], manager);
    });
  }

  /** Begins a command on the chosen VMs that run. @throws Problem UNPROCESSABLE where none does. */
  async start(manager: EntityManager, principal: Principal, mci: MciRow, input: z.infer<typeof RunCommand>): Promise<Operation> {
    const vms = (await selectVms(manager, mci.id, input)).filter((vm) => vm.state === 'running' && vm.sshHost !== null);
    if (vms.length === 0) throw new Problem('UNPROCESSABLE', 'No chosen VM runs and has an address: a command needs at least one.');
    const operationId = newId();
    const operation = await this.operations.start(manager, { id: operationId, kind: 'mci.command', workspaceId: mci.workspaceId, projectId: mci.projectId, target: { type: 'mci', id: mci.id, name: mci.name }, total: vms.length, createdBy: principal.userId });
    await manager.insert(CommandRow, { operationId, mciId: mci.id, command: input.command, timeoutSeconds: input.timeoutSeconds, createdBy: principal.userId });
    await manager.insert(CommandRunRow, vms.map((vm) => ({ operationId, vmId: vm.id, mciId: mci.id, vmName: vm.name })));
    await this.rows.wake(TASK.command, [operationId], manager);
    return operation;
  }

  /** Commands of an MCI, the newest first. */
  async list(mci: MciRow, query: PageQuery): Promise<Page<z.infer<typeof CommandLine>>> {
    const before = idAfter(query);
    // Ids of operations sort by time.
    const rows = await this.rows.manager.query<{ operationId: string; command: string; timeoutSeconds: number; createdAt: Date; createdBy: string }[]>(
      `SELECT operation_id AS "operationId", command, timeout_seconds AS "timeoutSeconds", created_at AS "createdAt", created_by AS "createdBy" FROM infra.command WHERE mci_id = $1 AND ($2::uuid IS NULL OR operation_id < $2) ORDER BY operation_id DESC LIMIT $3`, [mci.id, before ?? null, query.pageSize + 1]);
    const page = toPage(rows, query.pageSize, ({ operationId }) => [operationId]);
    const runs = await this.rows.manager.query<{ operationId: string; state: string; exitCode: number | null; count: number }[]>(
      `SELECT operation_id AS "operationId", state, exit_code AS "exitCode", count(*)::int AS count FROM infra.command_run WHERE operation_id = ANY($1::uuid[]) GROUP BY 1, 2, 3 ORDER BY 3`, [page.items.map(({ operationId }) => operationId)]);
    return { ...page, items: page.items.map((row) => {
      const own = runs.filter(({ operationId }) => operationId === row.operationId);
      const counts: Record<string, number> = {};
      for (const { state, count } of own) counts[state] = (counts[state] ?? 0) + count;
      return { ...row, createdAt: row.createdAt.toISOString(), counts, exitCodes: own.filter(({ state }) => state === 'done').map(({ exitCode, count }) => ({ exitCode, count })) };
    }) };
  }

  /** Outcome by VM, those with equal outcome together. @throws Problem NOT_FOUND. */
  async results(mci: MciRow, operationId: string): Promise<z.infer<typeof CommandResults>> {
    const command = isId(operationId) ? await this.rows.manager.findOneBy(CommandRow, { operationId, mciId: mci.id }) : null;
    if (!command) throw new Problem('NOT_FOUND', `The MCI "${mci.name}" has no command ${operationId}.`);
    const runs = await this.rows.manager.find(CommandRunRow, { where: { operationId }, order: { vmName: 'ASC' } });
    const counts: Record<string, number> = {};
    const groups = new Map<string, z.infer<typeof CommandResults>['groups'][number]>();
    for (const { state, exitCode, stdout, stderr, error, truncated, vmName } of runs) {
      counts[state] = (counts[state] ?? 0) + 1;
      if (state === 'queued' || state === 'running') continue;
      const key = JSON.stringify([exitCode, stdout, stderr, error]);
      const group = groups.get(key) ?? { exitCode, stdout, stderr, error, truncated, vms: [] };
      group.vms.push(vmName);
      groups.set(key, group);
    }
    return { operationId, command: command.command, createdAt: command.createdAt.toISOString(), counts, groups: [...groups.values()].sort((a, b) => b.vms.length - a.vms.length) };
  }

  private async run(operationId: string, signal: AbortSignal): Promise<void> {
    const command = await this.rows.manager.findOneBy(CommandRow, { operationId });
    if (!command) return;
    await this.rows.manager.query(`UPDATE infra.command_run SET state = 'failed', error = 'the server ended while the command ran; it is not run twice', ended_at = now() WHERE operation_id = $1 AND state = 'running'`, [operationId]);
    const mci = await this.rows.manager.findOneBy(MciRow, { id: command.mciId });
    const queued = await this.rows.manager.findBy(CommandRunRow, { operationId, state: 'queued' });
    const privateKey = mci ? this.secrets.open(mci.sealedKey, `mci:${mci.id}`) : '';
    const cancel = new AbortController();
    // One count at a time, so that progress never goes back because an older one was slower.
    let told: Promise<unknown> = Promise.resolve();
    const tell = (): Promise<unknown> => (told = told.then(() => this.progress(operationId)));
    const line = async (): Promise<void> => {
      for (let run = queued.shift(); run && !signal.aborted; run = queued.shift()) {
        if (await this.runOne(command, run, privateKey, signal, cancel.signal)) await tell();
      }
    };
    // Whoever cancels may do so at another server.
    const look = setInterval(() => void this.operations.find(operationId).then((operation) => { if (operation?.state === 'cancelling') cancel.abort(); }, () => undefined), CANCEL_LOOK_MS);
    try {
      await Promise.all(Array.from({ length: PARALLEL }, line));
    } finally {
      clearInterval(look);
    }
    if (!signal.aborted) await this.finish(operationId);
  }

  /** @returns whether there is an outcome to count. */
  private async runOne(command: CommandRow, run: CommandRunRow, privateKey: string, signal: AbortSignal, cancelled: AbortSignal): Promise<boolean> {
    const { operationId, vmId } = run;
    const vm = await this.rows.manager.findOneBy(VmRow, { id: vmId });
    const [, taken] = await this.rows.manager.query<[unknown, number]>(`UPDATE infra.command_run SET state = 'running', started_at = now() WHERE operation_id = $1 AND vm_id = $2 AND state = 'queued'`, [operationId, vmId]);
    if (taken === 0) return false;
    let outcome: Partial<CommandRunRow>;
    try {
      const result = await runOverSsh(sshTargetOf(this.rows, vm, privateKey), command.command, command.timeoutSeconds * 1000, AbortSignal.any([signal, cancelled]));
      outcome = { state: 'done', ...result };
    } catch (error) {
      if (signal.aborted) return false;
      outcome = cancelled.aborted ? { state: 'cancelled', error: 'cancelled while it ran' } : { state: 'failed', error: error instanceof Error ? error.message : 'SSH failed' };
    }
    await this.rows.manager.update(CommandRunRow, { operationId, vmId }, { ...outcome, endedAt: new Date() });
    return true;
  }

  /** Counts without reading the outputs, which may be large. */
  private async progress(operationId: string): Promise<Counts> {
    const [counts] = await this.rows.manager.query<[Counts]>(
      `SELECT count(*)::int AS total, (count(*) FILTER (WHERE state = 'done' AND exit_code = 0))::int AS done, (count(*) FILTER (WHERE state = 'failed' OR (state = 'done' AND exit_code IS DISTINCT FROM 0)))::int AS failed,
         (count(*) FILTER (WHERE state = 'cancelled'))::int AS cancelled FROM infra.command_run WHERE operation_id = $1`, [operationId]);
    const { done, failed, total } = counts;
    await this.operations.progress(undefined, operationId, { done, failed, total });
    return counts;
  }

  private async finish(operationId: string): Promise<void> {
    const { total, done, failed, cancelled } = await this.progress(operationId);
    if (done + failed + cancelled < total) return;
    const bad = await this.rows.manager.query<(Pick<CommandRunRow, 'state' | 'error' | 'exitCode'> & { name: string; words: string })[]>(
      `SELECT vm_name AS name, state, error, exit_code AS "exitCode", left(CASE WHEN stderr <> '' THEN stderr ELSE stdout END, 1000) AS words FROM infra.command_run WHERE operation_id = $1 AND (state = 'failed' OR (state = 'done' AND exit_code IS DISTINCT FROM 0)) ORDER BY vm_name`, [operationId]);
    const errors = groupFailures(bad.map(({ name, state, error, exitCode, words }) => ({ name, failure: state === 'failed' ? { code: 'SSH_FAILED', message: error ?? '' } : { code: `EXIT_${exitCode ?? 'SIGNAL'}`, message: words.trim().split('\n')[0]?.slice(0, 200) ?? '' } })));
    await this.operations.finish(undefined, operationId, { state: cancelled > 0 ? 'cancelled' : failed > 0 ? 'failed' : 'succeeded', message: `${done} of ${total} VMs answered with exit code 0.`, errors });
  }
}
