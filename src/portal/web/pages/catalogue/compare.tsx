import { Anchor, Badge, Button, Card, Group, Loader, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useFormat } from '../../i18n/format';
import { Allowed } from '../../patterns/allowed';
import { ErrorNote } from '../../patterns/error';
import { Page } from '../../patterns/page';
import { PriceAge } from './price';
import { type Spec, findSpec, gib, pageOfSpec, perMonth, placeOfText, wizardWithSpec } from './spec';
import { useCatalogueWords } from './words';

interface Line { title: string; show(spec: Spec): ReactNode; /** What is compared; absent where nothing is better. */ rank?(spec: Spec): number | undefined; least?: boolean }

/** Two to four specs side by side; the best of each row is marked where all can be compared. */
export function ComparePage() {
  const t = useCatalogueWords();
  const format = useFormat();
  const [params] = useSearchParams();
  const places = params.getAll('spec').slice(0, 4).flatMap((text) => placeOfText(text) ?? []);
  const { data, error, refetch } = useQuery({ queryKey: ['specs', 'compare', places], queryFn: () => Promise.all(places.map((place) => findSpec(place))) });
  const specs = data?.filter((spec): spec is Spec => spec !== null) ?? [];
  const oneCurrency = new Set(specs.flatMap(({ price }) => (price ? [price.currency] : []))).size === 1;
  const money = (of: (spec: Spec) => number | undefined): Pick<Line, 'show' | 'rank' | 'least'> => ({
    show: (spec) => { const value = of(spec); return value === undefined || !spec.price ? <Text size="sm" c="dimmed">{t('price.none')}</Text> : format.money(value, spec.price.currency); },
    least: true, ...(oneCurrency && { rank: of }),
  });
  const lines: Line[] = [
    { title: t('column.cloud'), show: (spec) => `${spec.cloud} · ${spec.connection}` },
    { title: t('column.region'), show: (spec) => spec.region },
    { title: t('column.vcpu'), show: (spec) => format.number(spec.vcpu, 2), rank: (spec) => spec.vcpu },
    { title: t('column.memory'), show: (spec) => t('unit.gib', { value: format.number(gib(spec.memoryMiB), 1) }), rank: (spec) => spec.memoryMiB },
    { title: t('column.cpu'), show: (spec) => spec.architecture },
    { title: t('column.gpu'), show: (spec) => (spec.gpuCount > 0 ? t('gpu', { count: spec.gpuCount, model: spec.gpuModel ?? 'GPU' }) : '—'), rank: (spec) => spec.gpuCount },
    { title: t('column.disk'), show: (spec) => (spec.localDiskGiB ? t('unit.gib', { value: format.number(spec.localDiskGiB) }) : '—'), rank: (spec) => spec.localDiskGiB ?? 0 },
    { title: t('column.network'), show: (spec) => spec.networkPerformance ?? '—' },
    { title: t('column.price'), ...money((spec) => spec.price?.perHour) },
    { title: t('column.month'), ...money((spec) => (spec.price ? perMonth(spec.price.perHour) : undefined)) },
    { title: t('column.perVcpu'), ...money((spec) => (spec.price && spec.vcpu > 0 ? spec.price.perHour / spec.vcpu : undefined)) },
    { title: t('column.perGib'), ...money((spec) => (spec.price && spec.memoryMiB > 0 ? spec.price.perHour / gib(spec.memoryMiB) : undefined)) },
    { title: t('column.age'), show: (spec) => <PriceAge price={spec.price} /> },
    { title: t('column.source'), show: (spec) => spec.price?.source ?? '—' },
  ];
  return (
    <Page title={t('compare.title')} about={t('compare.about')} actions={<Button size="xs" variant="default" component={Link} to="/catalogue" leftSection={<ArrowLeft size={14} aria-hidden />}>{t('back')}</Button>}>
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!data && !error && <Group justify="center" py="xl"><Loader aria-label={t('compare.title')} /></Group>}
      {data && (
        <Card withBorder radius="lg">
          <Table.ScrollContainer minWidth={200 + 190 * data.length}>
            <Table verticalSpacing="xs" className="tabular">
              <Table.Thead>
                <Table.Tr>
                  <Table.Td w={180} />
                  {data.map((spec, index) => <Table.Th key={places[index]?.id} scope="col">{spec ? <Anchor component={Link} to={pageOfSpec(spec)} fw={700}>{spec.id}</Anchor> : <>{places[index]?.id} <Text size="xs" c="dimmed">{t('compare.gone')}</Text></>}</Table.Th>)}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {lines.map((line) => {
                  const best = bestOf(specs, line);
                  return (
                    <Table.Tr key={line.title}>
                      <Table.Th scope="row" fw={500}>{line.title}</Table.Th>
                      {data.map((spec, index) => <Table.Td key={places[index]?.id}>{spec ? <Group gap={6}>{line.show(spec)}{best.includes(spec) && <Badge size="xs" color="teal" variant="light" tt="none">{t('compare.best')}</Badge>}</Group> : '—'}</Table.Td>)}
                    </Table.Tr>
                  );
                })}
                <Table.Tr><Table.Td />{data.map((spec, index) => <Table.Td key={places[index]?.id}>{spec && <Allowed permission="mci:create"><Button size="xs" component={Link} to={wizardWithSpec(spec)}>{t('use')}</Button></Allowed>}</Table.Td>)}</Table.Tr>
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
          {!oneCurrency && specs.some(({ price }) => price) && <Text size="xs" c="dimmed" mt="xs">{t('differs')}</Text>}
        </Card>
      )}
    </Page>
  );
}

/** Those that are better than others in a line; none where all are alike. */
function bestOf(specs: readonly Spec[], { rank, least }: Line): Spec[] {
  if (!rank) return [];
  const ranked = specs.flatMap((spec) => { const value = rank(spec); return value === undefined ? [] : [{ spec, value }]; });
  const best = (least ? Math.min : Math.max)(...ranked.map(({ value }) => value));
  const those = ranked.filter(({ value }) => value === best).map(({ spec }) => spec);
  return those.length === ranked.length ? [] : those;
}
