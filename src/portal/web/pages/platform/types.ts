import type { DiagnosisHealthResponse } from '../../generated/types.gen';

export type Part = DiagnosisHealthResponse['parts'][number];
export type HealthState = Part['state'];

export const COLORS: Record<HealthState, string> = { ok: 'teal', unknown: 'gray', degraded: 'orange', down: 'red' };
/** The worst first. */
export const WORST = ['down', 'degraded', 'unknown', 'ok'] as const;

/** The page of the thing behind a part. */
export const pageOfPart = ({ target }: Part): string | undefined => (target?.type === 'connection' ? `/connections/${encodeURIComponent(target.id)}` : target?.type === 'driver' ? `/drivers/${encodeURIComponent(target.name)}` : undefined);
