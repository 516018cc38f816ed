import type { Manifest } from '@mcmp/driver-sdk';
import type { Database } from '../../platform/index.js';
import { classNameOf } from './budget.js';
import { fullOf, keptOf, rateOf } from './control.js';
import { PRIORITIES, type Priority } from './queue.js';

/** Calls of a span of time, by who had them made. */
export interface Used {
  calls: number;
  /** Calls that the cloud refused because they were too many. */
  throttled: number;
  byPurpose: Record<Priority, number>;
  byWorkspace: { workspaceId: string; calls: number }[];
  byServer: { server: string; calls: number }[];
}

/** One bucket as it stands now. */
export interface BucketReport {
  region: string | null;
  apiClass: string;
  methods: string[];
  counts: 'calls' | 'items';
  source: 'manifest' | 'learned' | 'none';
  limit: { perSecond: number; burst: number } | null;
  rate: number | null;
  share: number | null;
  tokens: number | null;
  keptForPersons: number;
  pausedUntil: string | null;
  waiting: Record<Priority, number>;
  lastMinute: Used;
  lastHour: Used;
}

interface BucketRead { region: string; api_class: string; published: number | null; burst: number; tokens: number; ceiling: number | null; plateau: number; grown: number; idle_s: number; paused_until: Date; paused: boolean }
interface UseRead { region: string; api_class: string; server: string; workspace_id: string; purpose: Priority; calls: number; throttled: number; minute_calls: number; minute_throttled: number }
interface WaitingRead { region: string; api_class: string; waiting: number[] }

const byPriority = (value: (index: number) => number): Record<Priority, number> => Object.fromEntries(PRIORITIES.map((priority, index) => [priority, value(index)])) as Record<Priority, number>;

/** Every bucket of a cloud account that was used within the last hour or holds something to know, by class and region. */
export async function budgetReport(database: Database, account: string, manifest: Pick<Manifest, 'limits'> | undefined): Promise<{ servers: string[]; buckets: BucketReport[] }> {
  const query = <T>(sql: string, values: unknown[] = [account]): Promise<T[]> => database.dataSource.query<T[]>(sql, values);
  const [rows, uses, waiting, servers] = await Promise.all([
    query<BucketRead>(`SELECT region, api_class, published, burst, tokens, ceiling, plateau, grown, paused_until, paused_until > clock_timestamp() AS paused,
        greatest(0, extract(epoch FROM clock_timestamp() - greatest(refilled_at, least(clock_timestamp(), paused_until))))::double precision AS idle_s FROM connector.budget WHERE account = $1`),
    query<UseRead>(`SELECT region, api_class, server, workspace_id, purpose, sum(calls)::integer AS calls, sum(throttled)::integer AS throttled,
        coalesce(sum(calls) FILTER (WHERE slot > clock_timestamp() - interval '60 seconds'), 0)::integer AS minute_calls, coalesce(sum(throttled) FILTER (WHERE slot > clock_timestamp() - interval '60 seconds'), 0)::integer AS minute_throttled
      FROM connector.budget_use WHERE account = $1 AND slot > clock_timestamp() - interval '1 hour' GROUP BY region, api_class, server, workspace_id, purpose`),
    query<WaitingRead>(`SELECT region, api_class, waiting FROM connector.budget_waiting WHERE account = $1 AND seen_at > clock_timestamp() - interval '15 seconds'`),
    query<{ name: string }>(`SELECT name FROM connector.budget_server WHERE seen_at > clock_timestamp() - interval '15 seconds' ORDER BY name`, []),
  ]);
  const keys = new Map([...rows, ...uses].map(({ region, api_class: apiClass }) => [`${apiClass}\n${region}`, { region, apiClass }]));
  const buckets = [...keys].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, { region, apiClass }]): BucketReport => {
    const isHere = (row: { region: string; api_class: string }): boolean => row.region === region && row.api_class === apiClass;
    const here = uses.filter(isHere);
    const lines = waiting.filter(isHere);
    const limit = manifest?.limits.find((one) => classNameOf(one) === apiClass);
    return {
      region: region || null, apiClass, methods: limit?.methods ?? apiClass.replace(/ \(items\)$/, '').split(' '), counts: limit?.cost ?? (apiClass.endsWith(' (items)') ? 'items' : 'calls'),
      ...standing(rows.find(isHere)), waiting: byPriority((index) => lines.reduce((sum, line) => sum + (line.waiting[index] ?? 0), 0)),
      lastMinute: used(here.map((use) => ({ ...use, calls: use.minute_calls, throttled: use.minute_throttled }))), lastHour: used(here),
    };
  });
  return { servers: servers.map(({ name }) => name), buckets };
}

function standing(row: BucketRead | undefined): Pick<BucketReport, 'source' | 'limit' | 'rate' | 'share' | 'tokens' | 'keptForPersons' | 'pausedUntil'> {
  if (!row) return { source: 'none', limit: null, rate: null, share: null, tokens: null, keptForPersons: 0, pausedUntil: null };
  const rate = rateOf(row);
  const full = fullOf(row.burst, rate);
  return {
    source: row.published !== null ? 'manifest' : row.ceiling === null ? 'none' : 'learned', limit: row.published === null ? null : { perSecond: row.published, burst: row.burst },
    rate, share: row.published === null ? null : rate / row.published, tokens: Math.min(full, row.tokens + row.idle_s * rate), keptForPersons: keptOf(full), pausedUntil: row.paused ? row.paused_until.toISOString() : null,
  };
}

function used(uses: UseRead[]): Used {
  const sums = <K extends string>(keyOf: (use: UseRead) => K): [K, number][] => {
    const found = new Map<K, number>();
    for (const use of uses) if (use.calls > 0) found.set(keyOf(use), (found.get(keyOf(use)) ?? 0) + use.calls);
    return [...found].sort(([one], [other]) => (one < other ? -1 : 1));
  };
  const total = (what: 'calls' | 'throttled'): number => uses.reduce((sum, use) => sum + use[what], 0);
  const purposes = new Map(sums(({ purpose }) => purpose));
  return {
    calls: total('calls'), throttled: total('throttled'), byPurpose: byPriority((index) => purposes.get(PRIORITIES[index] as Priority) ?? 0),
    byWorkspace: sums((use) => use.workspace_id).map(([workspaceId, calls]) => ({ workspaceId, calls })), byServer: sums((use) => use.server).map(([server, calls]) => ({ server, calls })),
  };
}
