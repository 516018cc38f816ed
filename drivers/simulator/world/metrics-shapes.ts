import type { Kind } from './attributes.js';

/** A metric of a kind. */
export interface WorldMetric { kind: Kind; name: string; unit: string; providerName: string; periodSeconds: number }
export type Statistic = 'average' | 'sum' | 'minimum' | 'maximum';
export interface MetricQuery { kind: Kind; ids: string[]; name: string; from: number; to: number; periodSeconds: number; statistic: Statistic }
