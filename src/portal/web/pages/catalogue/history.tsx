import { Box, Card, Loader, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { catalogueSpecPrices } from '../../generated/sdk.gen';
import type { CatalogueSpecPricesResponse } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { ErrorNote } from '../../patterns/error';
import type { Purchase, Spec } from './spec';
import { useCatalogueWords } from './words';

type Change = CatalogueSpecPricesResponse['items'][number];
const [WIDTH, HEIGHT, PAD] = [560, 120, 6];

/** How the price of a spec has changed since it was first read: a line of steps, and each change. */
export function PriceHistory({ spec, purchase }: { spec: Spec; purchase: Purchase }) {
  const t = useCatalogueWords();
  const format = useFormat();
  const path = { connection: spec.connectionId, region: spec.region, spec: spec.id };
  const { data, error, refetch } = useQuery({ queryKey: ['specs', 'prices', path, purchase], queryFn: () => catalogueSpecPrices({ path, query: { purchase, pageSize: 100 } }) });
  const changes = data?.items ?? [];
  const text = ({ price }: Change) => (price ? format.money(price.perHour, price.currency) : t('history.gone'));
  return (
    <Card withBorder radius="lg">
      <Title order={2} size="h5">{t('history')} <Text span size="sm" c="dimmed" fw={400}>{t(`purchase.${purchase}`)}</Text></Title>
      <Text size="xs" c="dimmed" mb="sm">{t(data && changes.length <= 1 ? (changes.length === 0 ? 'history.none' : 'history.one') : 'history.about')}</Text>
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!data && !error && <Loader size="sm" aria-label={t('history')} />}
      {changes.length > 1 && <Steps changes={changes} label={t('history.chart')} />}
      {changes.length > 0 && (
        <Table verticalSpacing={4} fz="sm" className="tabular">
          <Table.Thead><Table.Tr><Table.Th>{t('column.read')}</Table.Th><Table.Th ta="end">{t('column.price')}</Table.Th><Table.Th ta="end">{t('column.change')}</Table.Th><Table.Th>{t('column.source')}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {changes.map((change, index) => (
              <Table.Tr key={change.seenAt}>
                <Table.Td>{format.time(change.seenAt)}</Table.Td>
                <Table.Td ta="end" fw={600}>{text(change)}</Table.Td>
                <Table.Td ta="end"><Difference from={changes[index + 1]} to={change} /></Table.Td>
                <Table.Td c="dimmed">{change.price ? `${change.price.source}${change.price.simulated ? ` · ${t('price.simulated')}` : ''}` : '—'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  );
}

function Difference({ from, to }: { from: Change | undefined; to: Change }) {
  const t = useCatalogueWords();
  const format = useFormat();
  if (!from?.price || !to.price || from.price.currency !== to.price.currency) return null;
  const percent = (100 * (to.price.perHour - from.price.perHour)) / from.price.perHour;
  return <Text span size="sm" c={`var(--mantine-color-${percent > 0 ? 'red' : 'teal'}-light-color)`}>{t('history.change', { percent: `${percent > 0 ? '+' : ''}${format.number(percent, 1)}` })}</Text>;
}

/** A price holds until the next one: a line of steps up to now. */
function Steps({ changes, label }: { changes: readonly Change[]; label: string }) {
  const known = [...changes].reverse().flatMap(({ seenAt, price }) => (price ? [{ at: Date.parse(seenAt), value: price.perHour }] : []));
  const [first] = known;
  if (!first || known.length < 2) return null;
  const span = Math.max(1, Date.now() - first.at);
  const values = known.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (at: number): number => PAD + ((at - first.at) / span) * (WIDTH - 2 * PAD);
  const y = (value: number): number => (high === low ? HEIGHT / 2 : HEIGHT - PAD - ((value - low) / (high - low)) * (HEIGHT - 2 * PAD));
  const path = known.map(({ at, value }, index) => (index === 0 ? `M${x(at)},${y(value)}` : `H${x(at)}V${y(value)}`)).join('');
  return (
    <Box mb="sm">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width="100%" role="img" aria-label={label} style={{ maxHeight: 160 }}>
        <path d={`${path}H${WIDTH - PAD}`} fill="none" stroke="var(--mantine-primary-color-filled)" strokeWidth={2} vectorEffect="non-scaling-stroke" />
        {known.map(({ at, value }) => <circle key={at} cx={x(at)} cy={y(value)} r={3} fill="var(--mantine-primary-color-filled)" />)}
      </svg>
    </Box>
  );
}
