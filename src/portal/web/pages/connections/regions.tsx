import { Badge, Group, Text, Tooltip } from '@mantine/core';
import { useMemo } from 'react';
import { useFormat } from '../../i18n/format';
import { Empty } from '../../patterns/empty';
import { type Column, List } from '../../patterns/list';
import { useOwnRegions } from './places';
import type { Connection, Region } from './queries';
import { CloudRefusal } from './refusal';
import { useConnectionWords } from './words';

/** A region in a few words, beside the map. */
export function RegionFacts({ region }: { region: Region }) {
  const t = useConnectionWords();
  const format = useFormat();
  return (
    <div data-region={region.id}>
      <Text size="sm" fw={600}>{region.name} <Text span size="xs" c="dimmed" className="mono">{region.id}</Text></Text>
      <Text size="xs" c="dimmed">{t('region.specs')}: {format.number(region.specCount)} · {t('region.images')}: {format.number(region.imageCount)} · {t('region.zones')}: {region.zones.map(({ id }) => id).join(', ') || '—'}</Text>
      {region.lastError && <CloudRefusal said={region.lastError} last />}
    </div>
  );
}

/** The regions of a connection as a list. */
export function Regions({ connection }: { connection: Connection }) {
  const t = useConnectionWords();
  const format = useFormat();
  const { regions, error, refetch } = useOwnRegions(connection);
  const columns = useMemo<Column<Region>[]>(() => [
    { id: 'id', title: t('region'), value: ({ id }) => id, cell: ({ id }) => <span className="mono">{id}</span> },
    { id: 'name', title: t('region.name'), value: ({ name }) => name },
    { id: 'enabled', title: t('region.enabled'), value: ({ enabled }) => t(enabled ? 'region.yes' : 'region.no'), cell: ({ enabled }) => <Badge variant="light" color={enabled ? 'teal' : 'gray'} tt="none">{t(enabled ? 'region.yes' : 'region.no')}</Badge> },
    { id: 'zones', title: t('region.zones'), value: ({ zones }) => zones.filter(({ available }) => available).length, end: true, cell: ({ zones }) => <Tooltip label={zones.map(({ id }) => id).join(', ') || '—'}><span>{format.number(zones.length)}</span></Tooltip> },
    { id: 'specs', title: t('region.specs'), value: ({ specCount }) => specCount, end: true },
    { id: 'images', title: t('region.images'), value: ({ imageCount }) => imageCount, end: true },
    { id: 'synced', title: t('synced'), value: ({ syncedAt }) => syncedAt ?? null, cell: ({ syncedAt }) => (syncedAt ? format.ago(syncedAt) : t('never')) },
    { id: 'problem', title: t('region.problem'), value: ({ lastError }) => lastError && `${lastError.code}: ${lastError.message}`, cell: ({ lastError }) => lastError && <Tooltip label={`${lastError.code}: ${lastError.message}`} multiline maw={420}><Group gap={4} wrap="nowrap"><Badge color="red" variant="light" tt="none">{lastError.code}</Badge></Group></Tooltip> },
  ], [t, format]);
  return <List id="connection-regions" label={t('regions')} rows={regions} columns={columns} rowId={({ id }) => id} error={error} retry={refetch} empty={<Empty title={t('region.empty')} help={t('region.emptyHelp')} />} />;
}
