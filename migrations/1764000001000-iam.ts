import type { MigrationInterface, QueryRunner } from 'typeorm';

/** First identity: users, workspaces, projects, memberships, the signing key, and the count of failed logins. */
export class Iam1764000001000 implements MigrationInterface {
  readonly name = 'Iam1764000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SCHEMA IF NOT EXISTS iam');
    await runner.query(`
      CREATE TABLE iam.users (
        id uuid NOT NULL CONSTRAINT users_pkey PRIMARY KEY,
        username text NOT NULL,
        password_hash text NOT NULL,
        role text NOT NULL,
        disabled boolean NOT NULL DEFAULT false,
        token_epoch integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE UNIQUE INDEX users_username_key ON iam.users (username)');
    await runner.query(`
      CREATE TABLE iam.workspaces (
        id uuid NOT NULL CONSTRAINT workspaces_pkey PRIMARY KEY,
        name text NOT NULL,
        description text NOT NULL DEFAULT '',
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE UNIQUE INDEX workspaces_name_key ON iam.workspaces (name)');
    await runner.query(`
      CREATE TABLE iam.projects (
        id uuid NOT NULL CONSTRAINT projects_pkey PRIMARY KEY,
        workspace_id uuid NOT NULL,
        name text NOT NULL,
        description text NOT NULL DEFAULT '',
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE UNIQUE INDEX projects_workspace_name_key ON iam.projects (workspace_id, name)');
    await runner.query('CREATE INDEX projects_name_idx ON iam.projects (name)');
    await runner.query(`
      CREATE TABLE iam.memberships (
        workspace_id uuid NOT NULL,
        user_id uuid NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT memberships_pkey PRIMARY KEY (workspace_id, user_id)
      )`);
    await runner.query('CREATE INDEX memberships_user_idx ON iam.memberships (user_id)');
    await runner.query(`
      CREATE TABLE iam.signing_keys (
        id uuid NOT NULL CONSTRAINT signing_keys_pkey PRIMARY KEY,
        sealed text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE iam.login_failures (
        username text NOT NULL CONSTRAINT login_failures_pkey PRIMARY KEY,
        failures integer NOT NULL,
        last_failed_at timestamptz NOT NULL,
        blocked_until timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['login_failures', 'signing_keys', 'memberships', 'projects', 'workspaces', 'users']) await runner.query(`DROP TABLE iam.${table}`);
    // The schema stays: others' migrations may have made it too, and an empty one harms nobody.
  }
}
