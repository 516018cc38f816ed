import { Badge, Group, Progress, Text } from '@mantine/core';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { STATE_COLORS } from '../../patterns/state';
import { type Prices, sum } from './figures';
import { useMciWords } from './words';

/** Well first, what moves next, what went wrong last. */
const ORDER = ['running', 'creating', 'planned', 'resuming', 'rebooting', 'suspending', 'suspended', 'terminating', 'terminated', 'failed'];
const ordered = (counts: Record<string, number>): [string, number][] => Object.entries(counts).filter(([, count]) => count > 0).sort(([one], [other]) => ORDER.indexOf(one) - ORDER.indexOf(other));

/** VMs by state, as small words. */
export function Counts({ counts }: { counts: Record<string, number> }) {
  const t = useT();
  const format = useFormat();
  if (sum(counts) === 0) return <Text size="xs" c="dimmed">{t('unit.none')}</Text>;
  return <Group gap={4} wrap="nowrap">{ordered(counts).map(([state, count]) => <Badge key={state} variant="light" size="sm" color={STATE_COLORS[state] ?? 'gray'} tt="none" fw={600} data-count={state} style={{ flexShrink: 0, minWidth: 'max-content' }}>{format.number(count)} {t(`state.${state}` as 'state.running')}</Badge>)}</Group>;
}

/** VMs by state, as a bar. */
export function CountsBar({ counts, label }: { counts: Record<string, number>; label: string }) {
  const t = useT();
  const total = sum(counts);
  return (
    <Progress.Root size="md" radius="sm">
      {ordered(counts).map(([state, count]) => <Progress.Section key={state} value={(count / total) * 100} color={STATE_COLORS[state] ?? 'gray'} aria-label={`${label}: ${count} ${t(`state.${state}` as 'state.running')}`} />)}
    </Progress.Root>
  );
}

/** A price per hour and month, in each currency. */
export function Price({ prices, month = true }: { prices: Prices; month?: boolean }) {
  const say = useT();
  const t = useMciWords();
  const format = useFormat();
  if (prices.length === 0) return <Text span inherit c="dimmed">{t('price.none')}</Text>;
  return <Text span inherit className="tabular">{prices.map(({ currency, perHour }) => say('unit.perHour', { price: format.money(perHour, currency) }) + (month ? ` · ${say('unit.perMonth', { price: format.monthly(perHour * 730, currency) })}` : '')).join(' + ')}</Text>;
}
