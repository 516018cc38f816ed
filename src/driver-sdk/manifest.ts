import type { Capability } from './driver.js';
import type { DriverFunction } from './function.js';
import type { Label } from './shapes.js';

/** One field of the form that makes a connection. */
export interface ManifestField {
  /** `[a-zA-Z][a-zA-Z0-9]*`, e.g. `accessKeyId`. */
  name: string;
  label: Label;
  help?: Label;
  /** Secret values are sealed at rest and never shown again. */
  secret: boolean;
  required: boolean;
  /** JavaScript regular expression for the whole value. */
  pattern?: string;
  /** Whether its value has several lines, as a PEM key or a JSON file has; `.` of a pattern fits no line break. */
  multiline?: boolean;
  /** Allowed values, where they are few. */
  values?: string[];
  default?: string;
}

/** A token bucket that the cloud publishes. */
export interface RateLimit {
  /** Methods such as `vm.create`, `vm.*`, `*.list`, `*`; the first entry that fits a call holds, and beside it the first one of those that count items. */
  methods: string[];
  scope: 'account' | 'region';
  /** What one token pays for: a call, or each thing that a call names (`names` of `vm.create`). Calls unless said. */
  cost?: 'calls' | 'items';
  /** Calls or items at once. */
  burst: number;
  /** Refill, may be a fraction. */
  perSecond: number;
}

/** `driver.json`: what a driver is, can, needs, and may be asked per second. */
export interface Manifest {
  /** `[a-z][a-z0-9-]{1,30}`, unique among installed drivers. */
  name: string;
  /** Semantic version. */
  version: string;
  /** Major version of this SDK. */
  sdk: 1;
  /** The cloud's word, e.g. `aws`; the simulator's driver serves many and says `simulator`. */
  cloud: string;
  title: Label;
  /** What it is for, in a sentence or two; shown where drivers are searched. */
  description?: Label;
  /** Words by which it is found beside its name, cloud, title and capabilities. */
  keywords?: string[];
  /** Path of the ESM entry, within the folder. */
  entry: string;
  capabilities: Capability[];
  credential: ManifestField[];
  options?: ManifestField[];
  /** Whether a connection may or must name a base URL. */
  endpoint: 'optional' | 'required' | 'none';
  limits: RateLimit[];
  /** Deadline of one call in milliseconds, by method; `*` is the default. */
  deadlinesMs?: Record<string, number>;
  /** The driver's own functions, where it has the capability `function`; names are unique. */
  functions?: DriverFunction[];
}
