import { Iam1764000000000 } from './1764000000000-iam.js';
import { Platform1764000001000 } from './1764000001000-platform.js';
import { Connector1764000003000 } from './1764000003000-connector.js';
import { Infra1764000005000 } from './1764000005000-infra.js';
import { Drivers1764000006000 } from './1764000006000-drivers.js';
import { ApiBudget1764000007000 } from './1764000007000-api-budget.js';
import { Grades1764000009000 } from './1764000009000-grades.js';
import { BudgetLaw1764000010000 } from './1764000010000-budget-law.js';
import { BudgetLeft1764000011000 } from './1764000011000-budget-left.js';
import { Watch1764000012000 } from './1764000012000-watch.js';
import { PriceHistory1764000013000 } from './1764000013000-price-history.js';
import { EndedSessions1764000014000 } from './1764000014000-ended-sessions.js';

/** Every migration in the order it is applied; one import and one entry per line. */
export const migrations: (new () => import('typeorm').MigrationInterface)[] = [
  Iam1764000000000,
  Platform1764000001000,
  Connector1764000003000,
  Infra1764000005000,
  Drivers1764000006000,
  ApiBudget1764000007000,
  Grades1764000009000,
  BudgetLaw1764000010000,
  BudgetLeft1764000011000,
  Watch1764000012000,
  PriceHistory1764000013000,
  EndedSessions1764000014000,
];
