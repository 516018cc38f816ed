import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** One piece of news; kept for 7 days. `tx` is the transaction that published it: readers go by (tx, id), so that a late commit is not passed over. */
@Entity({ schema: 'platform', name: 'event' })
@Index('event_order', ['tx', 'id'])
@Index('event_project', ['projectId', 'tx', 'id'])
@Index('event_subject', ['subjectId', 'tx', 'id'])
@Index('event_age', ['createdAt'])
export class EventRow {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'BY DEFAULT' }) id!: string;
  @Column('bigint', { default: () => '(pg_current_xact_id()::text)::bigint' }) tx!: string;
  @Column('uuid', { name: 'workspace_id' }) workspaceId!: string;
  @Column('uuid', { name: 'project_id', nullable: true }) projectId!: string | null;
  @Column('text') type!: string;
  @Column('text', { name: 'subject_type' }) subjectType!: string;
  @Column('text', { name: 'subject_id' }) subjectId!: string;
  @Column('text', { name: 'subject_name', nullable: true }) subjectName!: string | null;
  @Column('jsonb') data!: Record<string, unknown>;
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}
