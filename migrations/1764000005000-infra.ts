import type { MigrationInterface, QueryRunner } from 'typeorm';

/** MCIs, their VM groups and VMs, what they stand on in each place, and commands. */
export class Infra1764000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA infra;
      CREATE TABLE infra.mci (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL,
        project_id uuid NOT NULL,
        name text NOT NULL,
        description text NOT NULL DEFAULT '',
        labels jsonb NOT NULL DEFAULT '{}',
        policy text NOT NULL,
        desired text NOT NULL DEFAULT 'present',
        access jsonb NOT NULL,
        public_key text NOT NULL,
        sealed_key text NOT NULL,
        key_downloaded_at timestamptz,
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX mci_project_name ON infra.mci (project_id, name);
      CREATE TABLE infra.place (
        id uuid PRIMARY KEY,
        mci_id uuid NOT NULL CONSTRAINT place_mci_fk REFERENCES infra.mci (id),
        project_id uuid NOT NULL,
        connection_id uuid NOT NULL,
        region text NOT NULL,
        cidr text
      );
      CREATE UNIQUE INDEX place_mci ON infra.place (mci_id, connection_id, region);
      CREATE INDEX place_shared ON infra.place (project_id, connection_id, region);
      CREATE TABLE infra.resource (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL,
        connection_id uuid NOT NULL,
        region text NOT NULL,
        call_region text NOT NULL,
        zone text NOT NULL DEFAULT '',
        kind text NOT NULL,
        mci_id uuid,
        network_id uuid,
        name text NOT NULL,
        cidr text,
        state text NOT NULL DEFAULT 'planned',
        cloud_id text,
        asked_at timestamptz,
        seen boolean NOT NULL DEFAULT false,
        failure jsonb,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX resource_place ON infra.resource (project_id, connection_id, region, kind);
      CREATE UNIQUE INDEX resource_once ON infra.resource (project_id, connection_id, region, zone, kind, coalesce(mci_id, '00000000-0000-0000-0000-000000000000')) WHERE state <> 'deleting';
      CREATE TABLE infra.vm_group (
        id uuid PRIMARY KEY,
        mci_id uuid NOT NULL CONSTRAINT vm_group_mci_fk REFERENCES infra.mci (id) ON DELETE CASCADE,
        name text NOT NULL,
        connection_id uuid NOT NULL,
        cloud text NOT NULL,
        region text NOT NULL,
        zone text NOT NULL DEFAULT '',
        spec_id text NOT NULL,
        image_id text NOT NULL,
        ssh_user text NOT NULL,
        size integer NOT NULL,
        root_disk_gib integer,
        user_data text,
        labels jsonb NOT NULL DEFAULT '{}',
        alternatives jsonb NOT NULL DEFAULT '[]',
        last_number integer NOT NULL DEFAULT 0,
        price_per_hour double precision,
        currency text
      );
      CREATE UNIQUE INDEX vm_group_name ON infra.vm_group (mci_id, name);
      CREATE TABLE infra.vm (
        id uuid PRIMARY KEY,
        mci_id uuid NOT NULL CONSTRAINT vm_mci_fk REFERENCES infra.mci (id),
        group_id uuid NOT NULL CONSTRAINT vm_group_fk REFERENCES infra.vm_group (id),
        name text NOT NULL,
        connection_id uuid NOT NULL,
        cloud text NOT NULL,
        region text NOT NULL,
        zone text NOT NULL DEFAULT '',
        spec_id text NOT NULL,
        image_id text NOT NULL,
        ssh_user text NOT NULL,
        state text NOT NULL DEFAULT 'planned',
        desired text NOT NULL DEFAULT 'running',
        forget boolean NOT NULL DEFAULT false,
        reboot_wanted boolean NOT NULL DEFAULT false,
        batch_id uuid,
        batch_index integer,
        asked_at timestamptz,
        cloud_id text,
        provider_state text,
        private_ip text,
        public_ip text,
        ssh_host text,
        ssh_port integer,
        host_key text,
        failure jsonb,
        attempt integer NOT NULL DEFAULT 0,
        price_per_hour double precision,
        currency text,
        operation_id uuid,
        created_at timestamptz NOT NULL DEFAULT now(),
        running_at timestamptz
      );
      CREATE UNIQUE INDEX vm_name ON infra.vm (mci_id, name);
      CREATE INDEX vm_place ON infra.vm (mci_id, connection_id, region);
      CREATE INDEX vm_operation ON infra.vm (operation_id);
      CREATE TABLE infra.mci_action (
        operation_id uuid PRIMARY KEY,
        mci_id uuid NOT NULL CONSTRAINT mci_action_mci_fk REFERENCES infra.mci (id),
        kind text NOT NULL,
        total integer NOT NULL,
        policy text NOT NULL,
        rollback jsonb,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX mci_action_mci ON infra.mci_action (mci_id);
      CREATE TABLE infra.command (
        operation_id uuid PRIMARY KEY,
        mci_id uuid NOT NULL,
        command text NOT NULL,
        timeout_seconds integer NOT NULL,
        created_by uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX command_mci ON infra.command (mci_id);
      CREATE TABLE infra.command_run (
        operation_id uuid NOT NULL,
        vm_id uuid NOT NULL,
        mci_id uuid NOT NULL,
        vm_name text NOT NULL,
        state text NOT NULL DEFAULT 'queued',
        exit_code integer,
        stdout text NOT NULL DEFAULT '',
        stderr text NOT NULL DEFAULT '',
        truncated boolean NOT NULL DEFAULT false,
        error text,
        started_at timestamptz,
        ended_at timestamptz,
        PRIMARY KEY (operation_id, vm_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA infra CASCADE');
  }
}
