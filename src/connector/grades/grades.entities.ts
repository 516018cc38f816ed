import type { CheckCounts, Proof, ReportedCheck } from '@mcmp/driver-sdk';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** `run-here`: the administrator who brought it ran the kit; `claimed`: the driver's author says so. */
export const REPORT_ORIGINS = ['run-here', 'claimed'] as const;
export type ReportOrigin = (typeof REPORT_ORIGINS)[number];

/** A whole run of the conformance kit on one content of a driver. */
@Entity({ schema: 'connector', name: 'driver_report' })
@Index('driver_report_run', ['contentHash', 'proof', 'against', 'ranAt'], { unique: true })
@Index('driver_report_driver', ['driver', 'id'])
export class DriverReportRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') driver!: string;
  @Column('text') version!: string;
  /** Of the files that were run. */
  @Column('text', { name: 'content_hash' }) contentHash!: string;
  @Column('text') proof!: Proof;
  /** What stood at the other end, e.g. `moto 5.2.5`. */
  @Column('text') against!: string;
  @Column('text') origin!: ReportOrigin;
  @Column('timestamptz', { name: 'ran_at' }) ranAt!: Date;
  @Column('jsonb') counts!: CheckCounts;
  @Column('jsonb') checks!: ReportedCheck[];
  @Column('uuid', { name: 'added_by' }) addedBy!: string;
  @Column('timestamptz', { name: 'added_at', default: () => 'now()' }) addedAt!: Date;
}
