import { Inject, Injectable } from '@nestjs/common';
import { Database } from './database/database.js';
import { Work } from './work/work.js';

const TASK = 'platform.retention';
const HOUR_MS = 3_600_000;

/** Removes what has served its time, once an hour on one server: events after 7 days, lines of operations after 14 days, idempotency keys after 24 hours. Operations stay: they say who had what done. */
@Injectable()
export class Retention {
  constructor(@Inject(Database) database: Database, @Inject(Work) work: Work) {
    work.handle(TASK, async () => {
      await database.dataSource.query(`DELETE FROM platform.event WHERE created_at < now() - interval '7 days'`);
      await database.dataSource.query(`DELETE FROM platform.idempotency WHERE created_at < now() - interval '24 hours'`);
      await database.dataSource.query(`DELETE FROM platform.operation_log WHERE at < now() - interval '14 days'`);
      return { againInMs: HOUR_MS };
    });
    work.sweep(TASK, async () => ['all']);
  }
}
