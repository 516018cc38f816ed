import { Box, Button, Card, Checkbox, Group, ScrollArea, Select, Text, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useT } from '../../i18n/words';
import { placeKey } from './draft';
import { type Region, unread } from './suggest';
import { useMakeWords } from './words';

const keyOf = (region: Region): string => placeKey({ connection: region.connection, region: region.id });

/** All regions of all connections to choose from; `near` narrows it to those that stand together on the map, and leads the keyboard here. */
export function RegionList({ regions, chosen, near, forget, toggle }: { regions: readonly Region[]; chosen: ReadonlySet<string>; near: readonly string[]; forget(): void; toggle(keys: readonly string[], on: boolean): void }) {
  const t = useMakeWords();
  const say = useT();
  const [search, setSearch] = useState('');
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { if (near.length > 0) box.current?.querySelector<HTMLInputElement>('input')?.focus(); }, [near]);
  const [cloud, setCloud] = useState<string | null>(null);
  const clouds = [...new Set(regions.map((region) => region.cloud))].sort();
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = regions.filter((region) => {
    const text = `${region.connection} ${region.cloud} ${region.id} ${region.name}`.toLowerCase();
    return region.enabled && (cloud === null || region.cloud === cloud) && (near.length === 0 || near.includes(keyOf(region))) && words.every((word) => text.includes(word));
  });
  return (
    <Card withBorder radius="lg" p="sm" h="100%">
      <Group gap="xs" mb="xs" wrap="nowrap">
        <TextInput size="xs" flex={1} leftSection={<Search size={14} aria-hidden />} placeholder={t('where.search')} aria-label={t('where.search')} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
        <Select size="xs" w={130} data={clouds} value={cloud} onChange={setCloud} placeholder={t('where.allClouds')} aria-label={t('where.allClouds')} clearable />
      </Group>
      {near.length > 0 && <Group justify="space-between" mb={4}><Text size="xs" role="status">{t('where.near', { count: near.length })}</Text><Button size="compact-xs" variant="subtle" onClick={forget}>{say('list.clear')}</Button></Group>}
      <ScrollArea.Autosize mah={300} type="auto" viewportRef={box} viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': t('where.list') }}>
        {shown.map((region) => (
          <Box key={keyOf(region)} py={3} pl={4} pr="sm" data-region={keyOf(region)}>
            <Checkbox size="xs" checked={chosen.has(keyOf(region))} onChange={(event) => toggle([keyOf(region)], event.currentTarget.checked)} label={
              <><Text size="sm" lh={1.25}>{region.name}</Text><Text size="xs" c="dimmed" lh={1.3}>{region.connection} · <span className="mono">{region.id}</span>{unread(region) && ` · ${t('where.unread')}`}</Text></>
            } />
          </Box>
        ))}
        {shown.length === 0 && <Text size="sm" c="dimmed" p="md">{say('list.nothing')}</Text>}
      </ScrollArea.Autosize>
    </Card>
  );
}
