import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One bucket of API calls, shared by all servers; `control.ts` says what the columns mean. Only the function `connector.budget_exchange` writes it. */
@Entity({ schema: 'connector', name: 'budget' })
export class BudgetRow {
  @PrimaryColumn('text') account!: string;
  /** Empty for classes that count by account alone. */
  @PrimaryColumn('text') region!: string;
  @PrimaryColumn('text', { name: 'api_class' }) apiClass!: string;
  @Column('double precision', { nullable: true }) published!: number | null;
  @Column('double precision') burst!: number;
  @Column('double precision') tokens!: number;
  @Column('timestamptz', { name: 'refilled_at' }) refilledAt!: Date;
  @Column('timestamptz', { name: 'paused_until' }) pausedUntil!: Date;
  @Column('double precision', { name: 'pause_ms' }) pauseMs!: number;
  @Column('double precision', { nullable: true }) ceiling!: number | null;
  @Column('timestamptz', { name: 'lowered_at' }) loweredAt!: Date;
  @Column('double precision') plateau!: number;
  @Column('double precision') grown!: number;
  @Column('double precision') given!: number;
  @Column('boolean') filled!: boolean;
  @Column('integer') era!: number;
}

/** A server that used a bucket lately. */
@Entity({ schema: 'connector', name: 'budget_server' })
export class BudgetServerRow {
  @PrimaryColumn('text') name!: string;
  @Column('timestamptz', { name: 'seen_at' }) seenAt!: Date;
}

/** Calls of ten seconds that have all of this in common; kept for two hours. */
@Entity({ schema: 'connector', name: 'budget_use' })
export class BudgetUseRow {
  @PrimaryColumn('text') account!: string;
  @PrimaryColumn('text') region!: string;
  @PrimaryColumn('text', { name: 'api_class' }) apiClass!: string;
  @Index('budget_use_slot') @PrimaryColumn('timestamptz') slot!: Date;
  @PrimaryColumn('text') server!: string;
  /** Empty where nobody's workspace asked. */
  @PrimaryColumn('text', { name: 'workspace_id' }) workspaceId!: string;
  @PrimaryColumn('text') purpose!: string;
  @Column('integer') calls!: number;
  @Column('integer') throttled!: number;
}

/** How many wait for a bucket on one server, by priority. */
@Entity({ schema: 'connector', name: 'budget_waiting' })
export class BudgetWaitingRow {
  @PrimaryColumn('text') account!: string;
  @PrimaryColumn('text') region!: string;
  @PrimaryColumn('text', { name: 'api_class' }) apiClass!: string;
  @PrimaryColumn('text') server!: string;
  @Column('integer', { array: true }) waiting!: number[];
  @Column('timestamptz', { name: 'seen_at' }) seenAt!: Date;
}
