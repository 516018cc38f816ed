import { Anchor, Button, Group, NumberInput, SegmentedControl, Select, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Scale, Search } from 'lucide-react';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { catalogueSpecs } from '../../generated/sdk.gen';
import type { CatalogueSpecsData } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { Allowed } from '../../patterns/allowed';
import { AsCode, shellWord } from '../../patterns/as-code';
import { type Column, List } from '../../patterns/list';
import { NothingOffered } from './empty';
import { only, useFilters, usePlaces } from './filters';
import { PriceAge } from './price';
import { type Purchase, type Spec, gib, pageOfSpec, perMonth, placeText, rowIdOf, wizardWithSpec } from './spec';
import { useCatalogueWords } from './words';

type Query = NonNullable<CatalogueSpecsData['query']>;
type Sort = NonNullable<Query['sort']>;
/** Orders of the server by column: the first click, and the second where there is another. */
const ORDERS: Record<string, [Sort, Sort?]> = { spec: ['name'], vcpu: ['vcpu', '-vcpu'], memory: ['memory', '-memory'], price: ['price'] };
/** The same by its flag of the command line. */
const FLAGS: Record<string, string> = { vcpuMin: 'vcpu-min', vcpuMax: 'vcpu-max', memoryMiBMin: 'memory-mib-min', memoryMiBMax: 'memory-mib-max', gpuCountMin: 'gpu-count-min', gpuCountMax: 'gpu-count-max', priceMax: 'price-max' };

function queryOf(asked: URLSearchParams): Query {
  const sizes = { memoryMiBMin: asked.get('memory'), memoryMiBMax: asked.get('memoryMax') };
  return {
    ...(only(asked, ['q', 'cloud', 'region', 'connection', 'vcpuMin', 'vcpuMax', 'architecture', 'priceMax', 'purchase', 'sort']) as Query),
    ...Object.fromEntries(Object.entries(sizes).flatMap(([key, value]) => (value ? [[key, Number(value) * 1024]] : []))),
    ...(asked.get('gpu') === 'with' && { gpuCountMin: 1 }), ...(asked.get('gpu') === 'without' && { gpuCountMax: 0 }), ...(asked.get('priceMax') && { currency: 'USD' }),
  };
}

/** VM sizes of all clouds: found, put in order and read page by page by the server. */
export function Specs() {
  const t = useCatalogueWords();
  const format = useFormat();
  const { params, set, asked } = useFilters();
  const places = usePlaces();
  const query = useMemo(() => queryOf(asked), [asked]);
  const list = useInfiniteQuery({
    queryKey: ['specs', query], queryFn: ({ pageParam }) => catalogueSpecs({ query: { ...query, pageSize: 100, ...(pageParam && { pageToken: pageParam }) } }),
    placeholderData: keepPreviousData, initialPageParam: '', getNextPageParam: ({ nextPageToken }) => nextPageToken,
  });
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const sort = (query.sort ?? 'price') as Sort;
  const by = Object.keys(ORDERS).find((column) => ORDERS[column]?.includes(sort)) ?? 'price';
  const columns = useMemo<Column<Spec>[]>(() => [
    { id: 'spec', title: t('column.spec'), width: 170, value: (row) => row.id, cell: (row) => <Anchor component={Link} to={pageOfSpec(row)} size="sm" fw={600}>{row.id}</Anchor> },
    { id: 'cloud', title: t('column.cloud'), width: 95, value: (row) => row.cloud },
    { id: 'connection', title: t('column.connection'), width: 140, value: (row) => row.connection, hidden: true },
    { id: 'region', title: t('column.region'), width: 140, value: (row) => row.region },
    { id: 'vcpu', title: t('column.vcpu'), width: 70, end: true, value: (row) => row.vcpu },
    { id: 'memory', title: t('column.memory'), width: 95, end: true, value: (row) => row.memoryMiB, cell: (row) => t('unit.gib', { value: format.number(gib(row.memoryMiB), 1) }) },
    { id: 'price', title: t('column.price'), width: 105, end: true, value: (row) => row.price?.perHour ?? null, cell: (row) => (row.price ? <b>{format.money(row.price.perHour, row.price.currency)}</b> : <Text size="sm" c="dimmed">{t('price.none')}</Text>) },
    { id: 'cpu', title: t('column.cpu'), width: 80, value: (row) => row.architecture },
    { id: 'gpu', title: t('column.gpu'), width: 100, value: (row) => row.gpuCount, cell: (row) => (row.gpuCount > 0 ? t('gpu', { count: row.gpuCount, model: row.gpuModel ?? 'GPU' }) : '—') },
    { id: 'disk', title: t('column.disk'), width: 110, end: true, value: (row) => row.localDiskGiB ?? null, cell: (row) => (row.localDiskGiB ? t('unit.gib', { value: format.number(row.localDiskGiB) }) : '—'), hidden: true },
    { id: 'network', title: t('column.network'), width: 140, value: (row) => row.networkPerformance ?? null, hidden: true },
    { id: 'month', title: t('column.month'), width: 120, end: true, value: (row) => row.price?.perHour ?? null, cell: (row) => (row.price ? format.monthly(perMonth(row.price.perHour), row.price.currency) : '—'), hidden: true },
    { id: 'age', title: t('column.age'), width: 150, value: (row) => row.price?.ageDays ?? null, cell: (row) => <PriceAge price={row.price} /> },
    { id: 'use', title: t('column.use'), width: 90, value: () => null, cell: (row) => <Anchor component={Link} to={wizardWithSpec(row)} size="sm">{t('use')}<VisuallyHidden> {row.id}</VisuallyHidden></Anchor> },
  ], [t, format]);
  const cli = ['mcmp spec list', ...Object.entries(query).map(([key, value]) => `--${FLAGS[key] ?? key} ${shellWord(String(value))}`)].join(' ');
  const number = (key: string, label: string) => <NumberInput size="xs" w={104} min={0} hideControls value={params.get(key) ?? ''} onChange={(value) => set(key, value)} placeholder={label} aria-label={label} />;
  const cloud = params.get('cloud');

  return (
    <>
      <List<Spec>
        id="specs" height="max(360px, calc(100dvh - 350px))" label={t('specs')} rows={rows} columns={columns} rowId={rowIdOf} error={list.error} retry={() => void list.refetch()} loading={list.isFetching && !list.isFetchingNextPage}
        more={{ any: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        order={{ columns: Object.keys(ORDERS), by, descends: sort.startsWith('-'), choose: (column) => { const [first, second] = ORDERS[column] ?? ['price' as const]; set('sort', sort === first && second ? second : first); } }}
        selection={(chosen) => <CompareButton chosen={chosen} />}
        {...(places.none && { empty: <NothingOffered /> })}
        filters={<>
          <TextInput size="xs" w={200} leftSection={<Search size={14} aria-hidden />} value={params.get('q') ?? ''} onChange={(event) => set('q', event.currentTarget.value)} placeholder={t('words.specs')} aria-label={t('words')} />
          <Select size="xs" w={130} data={places.clouds} value={cloud} onChange={(value) => { set('cloud', value); set('region', null); }} placeholder={t('filter.cloud')} aria-label={t('column.cloud')} clearable />
          <Select size="xs" w={190} data={places.regions(cloud)} value={params.get('region')} onChange={(value) => set('region', value)} placeholder={t('filter.region')} aria-label={t('column.region')} searchable clearable />
          {number('vcpuMin', t('filter.vcpu'))}{number('vcpuMax', t('filter.vcpuMax'))}{number('memory', t('filter.memory'))}{number('memoryMax', t('filter.memoryMax'))}
          <Select size="xs" w={104} data={['amd64', 'arm64']} value={params.get('architecture')} onChange={(value) => set('architecture', value)} placeholder={t('filter.architecture')} aria-label={t('column.cpu')} clearable />
          <Select size="xs" w={124} data={(['with', 'without'] as const).map((value) => ({ value, label: t(`gpu.${value}`) }))} value={params.get('gpu')} onChange={(value) => set('gpu', value)} placeholder={t('filter.gpu')} aria-label={t('column.gpu')} clearable />
          {number('priceMax', t('filter.price'))}
          <SegmentedControl size="xs" data={(['on-demand', 'spot'] as const).map((value) => ({ value, label: t(`purchase.${value}`) }))} value={(params.get('purchase') as Purchase | null) ?? 'on-demand'} onChange={(value) => set('purchase', value === 'spot' ? value : null)} aria-label={t('purchase')} />
        </>}
      />
      <Group mt="xs"><AsCode request={{ method: 'GET', path: `/v1/specs?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)])).toString()}` }} cli={cli} /></Group>
    </>
  );
}

function CompareButton({ chosen }: { chosen: readonly Spec[] }) {
  const t = useCatalogueWords();
  const fits = chosen.length >= 2 && chosen.length <= 4;
  const address = `/catalogue/compare?${chosen.map((spec) => `spec=${encodeURIComponent(placeText(spec))}`).join('&')}`;
  return (
    <Group gap="xs">
      {fits ? <Button size="xs" component={Link} to={address} leftSection={<Scale size={14} aria-hidden />}>{t('compare', { count: chosen.length })}</Button> : <Text size="sm" c="dimmed">{t('compare.rule')}</Text>}
      {chosen.length === 1 && chosen[0] && <Allowed permission="mci:create"><Button size="xs" variant="light" component={Link} to={wizardWithSpec(chosen[0])}>{t('use.mci')}</Button></Allowed>}
    </Group>
  );
}
