import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type CloudSession, Connector } from '../connector/index.js';
import { Logger, Work, ofOperations, withLogContext } from '../platform/index.js';
import { Patience } from './patience.js';
import { PlacePass } from './place-pass.js';
import { Rows, TASK } from './rows.js';
import { SharedThings } from './shared-things.js';

/** A run is cut after this time, so that one place does not hold a worker for ever. */
const SLICE_MS = 20_000;

/**
 * Works on one place of one MCI: what it stands on, its VMs, their power, their end. Level-triggered: each pass reads the rows, asks the cloud
 * for what is missing, and looks again; nobody but the one holder of the place's queue does so at a time.
 */
@Injectable()
export class Places implements OnModuleInit {
  private readonly patience: Patience;
  constructor(
    @Inject(Rows) private readonly rows: Rows,
    @Inject(SharedThings) private readonly shared: SharedThings,
    @Inject(Connector) private readonly connector: Connector,
    @Inject(Work) private readonly work: Work,
    @Inject(Logger) logger: Logger,
  ) {
    this.patience = new Patience(logger, TASK.place);
  }

  onModuleInit(): void {
    this.work.handle(TASK.place, async (id, { signal }) => withLogContext(ofOperations(await this.rows.operationsOn({ placeId: id })), () => this.patience.run(id, () => this.run(id, signal))));
    this.work.sweep(TASK.place, async () => {
      await this.rows.restorePlaces(this.rows.manager);
      return this.unsettled();
    });
  }

  /** Ids of places with something to do. */
  private async unsettled(): Promise<string[]> {
    return (await this.rows.manager.query<{ id: string }[]>(
      `SELECT p.id FROM infra.place p WHERE NOT EXISTS (SELECT 1 FROM infra.vm v WHERE v.mci_id = p.mci_id AND v.connection_id = p.connection_id AND v.region = p.region)
       OR EXISTS (SELECT 1 FROM infra.vm v WHERE v.mci_id = p.mci_id AND v.connection_id = p.connection_id AND v.region = p.region AND (v.state NOT IN (v.desired, 'failed', 'terminated') OR v.reboot_wanted OR (v.state = 'failed' AND ((v.cloud_id IS NOT NULL AND v.running_at IS NULL) OR v.desired = 'absent')) OR (v.state = 'terminated' AND v.forget)))`,
    )).map(({ id }) => id);
  }

  private async run(id: string, signal: AbortSignal): Promise<{ againInMs: number } | void> {
    const until = Date.now() + SLICE_MS;
    const sessions = new Map<string, CloudSession>();
    for (;;) {
      const view = await this.rows.place(id);
      if (!view) return;
      const { connectionId, mciId } = view.place;
      const session = sessions.get(connectionId) ?? (await this.connector.session(connectionId));
      sessions.set(connectionId, session);
      const waitMs = await withLogContext({ connectionId }, () => new PlacePass(this.rows, this.shared, this.connector, session, view, signal).run());
      await this.rows.wake(TASK.mci, [mciId]);
      if (waitMs === undefined) return;
      if (signal.aborted || Date.now() > until) return { againInMs: 0 };
      await delay(waitMs, undefined, { signal });
    }
  }
}
