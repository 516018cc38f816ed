import { EventRow } from './events/events.entities.js';
import { IdempotencyRow } from './http/idempotency.js';
import { OperationLogRow } from './operations/log.entities.js';
import { OperationRow } from './operations/operations.entities.js';
import { ServerRow, WorkLockRow } from './work/work.entities.js';

/** All entities of the platform. */
export const platformEntities = [EventRow, IdempotencyRow, OperationRow, OperationLogRow, ServerRow, WorkLockRow];
