import { Anchor, Button, Card, Divider, Group, Stack, Text, Title } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { Link } from 'react-router';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Allowed } from '../../patterns/allowed';
import { State } from '../../patterns/state';
import type { Region, Summary } from './types';
import { useHomeWords } from './words';

type SummaryPlace = Summary['places'][number];

/** So many places stand beside the map. */
const MOST_PLACES = 12;

/** Beside the map: what is at the chosen places, or where most VMs are. */
export function Side({ summary, regions, chosen, choose }: { summary: Summary | undefined; regions: readonly Region[]; chosen: readonly string[]; choose(keys: string[]): void }) {
  const t = useHomeWords();
  const say = useT();
  const at = (key: string): SummaryPlace | undefined => summary?.places.find((place) => `${place.connectionId}/${place.region}` === key);
  if (chosen.length > 0) {
    return (
      <Card withBorder radius="lg" mah={560} style={{ overflow: 'auto' }}>
        <Group justify="space-between" mb="xs"><Title order={2} size="h5">{t('panel.regions', { count: chosen.length })}</Title><Button size="compact-xs" variant="subtle" color="gray" onClick={() => choose([])} leftSection={<X size={13} aria-hidden />}>{say('action.close')}</Button></Group>
        <Stack gap="sm">{chosen.map((key) => <RegionCard key={key} region={regions.find((region) => `${region.connectionId}/${region.id}` === key)} place={at(key)} />)}</Stack>
      </Card>
    );
  }
  const all = [...(summary?.places ?? [])].map((place) => ({ place, total: Object.values(place.counts).reduce((one, other) => one + other, 0) })).sort((one, other) => other.total - one.total);
  const top = all.slice(0, MOST_PLACES);
  const rest = all.length - top.length;
  return (
    <Card withBorder radius="lg">
      <Title order={2} size="h5" mb="xs">{t('panel.top')}</Title>
      <Stack gap={4}>
        {top.map(({ place, total }) => (
          <Button key={`${place.connectionId}/${place.region}`} variant="subtle" color="gray" justify="space-between" size="compact-sm" fw={500} mx={-8} onClick={() => choose([`${place.connectionId}/${place.region}`])} rightSection={<span className="tabular">{total}</span>}>
            {place.cloud} · {place.region}
          </Button>
        ))}
      </Stack>
      {rest > 0 && <Text size="xs" c="dimmed" mt={4}>{t('panel.rest', { count: rest })}</Text>}
      <Text size="xs" c="dimmed" mt="xs">{t('panel.hint')}</Text>
    </Card>
  );
}

function RegionCard({ region, place }: { region: Region | undefined; place: SummaryPlace | undefined }) {
  const t = useHomeWords();
  const say = useT();
  const format = useFormat();
  if (!region) return null;
  return (
    <div data-region={region.id}>
      <Text fw={600} size="sm">{region.name}</Text>
      <Text size="xs" c="dimmed">{region.connection} · {region.cloud} · <span className="mono">{region.id}</span></Text>
      <Text size="xs" c="dimmed">{t('panel.catalogue', { specs: format.number(region.specCount), images: format.number(region.imageCount) })}</Text>
      {place ? (
        <Stack gap={4} mt={6}>
          <Group gap={6}>{Object.entries(place.counts).map(([state, count]) => <Group key={state} gap={4}><State state={state} /><Text size="xs" className="tabular">{count}</Text></Group>)}</Group>
          {place.pricePerHour.map(({ currency, perHour }) => <Text key={currency} size="xs" className="tabular">{say('unit.perHour', { price: format.money(perHour, currency) })}</Text>)}
          {place.mcis.map((mci) => <Anchor key={mci.id} component={Link} to={`/mcis/${mci.name}`} size="sm" style={{ overflowWrap: 'anywhere' }}>{mci.name} ({Object.values(mci.counts).reduce((one, other) => one + other, 0)})</Anchor>)}
        </Stack>
      ) : <Text size="xs" mt={4}>{t('panel.nothing')}</Text>}
      {region.enabled && <Allowed permission="mci:create"><Button component={Link} to={`/mcis/new?connection=${encodeURIComponent(region.connection)}&region=${encodeURIComponent(region.id)}`} size="compact-xs" variant="light" mt={6} leftSection={<Plus size={12} aria-hidden />}>{t('panel.make')}</Button></Allowed>}
      <Divider mt="sm" />
    </div>
  );
}
