import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Drivers that are installed while the servers run: their bundles, what serves each name, whose signatures count, where more are found, and who changed what. */
export class Drivers1764000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE connector.driver_bundle (
        name text NOT NULL,
        version text NOT NULL,
        content_hash text NOT NULL,
        archive_sha256 text NOT NULL,
        archive bytea NOT NULL CONSTRAINT driver_bundle_size CHECK (octet_length(archive) <= 33554432),
        manifest jsonb NOT NULL,
        key_id text,
        allowed_by uuid,
        allowed_at timestamptz,
        source text NOT NULL,
        installed_by uuid NOT NULL,
        installed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (name, version)
      );
      ALTER TABLE connector.driver_bundle ALTER COLUMN archive SET STORAGE EXTERNAL;
      CREATE INDEX driver_bundle_key ON connector.driver_bundle (key_id);
      CREATE TABLE connector.driver (
        name text PRIMARY KEY,
        state text NOT NULL,
        active text,
        previous text,
        pinned text,
        changed_by uuid,
        changed_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE connector.driver_server (
        server text NOT NULL,
        driver text NOT NULL,
        hash text,
        state text NOT NULL,
        why text,
        seen_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (server, driver)
      );
      CREATE TABLE connector.driver_key (
        key_id text PRIMARY KEY,
        title text NOT NULL,
        public_key text NOT NULL,
        added_by uuid NOT NULL,
        added_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE connector.driver_repository (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        url text NOT NULL,
        kind text NOT NULL,
        sealed text,
        insecure boolean NOT NULL,
        state text NOT NULL,
        last_error text,
        checked_at timestamptz,
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX driver_repository_name ON connector.driver_repository (name);
      CREATE TABLE connector.driver_audit (
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        who uuid,
        what text NOT NULL,
        driver text,
        version text,
        hash text,
        detail jsonb NOT NULL
      );
      CREATE INDEX driver_audit_driver ON connector.driver_audit (driver, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE connector.driver_audit, connector.driver_repository, connector.driver_key, connector.driver_server, connector.driver, connector.driver_bundle');
  }
}
