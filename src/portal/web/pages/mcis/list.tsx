import { Anchor, Badge, Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Boxes, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { summaryOf } from '../../app/asked';
import { allPages } from '../../app/pages';
import { useProject } from '../../app/project';
import { mciList } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Allowed } from '../../patterns/allowed';
import { AsCode } from '../../patterns/as-code';
import { Empty } from '../../patterns/empty';
import { type Column, List } from '../../patterns/list';
import { Page } from '../../patterns/page';
import { State } from '../../patterns/state';
import { Counts, Price } from './counts';
import type { Mci } from './types';
import { useMciWords } from './words';

const STATUSES = ['running', 'creating', 'changing', 'partly-running', 'suspended', 'failed', 'mixed', 'terminated', 'empty', 'deleting'];

/** Where the VMs of each MCI are, from the project's summary. */
function usePlaces(project: string): Map<string, { clouds: string[]; regions: string[] }> {
  const { data } = useQuery(summaryOf(project));
  return useMemo(() => {
    const places = new Map<string, { clouds: string[]; regions: string[] }>();
    for (const { cloud, region, mcis } of data?.places ?? []) {
      for (const { id } of mcis) {
        const found = places.get(id) ?? { clouds: [], regions: [] };
        if (!found.clouds.includes(cloud)) found.clouds.push(cloud);
        found.regions.push(region);
        places.set(id, found);
      }
    }
    return places;
  }, [data]);
}

/** All MCIs of the project, live. */
export function MciListPage() {
  const t = useMciWords();
  const say = useT();
  const format = useFormat();
  const project = useProject();
  const [status, setStatus] = useState<string | null>(null);
  const [cloud, setCloud] = useState<string | null>(null);
  const [label, setLabel] = useState('');
  const [wanted] = useDebouncedValue(label.trim(), 300);
  const labelOk = wanted === '' || /^[^=]+=/.test(wanted);
  const query = { ...(wanted !== '' && labelOk && { label: wanted }) };
  const mcis = useQuery({ queryKey: ['mcis', project, 'list', query], queryFn: () => allPages((pageToken) => mciList({ path: { project }, query: { pageSize: 200, ...query, ...(pageToken !== undefined && { pageToken }) } })), placeholderData: keepPreviousData });
  const places = usePlaces(project);
  const clouds = [...new Set([...places.values()].flatMap((place) => place.clouds))].sort();
  const filtered = status !== null || cloud !== null || wanted !== '';
  const rows = useMemo(() => mcis.data?.filter((mci) => (status === null || mci.status === status) && (cloud === null || places.get(mci.id)?.clouds.includes(cloud))), [mcis.data, status, cloud, places]);

  const columns = useMemo<Column<Mci>[]>(() => [
    { id: 'name', title: t('name'), value: (mci) => mci.name, cell: (mci) => <Anchor component={Link} to={`/mcis/${mci.name}`} fw={600} size="sm" display="block" maw={240} className="ellipsis" title={mci.name}>{mci.name}</Anchor> },
    { id: 'status', title: t('status'), value: (mci) => say(`state.${mci.status}` as 'state.running'), cell: (mci) => <State state={mci.status} />, width: 140 },
    { id: 'vms', title: t('vms'), value: (mci) => mci.vms, end: true, width: 80 },
    { id: 'states', title: t('byState'), value: (mci) => Object.entries(mci.counts).map(([state, count]) => `${count} ${say(`state.${state}` as 'state.running')}`).join(' '), cell: (mci) => <Counts counts={mci.counts} />, width: 170 },
    { id: 'clouds', title: t('clouds'), width: 120, grows: true, value: (mci) => places.get(mci.id)?.clouds.join(', ') ?? '' },
    { id: 'regions', title: t('regions'), value: (mci) => places.get(mci.id)?.regions.join(', ') ?? '', hidden: true },
    { id: 'price', title: t('price'), value: (mci) => mci.pricePerHour[0]?.perHour ?? null, cell: (mci) => <Price prices={mci.pricePerHour} month={false} />, end: true, width: 140 },
    { id: 'labels', title: t('labels'), width: 140, grows: true, value: (mci) => Object.entries(mci.labels).map(([key, value]) => `${key}=${value}`).join(' '), cell: (mci) => <Labels labels={mci.labels} /> },
    { id: 'created', title: t('created'), value: (mci) => mci.createdAt, cell: (mci) => <span title={format.time(mci.createdAt)}>{format.ago(mci.createdAt)}</span>, width: 130 },
  ], [t, say, places]);

  const create = <Allowed permission="mci:create"><Button size="xs" component={Link} to="/mcis/new" leftSection={<Plus size={14} aria-hidden />}>{t('create')}</Button></Allowed>;
  return (
    <Page title={t('title')} about={t('about')} actions={create}>
      <List
        id="mcis" label={t('title')} rows={rows} columns={columns} rowId={(mci) => mci.id} loading={mcis.isFetching} error={mcis.error} retry={() => void mcis.refetch()}
        filters={<>
          <Select size="xs" w={150} data={STATUSES.map((value) => ({ value, label: say(`state.${value}` as 'state.running') }))} value={status} onChange={setStatus} placeholder={t('filter.status')} aria-label={t('filter.status')} clearable />
          <Select size="xs" w={130} data={clouds} value={cloud} onChange={setCloud} placeholder={t('filter.cloud')} aria-label={t('filter.cloud')} clearable />
          <TextInput size="xs" w={180} value={label} onChange={(event) => setLabel(event.currentTarget.value)} placeholder={t('filter.label')} aria-label={t('filter.label')} error={labelOk ? undefined : t('filter.labelRule')} />
        </>}
        empty={filtered ? undefined : <Empty title={t('empty')} help={t('emptyHelp')} icon={<Boxes size={26} aria-hidden />} action={<Allowed permission="mci:create"><Button component={Link} to="/mcis/new">{t('create')}</Button></Allowed>} />}
      />
      <Group mt="sm"><AsCode request={{ method: 'GET', path: `/v1/projects/${encodeURIComponent(project)}/mcis` }} cli="mcmp mci list" /></Group>
    </Page>
  );
}

/** Labels as `key=value`, each cut where it is long; on one line where they do not `wrap`. */
export function Labels({ labels, wrap = false }: { labels: Record<string, string>; wrap?: boolean }) {
  const entries = Object.entries(labels);
  return entries.length === 0 ? null : <Group gap={4} wrap={wrap ? 'wrap' : 'nowrap'}>{entries.map(([key, value]) => <Badge key={key} variant="default" size="sm" tt="none" fw={500} maw={220} style={{ flexShrink: 0 }} title={`${key}=${value}`}>{key}={value}</Badge>)}</Group>;
}
