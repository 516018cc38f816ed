import { rmSync } from 'node:fs';

/** Jest's global tear-down: ends the PostgreSQL of the run and removes its folder. */
export default async function tearDown(): Promise<void> {
  const { mcmpTestPostgres: postgres } = globalThis as unknown as { mcmpTestPostgres?: { stop(): Promise<void>; folder: string } };
  await postgres?.stop();
  if (postgres) rmSync(postgres.folder, { recursive: true, force: true });
}
