import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions that their users ended before their time, known to every server until they would have been over by themselves. */
export class EndedSessions1764000014000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE iam.ended_session (id text PRIMARY KEY, expires_at timestamptz NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE iam.ended_session');
  }
}
