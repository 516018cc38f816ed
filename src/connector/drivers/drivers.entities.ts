import type { Manifest } from '@mcmp/driver-sdk';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A bundle that is installed; all servers take its files from here. */
@Entity({ schema: 'connector', name: 'driver_bundle' })
@Index('driver_bundle_key', ['keyId'])
export class DriverBundleRow {
  @PrimaryColumn('text') name!: string;
  @PrimaryColumn('text') version!: string;
  /** Of the files: the same as that of a folder which holds them. */
  @Column('text', { name: 'content_hash' }) contentHash!: string;
  @Column('text', { name: 'archive_sha256' }) archiveSha256!: string;
  /** The packed bytes, at most 32 MiB; read only when asked for. */
  @Column('bytea', { select: false }) archive!: Buffer;
  @Column('jsonb') manifest!: Manifest;
  /** The key whose signature it was installed by; null where an administrator allowed it without. */
  @Column('text', { name: 'key_id', nullable: true }) keyId!: string | null;
  @Column('uuid', { name: 'allowed_by', nullable: true }) allowedBy!: string | null;
  @Column('timestamptz', { name: 'allowed_at', nullable: true }) allowedAt!: Date | null;
  /** `upload`, or the URL that it came from. */
  @Column('text') source!: string;
  @Column('uuid', { name: 'installed_by' }) installedBy!: string;
  @Column('timestamptz', { name: 'installed_at', default: () => 'now()' }) installedAt!: Date;
}

/** The word for what lies in the drivers' folder, in the place of a bundle's hash. */
export const FOLDER = 'folder';

/** What serves a name, where somebody has decided it; without a row it is what lies in the drivers' folder. */
@Entity({ schema: 'connector', name: 'driver' })
export class DriverRow {
  @PrimaryColumn('text') name!: string;
  /** `inactive`: nothing serves, whatever lies in the folder. */
  @Column('text') state!: 'active' | 'inactive';
  /** Content hash of a bundle, or {@link FOLDER}; null where nothing was ever active. */
  @Column('text', { nullable: true }) active!: string | null;
  /** What a roll-back goes to: as `active`. */
  @Column('text', { nullable: true }) previous!: string | null;
  /** Range of versions outside which nothing is activated. */
  @Column('text', { nullable: true }) pinned!: string | null;
  /** Null where a server did it by itself. */
  @Column('uuid', { name: 'changed_by', nullable: true }) changedBy!: string | null;
  @Column('timestamptz', { name: 'changed_at', default: () => 'now()' }) changedAt!: Date;
}

/** Whether one server serves what was decided for a name; a row that was not touched for a while is of a server that is gone. */
@Entity({ schema: 'connector', name: 'driver_server' })
export class DriverServerRow {
  @PrimaryColumn('text') server!: string;
  @PrimaryColumn('text') driver!: string;
  /** What it serves now. */
  @Column('text', { nullable: true }) hash!: string | null;
  @Column('text') state!: 'ready' | 'failed' | 'inactive';
  @Column('text', { nullable: true }) why!: string | null;
  @Column('timestamptz', { name: 'seen_at', default: () => 'now()' }) seenAt!: Date;
}

/** A public key whose signatures are believed. */
@Entity({ schema: 'connector', name: 'driver_key' })
export class DriverKeyRow {
  @PrimaryColumn('text', { name: 'key_id' }) keyId!: string;
  @Column('text') title!: string;
  /** PEM (SPKI). */
  @Column('text', { name: 'public_key' }) publicKey!: string;
  @Column('uuid', { name: 'added_by' }) addedBy!: string;
  @Column('timestamptz', { name: 'added_at', default: () => 'now()' }) addedAt!: Date;
}

export const REPOSITORY_KINDS = ['static', 'npm'] as const;
/** `static`: an `index.json` made by `mcmp-driver repository`; `npm`: a registry that speaks as npm's does. */
export type RepositoryKind = (typeof REPOSITORY_KINDS)[number];

/** A place from which drivers are installed. */
@Entity({ schema: 'connector', name: 'driver_repository' })
@Index('driver_repository_name', ['name'], { unique: true })
export class DriverRepositoryRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  /** Without a slash at its end. */
  @Column('text') url!: string;
  @Column('text') kind!: RepositoryKind;
  /** The token, sealed for `driver-repository:<id>`. */
  @Column('text', { nullable: true }) sealed!: string | null;
  /** Whether plain http is allowed beyond this machine. */
  @Column('boolean') insecure!: boolean;
  @Column('text') state!: 'ready' | 'broken';
  @Column('text', { name: 'last_error', nullable: true }) lastError!: string | null;
  @Column('timestamptz', { name: 'checked_at', nullable: true }) checkedAt!: Date | null;
  @Column('uuid', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** Who changed what; never changed or removed. */
@Entity({ schema: 'connector', name: 'driver_audit' })
@Index('driver_audit_driver', ['driver', 'id'])
export class DriverAuditRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('timestamptz', { default: () => 'now()' }) at!: Date;
  /** Null where a server did it by itself. */
  @Column('uuid', { nullable: true }) who!: string | null;
  @Column('text') what!: DriverDeed;
  @Column('text', { nullable: true }) driver!: string | null;
  @Column('text', { nullable: true }) version!: string | null;
  @Column('text', { nullable: true }) hash!: string | null;
  @Column('jsonb') detail!: Record<string, unknown>;
}

/** What the audit tells. */
export const DRIVER_DEEDS = ['installed', 'activated', 'rolled-back', 'rolled-back-by-itself', 'deactivated', 'pinned', 'version-deleted', 'deleted', 'key-added', 'key-removed', 'repository-added', 'repository-changed', 'repository-removed'] as const;
export type DriverDeed = (typeof DRIVER_DEEDS)[number];

/** All entities of the drivers' life. */
export const driverEntities = [DriverBundleRow, DriverRow, DriverServerRow, DriverKeyRow, DriverRepositoryRow, DriverAuditRow];
