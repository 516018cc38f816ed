import type { Kind } from './attributes.js';
import { fraction, textHash } from './hash.js';
import type { Stretch } from './ledger.js';
import type { MetricQuery, Statistic, WorldMetric } from './metrics-shapes.js';
import type { Step } from './step.js';
import { WorldError } from './types.js';

/** How a metric moves: between `low` and `high` with the hours of the day where the thing is used, near `idle` where it is not. */
interface Shape { unit: string; low: number; high: number; idle: number; amount: boolean; clouds: Partial<Record<string, string>>; fallback: string }
const MIB = 1024 * 1024;
const bytes = (high: number, clouds: Shape['clouds'], fallback: string): Shape => ({ unit: 'bytes', low: high / 20, high, idle: high / 5_000, amount: true, clouds, fallback });
const OF_MACHINES: Record<string, Shape> = {
  'cpu-percent': {
    unit: 'percent', low: 8, high: 75, idle: 1, amount: false, fallback: 'cpu_util',
    clouds: { aws: 'CPUUtilization', azure: 'Percentage CPU', gcp: 'compute.googleapis.com/instance/cpu/utilization', alibaba: 'CPUUtilization', tencent: 'CPUUsage', ncp: 'avg_cpu_used_rto', openstack: 'cpu' },
  },
  'network-in-bytes': bytes(40 * MIB, { aws: 'NetworkIn', azure: 'Network In Total', gcp: 'compute.googleapis.com/instance/network/received_bytes_count', alibaba: 'InternetInRate', tencent: 'WanIntraffic' }, 'network.incoming.bytes'),
  'network-out-bytes': bytes(60 * MIB, { aws: 'NetworkOut', azure: 'Network Out Total', gcp: 'compute.googleapis.com/instance/network/sent_bytes_count', alibaba: 'InternetOutRate', tencent: 'WanOuttraffic' }, 'network.outgoing.bytes'),
  'disk-read-bytes': bytes(20 * MIB, { aws: 'EBSReadBytes', azure: 'Disk Read Bytes', gcp: 'compute.googleapis.com/instance/disk/read_bytes_count', alibaba: 'DiskReadBPS' }, 'disk.read.bytes'),
  'disk-write-bytes': bytes(30 * MIB, { aws: 'EBSWriteBytes', azure: 'Disk Write Bytes', gcp: 'compute.googleapis.com/instance/disk/write_bytes_count', alibaba: 'DiskWriteBPS' }, 'disk.write.bytes'),
};
const SHAPES: Partial<Record<Kind, Record<string, Shape>>> = {
  vm: OF_MACHINES, database: { 'cpu-percent': OF_MACHINES['cpu-percent'] as Shape },
  'load-balancer': { 'request-count': { unit: 'count', low: 20, high: 4_000, idle: 0, amount: true, clouds: { aws: 'RequestCount', azure: 'PacketCount' }, fallback: 'requests' } },
};

/** Basic monitoring of AWS gives a point in five minutes, the others one a minute. */
const periodOf = (cloud: string): number => (cloud === 'aws' ? 300 : 60);
const DAY_MS = 86_400_000;
/** Most points of one answer. */
const MOST_POINTS = 200_000;
/** So many values stand for a long period. */
const SAMPLES = 24;

/** Metrics that the cloud has for a kind. */
export const metricsOf = ({ call: { cloud } }: Step, kind: Kind): WorldMetric[] =>
  Object.entries(SHAPES[kind] ?? {}).map(([name, { unit, clouds, fallback }]) => ({ kind, name, unit, providerName: clouds[cloud] ?? fallback, periodSeconds: periodOf(cloud) }));

/** One thing in five is used by nobody. */
export const isIdle = (seed: number, id: string): boolean => fraction(textHash(`${seed} idle ${id}`), 0) < 0.2;

/** The value of a period that begins at a date: the day's curve at the thing's place, with its own height and peak, and some noise. */
function valueAt(seed: number, shape: Shape, key: string, longitude: number, idle: boolean, at: number): number {
  const own = textHash(`${seed} ${key}`);
  const noise = fraction(own, Math.floor(at / 60_000));
  if (idle) return shape.idle * (0.5 + noise);
  const localHour = ((at + (longitude / 360) * DAY_MS) % DAY_MS) / 3_600_000;
  const peak = 10 + fraction(own, -1) * 8;
  const day = (1 + Math.cos(((localHour - peak) / 24) * 2 * Math.PI)) / 2;
  const weekday = new Date(at).getUTCDay() % 6 === 0 ? 0.6 : 1;
  const height = 0.4 + fraction(own, -2) * 0.6;
  const value = (shape.low + (shape.high - shape.low) * day * height * weekday) * (0.85 + noise * 0.3);
  return shape.unit === 'percent' ? Math.min(100, value) : value;
}

/** Whether it was in use at a date; only then it has points. */
const ran = (stretches: readonly Stretch[], at: number, periodMs: number): boolean => stretches.some((stretch) => stretch.from < at + periodMs && (stretch.to ?? Infinity) > at);
/** The stretches in which a thing worked: a VM's disk costs also while it is stopped. */
const works = ({ kind, service }: Stretch): boolean => kind !== 'vm' || service === 'compute';

function combine(values: number[], statistic: Statistic, periods: number): number {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (statistic === 'minimum') return Math.min(...values);
  if (statistic === 'maximum') return Math.max(...values);
  return statistic === 'sum' ? (total / values.length) * periods : total / values.length;
}

/** Points of a metric, worked out from seed, thing and time. @throws WorldError INVALID_REQUEST. */
export function readMetric(step: Step, query: MetricQuery): { id: string; points: { at: number; value: number }[] }[] {
  const { engine, call, region } = step;
  const refuse = (field: string, message: string): never => {
    throw new WorldError('INVALID_REQUEST', message, { kind: query.kind, field });
  };
  const shape = SHAPES[query.kind]?.[query.name] ?? refuse('name', `there is no metric '${query.name}' of a ${query.kind}`);
  const base = periodOf(call.cloud), periodMs = query.periodSeconds * 1000;
  if (query.periodSeconds % base !== 0) refuse('periodSeconds', `the period is a multiple of ${base} seconds`);
  const first = Math.ceil(query.from / periodMs) * periodMs, end = Math.min(query.to, engine.date());
  if (((query.to - first) / periodMs) * query.ids.length > MOST_POINTS) refuse('to', `one answer has at most ${MOST_POINTS} points: ask for less time or a longer period`);
  const periods = query.periodSeconds / base;
  return query.ids.map((id) => {
    const stretches = engine.ledger.of(call, query.kind, id).filter(works);
    const idle = isIdle(engine.boxSeed, id), key = `${query.name} ${id}`;
    const points: { at: number; value: number }[] = [];
    for (let at = first; at < end && stretches.length > 0; at += periodMs) {
      const stride = Math.max(1, Math.floor(periods / SAMPLES));
      const values: number[] = [];
      for (let each = 0; each < periods; each += stride) {
        const begin = at + each * base * 1000;
        if (begin < end && ran(stretches, begin, base * 1000)) values.push(valueAt(engine.boxSeed, shape, key, region.longitude, idle, begin) * (shape.amount ? base / 60 : 1));
      }
      if (values.length > 0) points.push({ at, value: Number(combine(values, query.statistic, values.length * stride).toFixed(3)) });
    }
    return { id, points };
  });
}
