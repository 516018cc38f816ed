import { Anchor, Autocomplete, Group, Select, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { catalogueImages } from '../../generated/sdk.gen';
import type { CatalogueImagesData } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { AsCode, shellWord } from '../../patterns/as-code';
import { Copy } from '../../patterns/copy';
import { type Column, List } from '../../patterns/list';
import { NothingOffered } from './empty';
import { only, useFilters, usePlaces } from './filters';
import { type Image, rowIdOf, wizardWithImage } from './spec';
import { useCatalogueWords } from './words';

type Query = NonNullable<CatalogueImagesData['query']>;
/** Systems that people ask for most; any other can be typed. */
const SYSTEMS = ['ubuntu', 'debian', 'rocky', 'almalinux', 'centos', 'rhel', 'amazon', 'suse', 'oracle', 'fedora', 'windows'];
const FLAGS: Record<string, string> = { osFamily: 'os-family', osVersion: 'os-version' };

/** Operating-system images of all clouds. */
export function Images() {
  const t = useCatalogueWords();
  const format = useFormat();
  const { params, set, asked } = useFilters();
  const places = usePlaces();
  const query = useMemo(() => only(asked, ['q', 'cloud', 'region', 'connection', 'osFamily', 'osVersion', 'architecture', 'sort']) as Query, [asked]);
  const list = useInfiniteQuery({
    queryKey: ['images', query], queryFn: ({ pageParam }) => catalogueImages({ query: { ...query, pageSize: 100, ...(pageParam && { pageToken: pageParam }) } }),
    placeholderData: keepPreviousData, initialPageParam: '', getNextPageParam: ({ nextPageToken }) => nextPageToken,
  });
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const columns = useMemo<Column<Image>[]>(() => [
    { id: 'image', title: t('column.image'), value: (row) => row.name, cell: (row) => <Text size="sm" fw={600} className="ellipsis" title={row.name}>{row.name}</Text> },
    { id: 'os', title: t('column.os'), width: 100, value: (row) => row.osFamily },
    { id: 'version', title: t('column.version'), width: 90, value: (row) => row.osVersion },
    { id: 'cpu', title: t('column.cpu'), width: 80, value: (row) => row.architecture },
    { id: 'cloud', title: t('column.cloud'), width: 100, value: (row) => row.cloud },
    { id: 'region', title: t('column.region'), width: 150, value: (row) => row.region },
    { id: 'id', title: t('column.id'), width: 210, value: (row) => row.id, cell: (row) => <Group gap={4} wrap="nowrap"><Text size="sm" className="ellipsis mono" title={row.id}>{row.id}</Text><Copy text={row.id} /></Group> },
    { id: 'user', title: t('column.user'), width: 100, value: (row) => row.sshUser, hidden: true },
    { id: 'minDisk', title: t('column.minDisk'), width: 100, end: true, value: (row) => row.minDiskGiB ?? null, cell: (row) => (row.minDiskGiB ? t('unit.gib', { value: row.minDiskGiB }) : '—'), hidden: true },
    { id: 'made', title: t('column.made'), width: 120, value: (row) => row.createdAt ?? null, cell: (row) => (row.createdAt ? format.ago(row.createdAt) : '—') },
    { id: 'publisher', title: t('column.publisher'), width: 140, value: (row) => row.publisher ?? null, hidden: true },
    { id: 'use', title: t('column.use'), width: 90, value: () => null, cell: (row) => <Anchor component={Link} to={wizardWithImage(row)} size="sm">{t('use')}<VisuallyHidden> {row.name}</VisuallyHidden></Anchor> },
  ], [t, format]);
  const cloud = params.get('cloud');
  const cli = ['mcmp image list', ...Object.entries(query).map(([key, value]) => `--${FLAGS[key] ?? key} ${shellWord(String(value))}`)].join(' ');
  return (
    <>
      <List<Image>
        id="images" label={t('images')} rows={rows} columns={columns} rowId={rowIdOf} error={list.error} retry={() => void list.refetch()} loading={list.isFetching && !list.isFetchingNextPage}
        more={{ any: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        order={{ columns: ['image', 'made'], by: query.sort === 'newest' ? 'made' : 'image', descends: query.sort === 'newest', choose: (column) => set('sort', column === 'made' ? 'newest' : 'name') }}
        {...(places.none && { empty: <NothingOffered /> })}
        filters={<>
          <TextInput size="xs" w={220} leftSection={<Search size={14} aria-hidden />} value={params.get('q') ?? ''} onChange={(event) => set('q', event.currentTarget.value)} placeholder={t('words.images')} aria-label={t('words')} />
          <Autocomplete size="xs" w={140} data={SYSTEMS} value={params.get('osFamily') ?? ''} onChange={(value) => set('osFamily', value)} placeholder={t('filter.os')} aria-label={t('column.os')} />
          <TextInput size="xs" w={100} value={params.get('osVersion') ?? ''} onChange={(event) => set('osVersion', event.currentTarget.value)} placeholder={t('filter.version')} aria-label={t('column.version')} />
          <Select size="xs" w={104} data={['amd64', 'arm64']} value={params.get('architecture')} onChange={(value) => set('architecture', value)} placeholder={t('filter.architecture')} aria-label={t('column.cpu')} clearable />
          <Select size="xs" w={130} data={places.clouds} value={cloud} onChange={(value) => { set('cloud', value); set('region', null); }} placeholder={t('filter.cloud')} aria-label={t('column.cloud')} clearable />
          <Select size="xs" w={190} data={places.regions(cloud)} value={params.get('region')} onChange={(value) => set('region', value)} placeholder={t('filter.region')} aria-label={t('column.region')} searchable clearable />
        </>}
      />
      <Group mt="xs"><AsCode request={{ method: 'GET', path: `/v1/images?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)])).toString()}` }} cli={cli} /></Group>
    </>
  );
}
