import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A server that runs work, by its stable name; the row is renewed each second and gone when the server stops. */
@Entity({ schema: 'platform', name: 'server' })
export class ServerRow {
  @PrimaryColumn('text') name!: string;
  /** `name/uuid`, new each time the server joins: what it holds is held under this. */
  @Column('text') owner!: string;
  @Column('timestamptz', { name: 'started_at', default: () => 'now()' }) startedAt!: Date;
  /** Last heartbeat by the database's clock. */
  @Column('timestamptz', { name: 'seen_at', default: () => 'now()' }) seenAt!: Date;
  /** What it last said of itself. */
  @Column('jsonb', { default: {} }) facts!: Record<string, unknown>;
}

/** A lane in which something runs now; one row per lane is what keeps two servers out of it. */
@Entity({ schema: 'platform', name: 'work_lock' })
export class WorkLockRow {
  @PrimaryColumn('text') lane!: string;
  @Column('text') owner!: string;
  /** Job keys (`task:key`) that found the lane taken; they run when it is let go. */
  @Column('text', { array: true, default: '{}' }) waiting!: string[];
}
