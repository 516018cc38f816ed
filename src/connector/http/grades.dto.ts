import { PROOFS } from '@mcmp/driver-sdk';
import { z } from 'zod';
import { pageOf } from '../../kernel/page.js';
import { REPORT_ORIGINS } from '../grades/grades.entities.js';

const Time = z.iso.datetime();
const Proof = z.enum(PROOFS).meta({ description: 'What stood at the other end, the strongest first' });
const Origin = z.enum(REPORT_ORIGINS).meta({ description: '`run-here`: an administrator here ran the kit; `claimed`: the author of the driver says so' });
const Count = z.int().min(0).max(100_000);
const Counts = z.object({ passed: Count, failed: Count, skipped: Count });
const text = (most: number) => z.string().min(1).max(most);

const Check = z.object({
  id: text(100).regex(/^[a-z-]+\.[a-z-]+$/, 'must be the id of a check, e.g. vm.stop-again'), capability: text(60), sentence: text(500), outcome: z.enum(['passed', 'failed', 'skipped']),
  why: text(5000).optional().meta({ description: 'Why it failed or was skipped' }), undecided: z.literal(true).optional().meta({ description: 'Skipped because something that it needs failed elsewhere' }),
  moot: z.literal(true).optional().meta({ description: 'Skipped because it says nothing of this driver: it needs what is not declared, or what the cloud lacks' }),
});
const Report = z.object({
  format: z.literal(1), driver: text(100), version: text(100), contentHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits').meta({ description: 'SHA-256 over the paths and contents of the files that were run' }),
  sdk: z.literal(1), proof: Proof, against: text(200).meta({ description: 'With its version', example: 'moto 5.2.5' }),
  at: Time.refine((at) => Date.parse(at) > Date.UTC(2020) && Date.parse(at) < Date.now() + 86_400_000, 'must be the time of the run, not in the future').meta({ description: 'When the run ended' }), counts: Counts, checks: z.array(Check).min(1).max(5000),
});

export const AddDriverReport = z.strictObject({
  report: Report.meta({ description: 'What `mcmp-driver test --out` wrote' }),
  origin: Origin.default('claimed'),
}).meta({ example: {
  origin: 'run-here',
  report: {
    format: 1, driver: 'aws', version: '1.1.0', contentHash: '0f'.repeat(32), sdk: 1, proof: 'independent-emulator', against: 'moto 5.2.5', at: '2026-01-15T09:00:00.000Z', counts: { passed: 1, failed: 0, skipped: 0 },
    checks: [{ id: 'vm.stop-again', capability: 'vm', sentence: 'stops a suspended VM again without complaint', outcome: 'passed' }],
  },
} });
export const DriverReport = z.object({
  id: z.uuid(), driver: z.string(), version: z.string(), contentHash: z.string(), proof: Proof, against: z.string(), origin: Origin, ranAt: Time, counts: Counts, addedBy: z.uuid(), addedAt: Time,
});
export const DriverReportPage = pageOf(DriverReport);
export const WholeDriverReport = DriverReport.extend({ checks: z.array(Check) });

export const GradeQuery = z.strictObject({ version: z.string().min(1).max(100).optional().meta({ description: 'Absent takes the version that serves', example: '1.1.0' }) });
export const DriverGrade = z.object({
  driver: z.string(), version: z.string(), hash: z.string(),
  letter: z.enum(['A', 'B', 'C', 'D']).nullable().meta({ description: 'A: nothing failed, every capability is proven, four of five by a real service or an independent emulator; B: the same by more than the simulator; C: nothing failed, at least half are proven; D: otherwise; null: there is no report' }),
  counts: Counts.meta({ description: 'Of all checks of the reports that count' }),
  reports: z.array(DriverReport).meta({ description: 'Those that count: for each proof the latest that was run here, else the latest that is claimed' }),
  capabilities: z.array(z.object({
    capability: z.string(), best: z.enum([...PROOFS, 'unproven']).meta({ description: 'The strongest proof by which every check that could run passed, at least half of them all, and none stayed undecided' }),
    partly: Proof.optional().meta({ description: 'The strongest proof by which it is partly proven, where that is stronger than `best`' }),
    proofs: z.array(z.object({ proof: Proof, against: z.string(), origin: Origin, at: Time, passed: Count, failed: Count, skipped: Count, proven: z.boolean().meta({ description: 'All checks that could run passed, at least half of them all' }), partly: z.boolean().meta({ description: 'Something passed, nothing failed, and it is not proven all the same: too few checks ran, or some stayed undecided' }) })),
  })),
});
