import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Role } from './access.js';

/** A person or program that logs in. */
@Entity({ schema: 'iam', name: 'users' })
@Index('users_username_key', ['username'], { unique: true })
export class UserRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pkey' }) id!: string;
  @Column('text') username!: string;
  @Column('text', { name: 'password_hash' }) passwordHash!: string;
  @Column('text') role!: Role;
  @Column('boolean', { default: false }) disabled!: boolean;
  /** Tokens carry it; raising it ends every token given out before. */
  @Column('integer', { name: 'token_epoch', default: 0 }) tokenEpoch!: number;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** A team's working place; it holds projects. */
@Entity({ schema: 'iam', name: 'workspaces' })
@Index('workspaces_name_key', ['name'], { unique: true })
export class WorkspaceRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'workspaces_pkey' }) id!: string;
  @Column('text') name!: string;
  @Column('text', { default: '' }) description!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** The scope of every resource; belongs to one workspace, within which its name is unique. */
@Entity({ schema: 'iam', name: 'projects' })
@Index('projects_workspace_name_key', ['workspaceId', 'name'], { unique: true })
@Index('projects_name_idx', ['name'])
export class ProjectRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'projects_pkey' }) id!: string;
  @Column('uuid', { name: 'workspace_id' }) workspaceId!: string;
  @Column('text') name!: string;
  @Column('text', { default: '' }) description!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** That a user works in a workspace and sees its projects. */
@Entity({ schema: 'iam', name: 'memberships' })
@Index('memberships_user_idx', ['userId'])
export class MembershipRow {
  @PrimaryColumn('uuid', { name: 'workspace_id', primaryKeyConstraintName: 'memberships_pkey' }) workspaceId!: string;
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'memberships_pkey' }) userId!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** The key that signs tokens, sealed; kept in the database so that all servers on it take each other's tokens. */
@Entity({ schema: 'iam', name: 'signing_keys' })
export class SigningKeyRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'signing_keys_pkey' }) id!: string;
  @Column('text') sealed!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** Failed logins of a name, known or not; removed by a login that succeeds. */
@Entity({ schema: 'iam', name: 'login_failures' })
export class LoginFailureRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'login_failures_pkey' }) username!: string;
  @Column('integer') failures!: number;
  @Column('timestamptz', { name: 'last_failed_at' }) lastFailedAt!: Date;
  @Column('timestamptz', { name: 'blocked_until', nullable: true }) blockedUntil!: Date | null;
}

/** Every entity of the schema `iam`. */
export const iamEntities = [UserRow, WorkspaceRow, ProjectRow, MembershipRow, SigningKeyRow, LoginFailureRow];
