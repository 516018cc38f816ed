import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { Iam, type Principal } from '../iam/index.js';
import { Problem } from '../kernel/problem.js';
import { CONFIG, type CallerScope, type Config, Logger, Secrets } from '../platform/index.js';
import type { MciRow, VmRow } from './infra.entities.js';
import { sshTargetOf } from './reach.js';
import { Rows } from './rows.js';
import { type Size, Terminal } from './terminal.js';

/** The permission that a terminal needs as long as it is open. */
export const TERMINAL_PERMISSION = 'vm:terminal';
/** How often it is looked at whether the user may still have it. */
const LOOK_AGAIN_MS = 30_000;

interface Open { terminal: Terminal; userId: string; projectId: string }

/** Terminals that are open on this server: who may, how many, and when they end. */
@Injectable()
export class Terminals implements OnModuleInit, OnModuleDestroy {
  private readonly open = new Set<Open>();
  /** Let in, but not yet open; counted, so that many at once do not pass the limit together. */
  private entering = 0;
  private look: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Rows) private readonly rows: Rows,
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(Iam) private readonly iam: Iam,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.look = setInterval(() => void this.lookAgain(), LOOK_AGAIN_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.look);
    this.closeWhere('stopping', () => true);
  }

  /** Lets one more in; what it gives is called once it is open, or not to be. @throws Problem UNPROCESSABLE where the VM does not run, RATE_LIMITED where too many are open. */
  admit(mci: MciRow, vm: VmRow): () => void {
    if (vm.state !== 'running' || vm.sshHost === null) throw new Problem('UNPROCESSABLE', `The VM "${vm.name}" of "${mci.name}" is ${vm.state}: a terminal needs one that runs and has an address.`);
    if (this.open.size + this.entering >= this.config.terminalsMax) throw new Problem('RATE_LIMITED', `This server holds no more than ${this.config.terminalsMax} terminals open (MCMP_TERMINALS_MAX): close one, or try again later.`, { retryAfterSeconds: 60 });
    this.entering += 1;
    let waits = true;
    return () => {
      if (waits) this.entering -= 1;
      waits = false;
    };
  }

  /** Puts a shell of the VM behind an open socket. Who opened which VM, and how it ended, is written to the log; what was typed never is. */
  begin(socket: WebSocket, who: { principal: Principal; scope: CallerScope }, mci: MciRow, vm: VmRow, size: Size): void {
    const began = Date.now();
    const about = { user: who.principal.username, userId: who.principal.userId, projectId: mci.projectId, mci: mci.name, mciId: mci.id, vm: vm.name, vmId: vm.id };
    const expiry = setTimeout(() => terminal.close('sessionOver'), Math.min(Math.max(0, who.scope.expiresAt.getTime() - began), 2 ** 31 - 1));
    const terminal: Terminal = new Terminal(socket, size, this.config.terminalIdleSeconds * 1000, (why) => {
      clearTimeout(expiry);
      still();
      this.open.delete(one);
      this.logger.info('terminal closed', { ...about, why, seconds: Math.round((Date.now() - began) / 1000) });
    });
    const still = who.scope.whileOpen(() => terminal.close('sessionOver'));
    const one: Open = { terminal, userId: who.principal.userId, projectId: mci.projectId };
    this.open.add(one);
    this.logger.info('terminal opened', about);
    void terminal.start(sshTargetOf(this.rows, vm, this.secrets.open(mci.sealedKey, `mci:${mci.id}`)));
  }

  private closeWhere(why: Parameters<Terminal['close']>[0], holds: (one: Open) => boolean): void {
    for (const one of [...this.open]) if (holds(one)) one.terminal.close(why);
  }

  /** Ends what is open for users who are gone, disabled, or may no longer. */
  private async lookAgain(): Promise<void> {
    for (const { userId, projectId } of new Map([...this.open].map((one) => [`${one.userId}/${one.projectId}`, one])).values()) {
      const may = await this.iam.stillMay(userId, TERMINAL_PERMISSION, projectId).catch(() => true); // a database that is away for a moment ends nobody's work
      if (!may) this.closeWhere('forbidden', (one) => one.userId === userId && one.projectId === projectId);
    }
  }
}
