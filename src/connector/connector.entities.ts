import type { DriverErrorCode } from '@mcmp/driver-sdk';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { BudgetRow, BudgetServerRow, BudgetUseRow, BudgetWaitingRow } from './budget/budget.entities.js';
import type { CataloguePart } from './catalogue/catalogue.js';
import { driverEntities } from './drivers/drivers.entities.js';
import { DriverReportRow } from './grades/grades.entities.js';

/** What a cloud answered when it refused, as rows and answers show it. */
export interface CloudErrorNote {
  code: DriverErrorCode;
  message: string;
  providerCode?: string;
  providerRequestId?: string;
  httpStatus?: number;
  /** ISO 8601. */
  at: string;
}

/** `unverified`: never asked; `verified`: the cloud knew the credential; `broken`: it refused it. */
export const CONNECTION_STATES = ['unverified', 'verified', 'broken'] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

const connection = (name: string): PropertyDecorator => (target, key) => {
  ForeignKey(() => ConnectionRow, { name, onDelete: 'CASCADE' })(target, key as string);
  PrimaryColumn('uuid', { name: 'connection_id' })(target, key as string);
};

/** A cloud account: driver, sealed credential, regions. */
@Entity({ schema: 'connector', name: 'connection' })
@Index('connection_workspace_name', ['workspaceId', 'name'], { unique: true })
export class ConnectionRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'workspace_id' }) workspaceId!: string;
  @Column('text') name!: string;
  @Column('text') driver!: string;
  @Column('text') cloud!: string;
  @Column('text', { nullable: true }) endpoint!: string | null;
  @Column('jsonb') options!: Record<string, string>;
  /** Regions that it may use; empty means all enabled ones. */
  @Column('text', { array: true }) regions!: string[];
  /** JSON of the credential fields, sealed for `connection:<id>`. */
  @Column('text') sealed!: string;
  /** Grows with each change of credential, endpoint or options, so that every server connects anew. */
  @Column('integer', { default: 1 }) revision!: number;
  @Column('text') state!: ConnectionState;
  @Column('text', { name: 'account_id', nullable: true }) accountId!: string | null;
  @Column('text', { nullable: true }) principal!: string | null;
  @Column('timestamptz', { name: 'verified_at', nullable: true }) verifiedAt!: Date | null;
  @Column('jsonb', { name: 'last_error', nullable: true }) lastError!: CloudErrorNote | null;
  /** The latest sync of its catalogue. */
  @Column('uuid', { name: 'sync_operation_id', nullable: true }) syncOperationId!: string | null;
  @Column('timestamptz', { name: 'synced_at', nullable: true }) syncedAt!: Date | null;
  @Column('uuid', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' }) updatedAt!: Date;
}

/** A region as one connection sees it. */
@Entity({ schema: 'connector', name: 'region' })
export class RegionRow {
  @connection('region_connection_fk') connectionId!: string;
  @PrimaryColumn('text') id!: string;
  @Column('text') cloud!: string;
  @Column('text') name!: string;
  @Column('double precision', { nullable: true }) latitude!: number | null;
  @Column('double precision', { nullable: true }) longitude!: number | null;
  @Column('boolean') enabled!: boolean;
  @Column('jsonb') zones!: { id: string; available: boolean }[];
  @Column('tsvector') words!: string;
  @Column('integer', { name: 'spec_count', default: 0 }) specCount!: number;
  @Column('integer', { name: 'image_count', default: 0 }) imageCount!: number;
  @Column('integer', { name: 'price_count', default: 0 }) priceCount!: number;
  @Column('timestamptz', { name: 'specs_synced_at', nullable: true }) specsSyncedAt!: Date | null;
  @Column('timestamptz', { name: 'images_synced_at', nullable: true }) imagesSyncedAt!: Date | null;
  @Column('timestamptz', { name: 'prices_synced_at', nullable: true }) pricesSyncedAt!: Date | null;
  /** Why the last sync of this region failed. */
  @Column('jsonb', { name: 'last_error', nullable: true }) lastError!: CloudErrorNote | null;
}

/**
 * A VM size of one connection in one region. Rows are kept narrow, and the index of each order carries the columns that people filter by,
 * so that no search costs more than one pass over either. The sort columns hold dollars per hour, 1e9 more in another currency, and infinity without a price.
 */
@Entity({ schema: 'connector', name: 'spec' })
@Index('spec_price', { synchronize: false })
@Index('spec_spot_price', { synchronize: false })
@Index('spec_name', { synchronize: false })
@Index('spec_vcpu', { synchronize: false })
@Index('spec_memory', { synchronize: false })
export class SpecRow {
  @connection('spec_connection_fk') connectionId!: string;
  @PrimaryColumn('text') region!: string;
  @PrimaryColumn('text') id!: string;
  @Column('text') cloud!: string;
  @Column('double precision') vcpu!: number;
  @Column('integer', { name: 'memory_mib' }) memoryMiB!: number;
  @Column('text') architecture!: string;
  @Column('double precision', { name: 'gpu_count' }) gpuCount!: number;
  @Column('double precision', { name: 'price_sort' }) priceSort!: number;
  @Column('text', { name: 'price_currency', nullable: true }) priceCurrency!: string | null;
  @Column('double precision', { name: 'spot_price_sort' }) spotPriceSort!: number;
  @Column('text', { name: 'spot_price_currency', nullable: true }) spotPriceCurrency!: string | null;
  @Column('text', { name: 'gpu_model', nullable: true }) gpuModel!: string | null;
  @Column('integer', { name: 'gpu_memory_mib', nullable: true }) gpuMemoryMiB!: number | null;
  @Column('integer', { name: 'local_disk_gib', nullable: true }) localDiskGiB!: number | null;
  @Column('text', { name: 'network_performance', nullable: true }) networkPerformance!: string | null;
  @Column('text', { array: true, nullable: true }) zones!: string[] | null;
  @Index('spec_words', { type: 'gin' }) @Column('tsvector') words!: string;
}

/** A price as the cloud gave it; `zone` is empty where it holds for the whole region. */
@Entity({ schema: 'connector', name: 'price' })
export class PriceRow {
  @connection('price_connection_fk') connectionId!: string;
  @PrimaryColumn('text') region!: string;
  @PrimaryColumn('text', { name: 'spec_id' }) specId!: string;
  @PrimaryColumn('text') purchase!: string;
  @PrimaryColumn('text', { name: 'os_family' }) osFamily!: string;
  @PrimaryColumn('text') zone!: string;
  @PrimaryColumn('text') currency!: string;
  @Column('double precision', { name: 'per_hour' }) perHour!: number;
  @Column('text') source!: string;
  @Column('timestamptz', { name: 'as_of' }) asOf!: Date;
  @Column('boolean') simulated!: boolean;
  /** The one of its spec and purchase by which people sort. */
  @Column('boolean') best!: boolean;
}

/** A change of the price by which people sort a spec; without currency it has none from then on. */
@Entity({ schema: 'connector', name: 'price_change' })
export class PriceChangeRow {
  @connection('price_change_connection_fk') connectionId!: string;
  @PrimaryColumn('text') region!: string;
  @PrimaryColumn('text', { name: 'spec_id' }) specId!: string;
  @PrimaryColumn('text') purchase!: string;
  /** When it was read. */
  @PrimaryColumn('timestamptz', { name: 'seen_at' }) seenAt!: Date;
  @Column('text', { nullable: true }) currency!: string | null;
  @Column('double precision', { name: 'per_hour', nullable: true }) perHour!: number | null;
  @Column('text', { nullable: true }) source!: string | null;
  @Column('timestamptz', { name: 'as_of', nullable: true }) asOf!: Date | null;
  @Column('boolean', { nullable: true }) simulated!: boolean | null;
}

/** An operating-system image of one connection in one region. */
@Entity({ schema: 'connector', name: 'image' })
@Index('image_name', ['name', 'id', 'region', 'connectionId'])
export class ImageRow {
  @connection('image_connection_fk') connectionId!: string;
  @PrimaryColumn('text') region!: string;
  @PrimaryColumn('text') id!: string;
  @Column('text') cloud!: string;
  @Column('text') name!: string;
  @Column('text', { name: 'os_family' }) osFamily!: string;
  @Column('text', { name: 'os_version' }) osVersion!: string;
  @Column('text') architecture!: string;
  @Column('text', { name: 'ssh_user' }) sshUser!: string;
  @Column('integer', { name: 'min_disk_gib', nullable: true }) minDiskGiB!: number | null;
  @Column('timestamptz', { name: 'created_at', nullable: true }) createdAt!: Date | null;
  @Column('text', { nullable: true }) publisher!: string | null;
  @Index('image_words', { type: 'gin' }) @Column('tsvector') words!: string;
}

/** One run of a catalogue sync; at most one of a connection runs at a time. */
@Entity({ schema: 'connector', name: 'sync' })
@Index('sync_connection_running', ['connectionId'], { unique: true, where: `state = 'running'` })
export class SyncRow {
  @PrimaryColumn('uuid', { name: 'operation_id' }) operationId!: string;
  @ForeignKey(() => ConnectionRow, { name: 'sync_connection_fk', onDelete: 'CASCADE' }) @Column('uuid', { name: 'connection_id' }) connectionId!: string;
  @Column('text', { array: true }) parts!: CataloguePart[];
  /** Regions that were asked for; empty means all that the connection may use. */
  @Column('text', { array: true }) regions!: string[];
  @Column('text') state!: 'running' | 'ended';
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

/** What a sync has done in one region, so that it goes on after a crash instead of beginning again. */
@Entity({ schema: 'connector', name: 'sync_region' })
export class SyncRegionRow {
  @ForeignKey(() => SyncRow, { name: 'sync_region_sync_fk', onDelete: 'CASCADE' }) @PrimaryColumn('uuid', { name: 'operation_id' }) operationId!: string;
  @PrimaryColumn('text') region!: string;
  @Column('text') state!: 'pending' | 'done' | 'failed';
  @Column('integer', { default: 0 }) attempts!: number;
  @Column('jsonb', { nullable: true }) counts!: Partial<Record<CataloguePart, number>> | null;
  @Column('jsonb', { nullable: true }) error!: CloudErrorNote | null;
}

/** All entities of this domain. */
export const connectorEntities = [ConnectionRow, RegionRow, SpecRow, PriceRow, PriceChangeRow, ImageRow, SyncRow, SyncRegionRow, BudgetRow, BudgetServerRow, BudgetUseRow, BudgetWaitingRow, ...driverEntities, DriverReportRow];
