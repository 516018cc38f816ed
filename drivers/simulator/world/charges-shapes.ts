import type { Tags } from '@mcmp/driver-sdk';

/** One row of a bill; FOCUS 1.2 by meaning. Dates in milliseconds. */
export interface WorldCharge {
  from: number; to: number; billedCost: number; effectiveCost: number; currency: string; category: 'usage' | 'tax' | 'credit' | 'adjustment'; service: string; region?: string; resourceId?: string; resourceName?: string; sku?: string;
  usageQuantity?: number; usageUnit?: string; tags: Tags; estimated: boolean;
}
export type Granularity = 'hour' | 'day' | 'month';
