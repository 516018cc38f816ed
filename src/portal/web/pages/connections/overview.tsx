import { Anchor, Card, Grid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useFormat } from '../../i18n/format';
import { useSaid } from '../../i18n/said';
import { WorldMap } from '../../map/world-map';
import { AsCode } from '../../patterns/as-code';
import { Facts } from '../../patterns/facts';
import { useOwnRegions } from './places';
import { type Connection, useDrivers } from './queries';
import { CloudRefusal } from './refusal';
import { RegionFacts } from './regions';
import { SyncState } from './sync';
import { useConnectionWords } from './words';

/** What is known of a connection, what its cloud refused last, its regions on the map, and its catalogue. */
export function Overview({ connection }: { connection: Connection }) {
  const t = useConnectionWords();
  const format = useFormat();
  const { regions, places } = useOwnRegions(connection);
  const [chosen, setChosen] = useState<string[]>([]);
  const said = useSaid();
  const { data: drivers } = useDrivers();
  const labels = new Map(drivers?.find(({ name }) => name === connection.driver)?.options.map(({ name, label }) => [name, said(label)]));
  const options = Object.entries(connection.options);
  return (
    <Stack gap="md">
      {connection.lastError && <CloudRefusal said={connection.lastError} last={connection.state !== 'broken'} />}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Card withBorder radius="lg" p={0}>{regions && places.length === 0 && regions.length > 0 ? <Text size="sm" c="dimmed" p="md">{t('map.none')}</Text> : <WorldMap places={places} chosen={chosen[0]} choose={setChosen} label={t('map')} />}</Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Stack gap="md" h="100%">
            <SyncState connection={connection} regions={regions ?? []} />
            {places.length > 0 && <Card withBorder radius="lg" flex={1} mah={320} style={{ overflowY: 'auto' }} tabIndex={0} role="region" aria-label={t('regions')} aria-live="polite">
              {chosen.length === 0 ? <Text size="sm" c="dimmed">{t('map.hint')}</Text> : <Stack>{regions?.filter(({ id }) => chosen.includes(id)).map((region) => <RegionFacts key={region.id} region={region} />)}</Stack>}
            </Card>}
          </Stack>
        </Grid.Col>
      </Grid>
      <Card withBorder radius="lg"><Facts cols={{ base: 1, xs: 2, lg: 4 }} facts={[
        [t('driver'), <Anchor key="driver" component={Link} to={`/drivers/${connection.driver}`} size="sm">{connection.driver}</Anchor>],
        [t('principal'), <span key="principal" className="mono">{connection.principal ?? '—'}</span>],
        [t('account'), <span key="account" className="mono">{connection.accountId ?? '—'}</span>],
        [t('endpoint'), connection.endpoint ? <span key="endpoint" className="mono">{connection.endpoint}</span> : t('ownEndpoint')],
        [t('regions'), connection.regions.length > 0 ? connection.regions.join(', ') : t('allRegions')],
        [t('verifiedAt'), connection.verifiedAt ? format.ago(connection.verifiedAt) : t('never')],
        [t('age'), format.time(connection.createdAt)],
        ...options.map(([name, value]) => [labels.get(name) ?? name, <span key={name} className="mono">{value}</span>] as const),
      ]} /></Card>
      <AsCode request={{ method: 'GET', path: `/v1/connections/${connection.name}` }} cli={`mcmp connection show ${connection.name}`} />
    </Stack>
  );
}
