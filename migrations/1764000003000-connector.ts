import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Connections with their sealed credentials, and the catalogue of regions, specs, images and prices of each. */
export class Connector1764000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA connector;
      CREATE TABLE connector.connection (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL,
        name text NOT NULL,
        driver text NOT NULL,
        cloud text NOT NULL,
        endpoint text,
        options jsonb NOT NULL,
        regions text[] NOT NULL,
        sealed text NOT NULL,
        revision integer NOT NULL DEFAULT 1,
        state text NOT NULL,
        account_id text,
        principal text,
        verified_at timestamptz,
        last_error jsonb,
        sync_operation_id uuid,
        synced_at timestamptz,
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX connection_workspace_name ON connector.connection (workspace_id, name);
      CREATE TABLE connector.region (
        connection_id uuid NOT NULL CONSTRAINT region_connection_fk REFERENCES connector.connection (id) ON DELETE CASCADE,
        id text NOT NULL,
        cloud text NOT NULL,
        name text NOT NULL,
        latitude double precision,
        longitude double precision,
        enabled boolean NOT NULL,
        zones jsonb NOT NULL,
        words tsvector NOT NULL,
        spec_count integer NOT NULL DEFAULT 0,
        image_count integer NOT NULL DEFAULT 0,
        price_count integer NOT NULL DEFAULT 0,
        specs_synced_at timestamptz,
        images_synced_at timestamptz,
        prices_synced_at timestamptz,
        last_error jsonb,
        PRIMARY KEY (connection_id, id)
      );
      CREATE TABLE connector.spec (
        connection_id uuid NOT NULL CONSTRAINT spec_connection_fk REFERENCES connector.connection (id) ON DELETE CASCADE,
        region text NOT NULL,
        id text NOT NULL,
        cloud text NOT NULL,
        vcpu double precision NOT NULL,
        memory_mib integer NOT NULL,
        architecture text NOT NULL,
        gpu_count double precision NOT NULL,
        price_sort double precision NOT NULL,
        price_currency text,
        spot_price_sort double precision NOT NULL,
        spot_price_currency text,
        gpu_model text,
        gpu_memory_mib integer,
        local_disk_gib integer,
        network_performance text,
        zones text[],
        words tsvector NOT NULL,
        PRIMARY KEY (connection_id, region, id)
      );
      CREATE INDEX spec_price ON connector.spec (price_sort, id, region, connection_id) INCLUDE (vcpu, memory_mib, architecture, gpu_count, price_currency, gpu_model);
      CREATE INDEX spec_spot_price ON connector.spec (spot_price_sort, id, region, connection_id) INCLUDE (vcpu, memory_mib, architecture, gpu_count, spot_price_currency, gpu_model) WHERE spot_price_sort < 'Infinity';
      CREATE INDEX spec_name ON connector.spec (id, region, connection_id) INCLUDE (vcpu, memory_mib, architecture, gpu_count, price_sort, price_currency, gpu_model);
      CREATE INDEX spec_vcpu ON connector.spec (vcpu, price_sort, id, region, connection_id) INCLUDE (memory_mib, architecture, gpu_count, price_currency, gpu_model);
      CREATE INDEX spec_memory ON connector.spec (memory_mib, price_sort, id, region, connection_id) INCLUDE (vcpu, architecture, gpu_count, price_currency, gpu_model);
      CREATE INDEX spec_words ON connector.spec USING gin (words);
      CREATE TABLE connector.price (
        connection_id uuid NOT NULL CONSTRAINT price_connection_fk REFERENCES connector.connection (id) ON DELETE CASCADE,
        region text NOT NULL,
        spec_id text NOT NULL,
        purchase text NOT NULL,
        os_family text NOT NULL,
        zone text NOT NULL,
        currency text NOT NULL,
        per_hour double precision NOT NULL,
        source text NOT NULL,
        as_of timestamptz NOT NULL,
        simulated boolean NOT NULL,
        best boolean NOT NULL,
        PRIMARY KEY (connection_id, region, spec_id, purchase, os_family, zone, currency)
      );
      CREATE TABLE connector.image (
        connection_id uuid NOT NULL CONSTRAINT image_connection_fk REFERENCES connector.connection (id) ON DELETE CASCADE,
        region text NOT NULL,
        id text NOT NULL,
        cloud text NOT NULL,
        name text NOT NULL,
        os_family text NOT NULL,
        os_version text NOT NULL,
        architecture text NOT NULL,
        ssh_user text NOT NULL,
        min_disk_gib integer,
        created_at timestamptz,
        publisher text,
        words tsvector NOT NULL,
        PRIMARY KEY (connection_id, region, id)
      );
      CREATE INDEX image_name ON connector.image (name, id, region, connection_id);
      CREATE INDEX image_words ON connector.image USING gin (words);
      CREATE TABLE connector.sync (
        operation_id uuid PRIMARY KEY,
        connection_id uuid NOT NULL CONSTRAINT sync_connection_fk REFERENCES connector.connection (id) ON DELETE CASCADE,
        parts text[] NOT NULL,
        regions text[] NOT NULL,
        state text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX sync_connection_running ON connector.sync (connection_id) WHERE state = 'running';
      CREATE TABLE connector.sync_region (
        operation_id uuid NOT NULL CONSTRAINT sync_region_sync_fk REFERENCES connector.sync (operation_id) ON DELETE CASCADE,
        region text NOT NULL,
        state text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        counts jsonb,
        error jsonb,
        PRIMARY KEY (operation_id, region)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA connector CASCADE');
  }
}
