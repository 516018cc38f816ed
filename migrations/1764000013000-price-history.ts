import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the prices by which people sort have changed; begins with those of now. */
export class PriceHistory1764000013000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE connector.price_change (
        connection_id uuid NOT NULL CONSTRAINT price_change_connection_fk REFERENCES connector.connection (id) ON DELETE CASCADE,
        region text NOT NULL,
        spec_id text NOT NULL,
        purchase text NOT NULL,
        seen_at timestamptz NOT NULL,
        currency text,
        per_hour double precision,
        source text,
        as_of timestamptz,
        simulated boolean,
        PRIMARY KEY (connection_id, region, spec_id, purchase, seen_at)
      );
      INSERT INTO connector.price_change (connection_id, region, spec_id, purchase, seen_at, currency, per_hour, source, as_of, simulated)
        SELECT p.connection_id, p.region, p.spec_id, p.purchase, coalesce(r.prices_synced_at, now()), p.currency, p.per_hour, p.source, p.as_of, p.simulated
        FROM connector.price p JOIN connector.region r ON r.connection_id = p.connection_id AND r.id = p.region WHERE p.best ON CONFLICT DO NOTHING;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE connector.price_change');
  }
}
