import { Iam1764000000000 } from './1764000000000-iam.js';

/** Every migration in the order it is applied; one import and one entry per line. */
export const migrations: (new () => import('typeorm').MigrationInterface)[] = [
  Iam1764000000000,
];
