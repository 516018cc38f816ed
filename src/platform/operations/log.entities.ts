import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A line of a server's log that was written for an operation; kept for 14 days. */
@Entity({ schema: 'platform', name: 'operation_log' })
@Index('operation_log_operation', ['operationId', 'id'])
@Index('operation_log_age', ['at'])
export class OperationLogRow {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' }) id!: string;
  @Column('uuid', { name: 'operation_id' }) operationId!: string;
  @Column('timestamptz') at!: Date;
  @Column('text') level!: string;
  /** Name of the server that wrote it. */
  @Column('text') server!: string;
  @Column('text') message!: string;
  /** What the line carries beside, redacted as in the log. */
  @Column('jsonb', { default: {} }) fields!: Record<string, unknown>;
}
