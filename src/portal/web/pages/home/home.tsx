import { Box, Button, Card, Grid, Group, Select, SimpleGrid, Skeleton, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { REGIONS, summaryOf } from '../../app/asked';
import { useProject } from '../../app/project';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { type Place, WorldMap } from '../../map/world-map';
import { placeOf } from '../../map/world';
import { Allowed } from '../../patterns/allowed';
import { ErrorNote } from '../../patterns/error';
import { Page } from '../../patterns/page';
import { STATE_COLORS } from '../../patterns/state';
import { Guide } from './guide';
import { LatestOperations } from './latest';
import { Side } from './side';
import type { Region, Summary } from './types';
import { useHomeWords } from './words';

const UNDER_WAY = ['planned', 'creating', 'suspending', 'resuming', 'rebooting', 'terminating'];
const STATES = ['running', 'creating', 'suspended', 'failed', 'terminated'];
const colorOf = (state: string): string => `var(--mantine-color-${STATE_COLORS[state] ?? 'gray'}-6)`;
const keyOf = (connectionId: string, region: string): string => `${connectionId}/${region}`;
const sum = (counts: Record<string, number>, states?: readonly string[]): number => Object.entries(counts).reduce((total, [state, count]) => total + (!states || states.includes(state) ? count : 0), 0);

/** Regions of all connections as places of the map, with the VMs of the project on them. */
function placesOf(regions: readonly Region[], summary: Summary | undefined, cloud: string | null): Place[] {
  const here = new Map(summary?.places.map((place) => [keyOf(place.connectionId, place.region), place]));
  return regions.flatMap((region) => {
    if (region.latitude === undefined || region.longitude === undefined || (cloud !== null && region.cloud !== cloud)) return [];
    const [x, y] = placeOf(region.longitude, region.latitude);
    const counts = here.get(keyOf(region.connectionId, region.id))?.counts ?? {};
    return [{ key: keyOf(region.connectionId, region.id), x, y, size: sum(counts), name: `${region.connection} · ${region.name}`, parts: Object.entries(counts).map(([state, count]) => ({ color: colorOf(state), count })) }];
  });
}

/** The world: where everything is, how it is, what it costs. */
export function HomePage() {
  const t = useHomeWords();
  const say = useT();
  const project = useProject();
  const [cloud, setCloud] = useState<string | null>(null);
  const [state, setState] = useState<string | null>(null);
  const [label, setLabel] = useState('');
  const [wanted] = useDebouncedValue(label.trim(), 300);
  const labelOk = wanted === '' || /^[^=]+=/.test(wanted);
  const [chosen, setChosen] = useState<string[]>([]);
  const query = { ...(cloud !== null && { cloud }), ...(state !== null && { state }), ...(wanted !== '' && labelOk && { label: wanted }) };
  const summary = useQuery({ ...summaryOf(project, query), placeholderData: keepPreviousData });
  const regions = useQuery(REGIONS);
  const places = useMemo(() => placesOf(regions.data ?? [], summary.data, cloud), [regions.data, summary.data, cloud]);
  const clouds = [...new Set(regions.data?.map((region) => region.cloud))].sort();
  const unplaced = summary.data?.places.filter((place) => !regions.data?.some((region) => region.connectionId === place.connectionId && region.id === place.region && region.latitude !== undefined)) ?? [];
  const error = summary.error ?? regions.error;
  // Map and figures come first; what stands beside them a moment later.
  const beside = useDeferredValue(true, false);

  return (
    <Page
      title={t('title')}
      actions={<>
        <TextInput size="xs" w={190} placeholder={t('filter.label')} aria-label={t('filter.label')} value={label} onChange={(event) => setLabel(event.currentTarget.value)} error={labelOk ? undefined : t('filter.labelRule')} />
        <Select size="xs" w={130} data={clouds} value={cloud} onChange={setCloud} placeholder={t('filter.cloud')} aria-label={t('filter.cloud')} clearable />
        <Select size="xs" w={130} data={STATES.map((value) => ({ value, label: say(`state.${value}` as 'state.running') }))} value={state} onChange={setState} placeholder={t('filter.state')} aria-label={t('filter.state')} clearable />
        <Allowed permission="mci:create"><Button size="xs" component={Link} to="/mcis/new" leftSection={<Plus size={14} aria-hidden />}>{t('create')}</Button></Allowed>
      </>}
    >
      {error && <Box mb="sm"><ErrorNote error={error} retry={() => { void summary.refetch(); void regions.refetch(); }} /></Box>}
      <Figures summary={summary.data} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8.5 }}>
          <Card withBorder p={0} radius="lg">
            <WorldMap places={places} chosen={chosen[0]} choose={setChosen} label={t('map')} />
          </Card>
          {unplaced.length > 0 && regions.data && <Text size="xs" c="dimmed" mt={4}>{t('noPlace', { regions: unplaced.map(({ region }) => region).join(', ') })}</Text>}
          {beside && <LatestOperations />}
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 3.5 }}>
          {!beside ? null : regions.data && summary.data && sum(summary.data.counts) === 0 && Object.keys(query).length === 0 && chosen.length === 0
            ? <Guide regions={regions.data} />
            : <Side summary={summary.data} regions={regions.data ?? []} chosen={chosen} choose={setChosen} />}
        </Grid.Col>
      </Grid>
    </Page>
  );
}

/** The four figures over the map. */
function Figures({ summary }: { summary: Summary | undefined }) {
  const t = useHomeWords();
  const say = useT();
  const format = useFormat();
  const figure = (title: string, value: React.ReactNode, note?: React.ReactNode, color?: string) => (
    <Card withBorder radius="lg" py="sm" data-figure={title}>
      <Text size="xs" c="dimmed">{title}</Text>
      {summary ? <Text component="div" fz={{ base: 20, xs: 24 }} fw={700} lh={1.25} className="tabular" {...(color && { c: color })}>{value}</Text> : <Skeleton h={28} w={90} />}
      <Text size="xs" c="dimmed" mih={18} className="ellipsis">{note}</Text>
    </Card>
  );
  const counts = summary?.counts ?? {};
  const failed = counts.failed ?? 0;
  const prices = summary?.pricePerHour ?? [];
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} mb="md" spacing="md">
      {figure(t('running'), format.number(counts.running ?? 0), [say('unit.vms', { count: sum(counts) }), t('places', { count: summary?.places.length ?? 0 })].join(' · '))}
      {figure(t('price'), prices.length === 0 ? '—' : <Group gap="md">{prices.map(({ currency, perHour }) => <span key={currency}>{format.money(perHour, currency)}</span>)}</Group>, [...prices.map(({ currency, perHour }) => say('unit.perMonth', { price: format.monthly(perHour * 730, currency) })), ...(summary && summary.unpricedVms > 0 ? [t('unpriced', { count: summary.unpricedVms })] : [])].join(' · '))}
      {figure(t('failed'), format.number(failed), summary?.failures.map(({ code, count }) => `${code} ${count}`).join(', '), failed > 0 ? 'red' : undefined)}
      {figure(t('waiting'), format.number(sum(counts, UNDER_WAY)))}
    </SimpleGrid>
  );
}
