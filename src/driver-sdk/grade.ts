import type { Capability } from './driver.js';

/** What a driver was proven against, the strongest first: the provider's own service, somebody else's copy of it, its protocol onto our cloud in a box, the box's plain protocol. */
export const PROOFS = ['real-service', 'independent-emulator', 'contract-wire', 'simulator'] as const;
/** One of {@link PROOFS}. */
export type Proof = (typeof PROOFS)[number];

/** What became of one check of the conformance kit. */
export interface ReportedCheck {
  /** e.g. `vm.stop-again`. */
  id: string;
  /** A capability, or `manifest`, `session`, `answers`, `errors`, `faults`, `kit`. */
  capability: string;
  /** What a right driver does. */
  sentence: string;
  outcome: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped. */
  why?: string;
  /** True where it was skipped because something that it needs failed in another check. */
  undecided?: true;
  /** True where it was skipped because it says nothing of this driver: it needs what is not declared, or what the cloud lacks by `traits.lacks`. */
  moot?: true;
}

/** How many checks ended how. */
export interface CheckCounts { passed: number; failed: number; skipped: number }

/** One whole run of the conformance kit on one driver, as `mcmp-driver test` writes it. */
export interface ConformanceReport {
  format: 1;
  /** Name of the driver. */
  driver: string;
  version: string;
  /** Of the files that were run: the same as that of the bundle or folder. */
  contentHash: string;
  /** Major version of the SDK whose kit ran. */
  sdk: 1;
  proof: Proof;
  /** What stood at the other end, with its version, e.g. `moto 5.2.5`. */
  against: string;
  /** ISO 8601 time at which the run ended. */
  at: string;
  counts: CheckCounts;
  checks: ReportedCheck[];
}

/** What one report says of one capability. The counts leave out what says nothing of this driver. */
export interface CapabilityProof extends CheckCounts {
  proof: Proof;
  against: string;
  at: string;
  /** Whether all checks that could run there passed, and these are at least half of the capability's checks; nothing stayed undecided. */
  proven: boolean;
  /** Whether something passed and nothing failed, and it is not proven all the same. */
  partly: boolean;
}

/** How far one capability is proven. */
export interface CapabilityGrade {
  capability: Capability;
  /** The strongest proof that holds; `unproven` where there is none. */
  best: Proof | 'unproven';
  /** The strongest proof by which it is partly proven, where that is stronger than `best`. */
  partly?: Proof;
  /** By strength, one for each proof by whose report something passed or failed. */
  proofs: CapabilityProof[];
}

/**
 * How far a driver is proven.
 *
 * | letter | nothing failed, and |
 * |---|---|
 * | A | every capability is proven, four of five by a real service or an independent emulator |
 * | B | every capability is proven, four of five by more than the simulator |
 * | C | at least half of the capabilities are proven |
 * | D | otherwise, also wherever a check failed |
 */
export type GradeLetter = 'A' | 'B' | 'C' | 'D';

/** A grade; `letter` is absent where there is no report. */
export interface Grade {
  letter?: GradeLetter;
  /** Of all checks of the reports that count. */
  counts: CheckCounts;
  capabilities: CapabilityGrade[];
}

/** The latest report of each proof; earlier ones of the same proof do not count any more. */
export function latestOf<R extends Pick<ConformanceReport, 'proof' | 'at'>>(reports: readonly R[]): R[] {
  return PROOFS.flatMap((proof) => {
    const [latest] = reports.filter((report) => report.proof === proof).sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
    return latest ? [latest] : [];
  });
}

/** Counts outcomes. */
export function countsOf(checks: readonly Pick<ReportedCheck, 'outcome'>[]): CheckCounts {
  const count = (outcome: ReportedCheck['outcome']): number => checks.filter((check) => check.outcome === outcome).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** Grades a driver by the reports of its content, for each capability that its manifest declares. */
export function gradeOf(capabilities: readonly Capability[], reports: readonly ConformanceReport[]): Grade {
  const counted = latestOf(reports);
  const grades = capabilities.map((capability): CapabilityGrade => {
    const proofs = counted.map((report) => proofBy(report, capability)).filter(({ passed, failed }) => passed + failed > 0);
    const strongest = proofs.find(({ proven, partly }) => proven || partly);
    return { capability, best: proofs.find(({ proven }) => proven)?.proof ?? 'unproven', ...(strongest?.partly && { partly: strongest.proof }), proofs };
  });
  const counts = countsOf(counted.flatMap(({ checks }) => checks));
  return { ...(counted.length > 0 && { letter: letterOf(grades, counts) }), counts, capabilities: grades };
}

function proofBy({ proof, against, at, checks }: ConformanceReport, capability: Capability): CapabilityProof {
  const own = checks.filter((check) => check.capability === capability && check.moot !== true);
  const counts = countsOf(own), sound = counts.passed > 0 && counts.failed === 0;
  const proven = sound && counts.passed >= counts.skipped && own.every(({ undecided }) => undecided !== true);
  return { proof, against, at, ...counts, proven, partly: sound && !proven };
}

function letterOf(grades: readonly CapabilityGrade[], { failed }: CheckCounts): GradeLetter {
  const share = (...proofs: string[]): number => grades.filter(({ best }) => proofs.includes(best)).length / Math.max(1, grades.length);
  const proven = share(...PROOFS);
  if (failed > 0 || proven < 0.5) return 'D';
  if (proven === 1 && share('real-service', 'independent-emulator') >= 0.8) return 'A';
  return proven === 1 && share('real-service', 'independent-emulator', 'contract-wire') >= 0.8 ? 'B' : 'C';
}
