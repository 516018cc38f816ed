/** Every migration in the order it is applied; one import and one entry per line. */
export const migrations: (new () => import('typeorm').MigrationInterface)[] = [];
