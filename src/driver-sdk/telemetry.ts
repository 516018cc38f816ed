import type { ResourceKind } from './kinds.js';
import type { InRegion, Page, PageRequest } from './shapes.js';

/** What the cloud itself measures of a kind. Names that every cloud shares: `cpu-percent`, `network-in-bytes`, `network-out-bytes`, `disk-read-bytes`, `disk-write-bytes`; others are the provider's. */
export interface Metric {
  kind: ResourceKind;
  /** e.g. `cpu-percent`. */
  name: string;
  /** e.g. `percent`, `bytes`, `count`. */
  unit: string;
  /** Least time between two points. */
  periodSeconds: number;
  /** The provider's own name. */
  providerName: string;
}
/** One value; `at` is the beginning of its period, ISO 8601. */
export interface MetricPoint { at: string; value: number }
/** Asks for values of one metric of some things of one kind. */
export interface ReadMetric extends InRegion {
  kind: ResourceKind;
  ids: string[];
  name: string;
  /** ISO 8601; inclusive. */
  from: string;
  /** ISO 8601; exclusive. */
  to: string;
  /** A multiple of the metric's own. */
  periodSeconds: number;
  statistic: 'average' | 'sum' | 'minimum' | 'maximum';
}
/** Capability `metric`. */
export interface MetricHandlers {
  /** Metrics that the cloud has for a kind. */
  list(request: InRegion & PageRequest & { kind: ResourceKind }, signal: AbortSignal): Promise<Page<Metric>>;
  /** Points in order of time; an id without any has an empty list. */
  read(request: ReadMetric, signal: AbortSignal): Promise<{ items: { id: string; points: MetricPoint[] }[] }>;
}

/** Something that happened to a resource, as the cloud keeps it. */
export interface CloudEvent {
  id: string;
  region: string;
  /** ISO 8601. */
  at: string;
  /** The provider's word, e.g. `RunInstances`. */
  type: string;
  kind?: ResourceKind;
  resourceId?: string;
  /** Who did it, where known. */
  actor?: string;
  message?: string;
  /** Whether it was refused or failed. */
  failed: boolean;
}
/** Capability `event`. */
export interface EventHandlers {
  /** Newest first. */
  list(request: InRegion & PageRequest & { from: string; to: string; resourceId?: string }, signal: AbortSignal): Promise<Page<CloudEvent>>;
}

/** One row of cost; names and meanings are those of FOCUS 1.2 columns. */
export interface Charge {
  /** ISO 8601; ChargePeriodStart, inclusive. */
  from: string;
  /** ISO 8601; ChargePeriodEnd, exclusive. */
  to: string;
  /** BilledCost, as a decimal number in `currency`; credits are negative. */
  billedCost: number;
  /** EffectiveCost: with prepaid parts spread over their term. */
  effectiveCost?: number;
  /** ISO 4217. */
  currency: string;
  /** ChargeCategory. */
  category: 'usage' | 'purchase' | 'tax' | 'credit' | 'adjustment';
  /** ServiceName in the provider's words. */
  service: string;
  region?: string;
  resourceId?: string;
  resourceName?: string;
  /** SkuId or usage type. */
  sku?: string;
  usageQuantity?: number;
  usageUnit?: string;
  tags: Record<string, string>;
  /** True while the provider may still change it. */
  estimated: boolean;
}
/** Capability `charge`. */
export interface ChargeHandlers {
  /** Rows whose period begins within [from, to), in an order that does not change between pages. */
  list(request: InRegion & PageRequest & { from: string; to: string; granularity: 'hour' | 'day' | 'month' }, signal: AbortSignal): Promise<Page<Charge>>;
}
