import { Facts } from '../../patterns/facts';
import { useFormat } from '../../i18n/format';
import { Ago, Elapsed } from '../../patterns/time';
import type { Part } from './types';
import { usePlatformWords } from './words';

type Word = Parameters<ReturnType<typeof usePlatformWords>>[0];
/** Figures that have a word; what is newer than this page is shown under its own name. */
const KNOWN = ['version', 'node', 'host', 'pid', 'memoryMiB', 'cpuPercent', 'longestPauseMs', 'sizeMiB', 'connections', 'connectionsMost', 'answerMs', 'running', 'due', 'failing', 'oldestDueSeconds', 'operationsUnderWay', 'serversAtWork', 'processes', 'calls', 'errors', 'crashes', 'callsUnderWay', 'cloud', 'driver', 'verifiedAt', 'syncedAt', 'syncing', 'regions', 'regionsUnread', 'regionsFailing'];

/** The figures of a part, with their units. */
export function PartFacts({ part }: { part: Part }) {
  const t = usePlatformWords();
  const format = useFormat();
  const show = (key: string, value: Part['facts'][string]) => {
    if (value === null) return key.endsWith('At') ? t('never') : null;
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
    if (key.endsWith('At')) return <Ago at={String(value)} />;
    if (typeof value === 'string') return value;
    if (key === 'pid') return String(value);
    if (key.endsWith('MiB')) return format.unit(value, 'megabyte');
    if (key.endsWith('Percent')) return format.unit(value, 'percent');
    if (key.endsWith('Ms')) return format.unit(value, 'millisecond');
    if (key.endsWith('Seconds')) return format.duration(value);
    return format.number(value);
  };
  const facts = Object.entries(part.facts).map(([key, value]) => [KNOWN.includes(key) ? t(`fact.${key}` as Word) : key, show(key, value)] as const);
  return <Facts cols={{ base: 2, sm: 4, lg: 8 }} facts={[...(part.kind === 'server' && part.since && part.state !== 'down' ? [[t('fact.uptime'), <Elapsed key="up" from={part.since} />] as const] : []), ...facts]} />;
}
