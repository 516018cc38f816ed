import { EventRow } from './events/events.entities.js';
import { IdempotencyRow } from './http/idempotency.js';
import { OperationRow } from './operations/operations.entities.js';
import { ServerRow, WorkLockRow } from './work/work.entities.js';

/** All entities of the platform. */
export const platformEntities = [EventRow, IdempotencyRow, OperationRow, ServerRow, WorkLockRow];
