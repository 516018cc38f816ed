import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Someone who can log in. */
@Entity({ schema: 'iam', name: 'user' })
export class UserRow {
  @PrimaryColumn('uuid') id!: string;
  @Index('user_username', { unique: true }) @Column('text') username!: string;
  /** `scrypt$N$r$p$salt$hash`, the last two in base64. */
  @Column('text', { name: 'password_hash' }) passwordHash!: string;
  @Column('text') role!: string;
  @Column('boolean', { default: false }) disabled!: boolean;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** A team's working place. */
@Entity({ schema: 'iam', name: 'workspace' })
export class WorkspaceRow {
  @PrimaryColumn('uuid') id!: string;
  @Index('workspace_name', { unique: true }) @Column('text') name!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** What resources belong to. */
@Entity({ schema: 'iam', name: 'project' })
@Index('project_workspace_name', ['workspaceId', 'name'], { unique: true })
export class ProjectRow {
  @PrimaryColumn('uuid') id!: string;
  @ForeignKey(() => WorkspaceRow, { name: 'project_workspace_fk' }) @Column('uuid', { name: 'workspace_id' }) workspaceId!: string;
  @Column('text') name!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** A user's place in a workspace. */
@Entity({ schema: 'iam', name: 'membership' })
export class MembershipRow {
  @ForeignKey(() => WorkspaceRow, { name: 'membership_workspace_fk', onDelete: 'CASCADE' }) @PrimaryColumn('uuid', { name: 'workspace_id' }) workspaceId!: string;
  @ForeignKey(() => UserRow, { name: 'membership_user_fk', onDelete: 'CASCADE' }) @PrimaryColumn('uuid', { name: 'user_id' }) userId!: string;
}

/** The key that signs access tokens, sealed; shared by all servers on one database. */
@Entity({ schema: 'iam', name: 'signing_key' })
export class SigningKeyRow {
  @PrimaryColumn('integer') id!: number;
  @Column('text') sealed!: string;
}

/** A session that its user ended; kept until it would have been over by itself. */
@Entity({ schema: 'iam', name: 'ended_session' })
export class EndedSessionRow {
  @PrimaryColumn('text') id!: string;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}

/** All entities of this domain. */
export const iamEntities = [UserRow, WorkspaceRow, ProjectRow, MembershipRow, SigningKeyRow, EndedSessionRow];
