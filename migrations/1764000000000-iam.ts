import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users, workspaces, projects, memberships and the signing key. */
export class Iam1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA iam;
      CREATE TABLE iam."user" (
        id uuid PRIMARY KEY,
        username text NOT NULL,
        password_hash text NOT NULL,
        role text NOT NULL,
        disabled boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX user_username ON iam."user" (username);
      CREATE TABLE iam.workspace (id uuid PRIMARY KEY, name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
      CREATE UNIQUE INDEX workspace_name ON iam.workspace (name);
      CREATE TABLE iam.project (
        id uuid PRIMARY KEY,
        workspace_id uuid NOT NULL CONSTRAINT project_workspace_fk REFERENCES iam.workspace (id),
        name text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX project_workspace_name ON iam.project (workspace_id, name);
      CREATE TABLE iam.membership (
        workspace_id uuid NOT NULL CONSTRAINT membership_workspace_fk REFERENCES iam.workspace (id) ON DELETE CASCADE,
        user_id uuid NOT NULL CONSTRAINT membership_user_fk REFERENCES iam."user" (id) ON DELETE CASCADE,
        PRIMARY KEY (workspace_id, user_id)
      );
      CREATE TABLE iam.signing_key (id integer PRIMARY KEY, sealed text NOT NULL);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA iam CASCADE');
  }
}
