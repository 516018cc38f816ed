import type { MigrationInterface, QueryRunner } from 'typeorm';
import { EXCHANGE } from './1764000010000-budget-law.js';

const replaced = (text: string): string => text.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION');

/** What a cloud says is left of its bucket lowers ours: somebody else calls it, too. */
export class BudgetLeft1764000011000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(replaced(EXCHANGE)
      .replace('back double precision, refused boolean,', 'back double precision, "left" double precision, refused boolean,')
      .replace('refilled + back));\n', 'refilled + back));\n      bucket.tokens := least(bucket.tokens, CASE WHEN ask.era = bucket.era THEN ask."left" END);\n'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(replaced(EXCHANGE));
  }
}
