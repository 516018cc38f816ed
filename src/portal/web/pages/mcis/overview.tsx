import { Anchor, Card, Grid, Stack, Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import { Link, useNavigate } from 'react-router';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { placeOf } from '../../map/world';
import { type Place, WorldMap } from '../../map/world-map';
import { Allowed } from '../../patterns/allowed';
import { CodeBlock } from '../../patterns/copy';
import { Facts } from '../../patterns/facts';
import { type Column, List } from '../../patterns/list';
import { STATE_COLORS } from '../../patterns/state';
import { Counts } from './counts';
import { useRegions, useSpec } from './data';
import { DeedMenu } from './deed-menu';
import { countsOf, groupBy } from './figures';
import { KeyDownload } from './key';
import type { Action, MciDetail, MciGroup, Vm } from './types';
import { useMciWords } from './words';

/** What an MCI is made of: its groups, where it is, who gets in. */
export function Overview({ mci, vms, act, scale }: { mci: MciDetail; vms: readonly Vm[]; act(action: Action, group: MciGroup): void; scale(group: MciGroup): void }) {
  const t = useMciWords();
  const say = useT();
  const format = useFormat();
  const regions = useRegions();
  const path = `/mcis/${encodeURIComponent(mci.name)}`;
  const away = mci.status === 'deleting';
  const columns = useMemo<Column<MciGroup>[]>(() => [
    { id: 'name', title: t('group'), value: (group) => group.name, cell: (group) => <Anchor component={Link} to={`${path}/vms?group=${encodeURIComponent(group.name)}`} fw={600} size="sm" display="block" maw={180} className="ellipsis" title={group.name}>{group.name}</Anchor> },
    { id: 'size', title: t('size'), value: (group) => group.size, end: true, width: 80 },
    { id: 'states', title: t('byState'), value: (group) => Object.keys(group.counts).join(' '), cell: (group) => <Counts counts={group.counts} />, width: 170 },
    { id: 'region', title: t('place'), value: (group) => `${group.cloud} ${group.region} ${group.zone ?? ''}`, cell: (group) => <PlaceCell group={group} /> },
    { id: 'spec', title: t('spec'), value: (group) => group.specId, cell: (group) => <SpecCell group={group} /> },
    { id: 'image', title: t('image'), value: (group) => group.imageId, cell: (group) => <Text size="xs" className="mono ellipsis" title={group.imageId} maw={160}>{group.imageId}</Text> },
    { id: 'price', title: t('pricePerVm'), value: (group) => group.pricePerHour, cell: (group) => (group.pricePerHour !== null && group.currency !== null ? say('unit.perHour', { price: format.money(group.pricePerHour, group.currency) }) : <Text size="sm" c="dimmed">{say('unit.unknown')}</Text>), end: true, width: 130 },
    {
      id: 'act', title: t('actions'), value: () => null, width: 75, cell: (group) => (
        <Allowed permission="mci:update"><DeedMenu of={group} groups={[group]} act={(action) => act(action, group)} scale={scale} disabled={away} /></Allowed>
      ),
    },
  // Menus act on what is shown now.
  ], [t, say, path, away, act, scale]);

  return (
    <Grid gap="md">
      <Grid.Col span={12}>
        <Title order={2} size="h5" mb="xs">{t('groups')}</Title>
        <List id="mci-groups" label={t('groups')} rows={mci.groups} columns={columns} rowId={(group) => group.id} height={420} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <Title order={2} size="h5" mb="xs">{t('where')}</Title>
        <MciMap vms={vms} regions={regions} path={path} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <Title order={2} size="h5" mb="xs">{t('access')}</Title>
        <Card withBorder radius="lg">
          <Stack gap="md">
            <Facts cols={{ base: 1, xs: 2 }} facts={[
              [t('open'), mci.access.map(({ protocol, fromPort, toPort, cidr }) => `${protocol}${fromPort === undefined ? '' : ` ${fromPort}${toPort !== undefined && toPort !== fromPort ? `–${toPort}` : ''}`} ← ${cidr}`).join(', ') || t('open.none')],
              [t('policy'), t(`policy.${mci.onPartialFailure}` as 'policy.continue')],
              [t('created'), format.time(mci.createdAt)],
              [t('id'), <span key="id" className="mono">{mci.id}</span>],
            ]} />
            <div><Text size="xs" c="dimmed" mb={4}>{t('publicKey')}</Text><CodeBlock text={mci.publicKey} label={t('publicKey')} /></div>
            <div><Text size="xs" c="dimmed" mb={4}>{t('privateKey')}</Text><KeyDownload mci={mci} /></div>
          </Stack>
        </Card>
      </Grid.Col>
    </Grid>
  );
}

function PlaceCell({ group }: { group: MciGroup }) {
  const region = useRegions().find((one) => one.connectionId === group.connectionId && one.id === group.region);
  return <span title={region && `${region.name} · ${region.connection}`}>{group.cloud} · {group.region}{group.zone !== null && ` · ${group.zone}`}</span>;
}

function SpecCell({ group }: { group: MciGroup }) {
  const t = useMciWords();
  const format = useFormat();
  const spec = useSpec(group.connectionId, group.region, group.specId);
  return <span><span className="mono">{group.specId}</span>{spec && <Text span size="xs" c="dimmed"> · {t('specSize', { vcpu: format.number(spec.vcpu), memory: format.number(spec.memoryMiB / 1024, 1) })}</Text>}</span>;
}

/** The places of the MCI on the world; a place leads to its VMs. */
function MciMap({ vms, regions, path }: { vms: readonly Vm[]; regions: ReturnType<typeof useRegions>; path: string }) {
  const t = useMciWords();
  const go = useNavigate();
  const places = useMemo<Place[]>(() => [...groupBy(vms, (vm) => `${vm.connectionId}/${vm.region}`)].flatMap(([key, here]) => {
    const region = regions.find((one) => `${one.connectionId}/${one.id}` === key);
    if (region?.latitude === undefined || region.longitude === undefined) return [];
    const [x, y] = placeOf(region.longitude, region.latitude);
    return [{ key, x, y, size: here.length, name: `${region.connection} · ${region.name}`, parts: Object.entries(countsOf(here)).map(([state, count]) => ({ color: `var(--mantine-color-${STATE_COLORS[state] ?? 'gray'}-6)`, count })) }];
  }), [vms, regions]);
  return (
    <Card withBorder p={0} radius="lg">
      <WorldMap places={places} choose={([key]) => void go(`${path}/vms?region=${encodeURIComponent(key?.split('/').slice(1).join('/') ?? '')}`)} label={t('where')} />
    </Card>
  );
}
