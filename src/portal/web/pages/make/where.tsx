import { Button, Card, Grid, Group, NumberInput, SegmentedControl, Stack, Text } from '@mantine/core';
import { Coins, Eraser, Layers } from 'lucide-react';
import { useMemo, useState } from 'react';
import { type Place, WorldMap } from '../../map/world-map';
import { placeOf } from '../../map/world';
import { ErrorNote } from '../../patterns/error';
import { split } from './body';
import { type Draft, type Need, placeKey } from './draft';
import { PlacesTable } from './places';
import { RegionList } from './region-list';
import { type Region, type Suggestions, cheapestPlaces } from './suggest';
import { useMakeWords } from './words';

/** Second step: the regions, on the map, from the list, or by what is cheapest; how VMs are spread, and on which specs. */
export function Where({ draft, regions, suggestions, changeNeed }: { draft: Draft; regions: readonly Region[]; suggestions: Suggestions; changeNeed(id: string, part: Partial<Need>): void }) {
  const t = useMakeWords();
  const [needId, setNeedId] = useState(draft.needs[0]?.id);
  const [near, setNear] = useState<string[]>([]);
  const need = draft.needs.find(({ id }) => id === needId) ?? (draft.needs[0] as Need);
  const chosen = useMemo(() => new Set(need.places.map(placeKey)), [need.places]);
  const sizes = split(need);

  const toggle = (keys: readonly string[], on: boolean): void => {
    const rest = need.places.filter((place) => !keys.includes(placeKey(place)));
    const added = regions.filter((region) => keys.includes(placeKey({ connection: region.connection, region: region.id })) && !chosen.has(placeKey({ connection: region.connection, region: region.id })));
    changeNeed(need.id, { places: on ? [...need.places, ...added.map((region) => ({ connection: region.connection, region: region.id, count: null, spec: null, image: null }))] : rest });
  };
  const pick = (keys: string[]): void => {
    if (keys.length === 1) toggle(keys, !chosen.has(keys[0] as string));
    setNear(keys.length === 1 ? [] : keys);
  };
  const places = useMemo<Place[]>(() => regions.flatMap((region) => {
    if (region.latitude === undefined || region.longitude === undefined || !region.enabled) return [];
    const key = placeKey({ connection: region.connection, region: region.id });
    const [x, y] = placeOf(region.longitude, region.latitude);
    const size = sizes[need.places.findIndex((place) => placeKey(place) === key)] ?? 0;
    return [{ key, x, y, size, name: `${region.connection} · ${region.name}`, parts: size > 0 ? [{ color: 'var(--mantine-primary-color-filled)', count: size }] : [] }];
  }), [regions, need.places, sizes]);

  return (
    <Stack>
      {draft.needs.length > 1 && (
        <Group>
          <Text size="sm" fw={500}>{t('where.for')}</Text>
          <SegmentedControl aria-label={t('where.for')} data={draft.needs.map(({ id, name, count }) => ({ value: id, label: `${name} (${count})` }))} value={need.id} onChange={setNeedId} />
          <Button size="xs" variant="subtle" disabled={need.places.length === 0} onClick={() => draft.needs.filter((other) => other !== need).forEach((other) => changeNeed(other.id, { places: need.places.map(({ connection, region }) => ({ connection, region, count: null, spec: null, image: null })) }))}>{t('where.sameForAll')}</Button>
        </Group>
      )}
      <Shortcuts need={need} regions={regions} take={(found) => changeNeed(need.id, { places: found.map((place) => need.places.find((known) => placeKey(known) === placeKey(place)) ?? { ...place, count: null, spec: null, image: null }) })} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7.5 }}><Card withBorder p={0} radius="lg"><WorldMap places={places} chosen={chosen} choose={pick} label={t('where.map')} /></Card><Text size="xs" c="dimmed" mt={4}>{t('where.mapHelp')}</Text></Grid.Col>
        <Grid.Col span={{ base: 12, md: 4.5 }}><RegionList regions={regions} chosen={chosen} near={near} forget={() => setNear([])} toggle={toggle} /></Grid.Col>
      </Grid>
      <PlacesTable need={need} sizes={sizes} regions={regions} suggestions={suggestions} change={(part) => changeNeed(need.id, part)} />
    </Stack>
  );
}

/** Chooses places by price at one click. */
function Shortcuts({ need, regions, take }: { need: Need; regions: readonly Region[]; take(places: { connection: string; region: string }[]): void }) {
  const t = useMakeWords();
  const [most, setMost] = useState(3);
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<Error>();
  const read = regions.filter((region) => region.enabled && region.specCount > 0).length;
  const find = (name: string, choice: Parameters<typeof cheapestPlaces>[2]): void => {
    setBusy(name);
    setError(undefined);
    cheapestPlaces(need, regions, choice).then(take, (reason: unknown) => setError(reason instanceof Error ? reason : new Error(String(reason)))).finally(() => setBusy(undefined));
  };
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button size="xs" variant="light" leftSection={<Layers size={14} aria-hidden />} loading={busy === 'each'} onClick={() => find('each', 'each-cloud')}>{t('where.eachCloud')}</Button>
        <Group gap={4}>
          <Button size="xs" variant="light" leftSection={<Coins size={14} aria-hidden />} loading={busy === 'cheapest'} onClick={() => find('cheapest', { most })}>{t('where.cheapest')}</Button>
          <NumberInput size="xs" w={70} aria-label={t('where.howMany')} value={most} onChange={(value) => setMost(Math.min(50, Math.max(1, Number(value) || 1)))} min={1} max={50} allowDecimal={false} />
        </Group>
        <Button size="xs" variant="subtle" color="gray" leftSection={<Eraser size={14} aria-hidden />} disabled={need.places.length === 0} onClick={() => take([])}>{t('where.clear')}</Button>
        <Text size="xs" c="dimmed">{t('where.read', { read, count: regions.filter(({ enabled }) => enabled).length })}</Text>
      </Group>
      {error && <ErrorNote error={error} />}
    </Stack>
  );
}
