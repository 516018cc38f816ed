import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reports of the conformance kit, by which drivers are graded; kept by content, so that another version needs its own. */
export class Grades1764000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE connector.driver_report (
        id uuid PRIMARY KEY,
        driver text NOT NULL,
        version text NOT NULL,
        content_hash text NOT NULL,
        proof text NOT NULL,
        against text NOT NULL,
        origin text NOT NULL,
        ran_at timestamptz NOT NULL,
        counts jsonb NOT NULL,
        checks jsonb NOT NULL,
        added_by uuid NOT NULL,
        added_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX driver_report_run ON connector.driver_report (content_hash, proof, against, ran_at);
      CREATE INDEX driver_report_driver ON connector.driver_report (driver, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE connector.driver_report');
  }
}
