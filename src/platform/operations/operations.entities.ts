import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { OperationError, OperationState } from './operation.js';

/** Long work as a person sees it. Kept for good: it says who had what done, and how it went. */
@Entity({ schema: 'platform', name: 'operation' })
@Index('operation_workspace', ['workspaceId', 'id'])
@Index('operation_project', ['projectId', 'id'])
@Index('operation_target', ['targetId', 'id'])
export class OperationRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') kind!: string;
  @Column('uuid', { name: 'workspace_id' }) workspaceId!: string;
  @Column('uuid', { name: 'project_id', nullable: true }) projectId!: string | null;
  @Column('text', { name: 'target_type' }) targetType!: string;
  @Column('text', { name: 'target_id' }) targetId!: string;
  @Column('text', { name: 'target_name' }) targetName!: string;
  @Column('text', { default: 'queued' }) state!: OperationState;
  @Column('integer', { default: 0 }) done!: number;
  @Column('integer', { default: 0 }) failed!: number;
  @Column('integer') total!: number;
  @Column('text', { nullable: true }) message!: string | null;
  @Column('jsonb', { nullable: true }) result!: Record<string, unknown> | null;
  @Column('jsonb', { default: [] }) errors!: OperationError[];
  @Column('uuid', { name: 'created_by' }) createdBy!: string;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' }) updatedAt!: Date;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt!: Date | null;
}
