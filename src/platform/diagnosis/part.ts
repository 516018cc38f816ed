export const HEALTH_STATES = ['ok', 'unknown', 'degraded', 'down'] as const;
/** How a part is; the later in the list, the worse. */
export type HealthState = (typeof HEALTH_STATES)[number];

/** One part of the platform, and how it is. */
export interface HealthPart {
  /** What it is: `server`, `database`, `work`, `driver`, `connection`. */
  kind: string;
  name: string;
  state: HealthState;
  /** One sentence: how it is, or what is broken and why. */
  detail: string;
  /** Since when it is so, where that is known; ISO 8601. */
  since: string | null;
  /** The smallest change that would help. */
  help: string | null;
  /** Figures of interest. */
  facts: Record<string, string | number | boolean | null>;
  /** The thing behind it, where it has a page. */
  target: { type: string; id: string; name: string } | null;
}

/** A part with what is left out as usual. */
export const part = (given: Pick<HealthPart, 'kind' | 'name' | 'state' | 'detail'> & Partial<HealthPart>): HealthPart => {
  const { kind, name, state, detail, since = null, help = null, facts = {}, target = null } = given;
  return { kind, name, state, detail, since, help, facts, target };
};

/** The worst state of many. */
export const worst = (states: readonly HealthState[]): HealthState => HEALTH_STATES[Math.max(0, ...states.map((state) => HEALTH_STATES.indexOf(state)))] ?? 'ok';
