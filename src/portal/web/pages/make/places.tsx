import { ActionIcon, Button, Card, Group, Loader, NumberInput, Select, Table, Text, Title, Tooltip, VisuallyHidden } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { type Need, type PlaceDraft, placeKey, suggestionKey } from './draft';
import { osName } from './os-field';
import type { Region, Spec, Suggestion, Suggestions } from './suggest';
import { useMakeWords } from './words';

/** The chosen places of a need: its share of the VMs, and the suggested spec and image with their price. */
export function PlacesTable({ need, sizes, regions, suggestions, change }: { need: Need; sizes: readonly number[]; regions: readonly Region[]; suggestions: Suggestions; change(part: Partial<Need>): void }) {
  const t = useMakeWords();
  const say = useT();
  const sum = sizes.reduce((one, other) => one + other, 0);
  const edit = (place: PlaceDraft, part: Partial<PlaceDraft>): void => change({ places: need.places.map((other) => (other === place ? { ...place, ...part } : other)) });
  if (need.places.length === 0) return <Card withBorder radius="lg"><Text size="sm" c="dimmed" ta="center" py="md">{t('where.none', { count: need.count })}</Text></Card>;
  return (
    <Card withBorder radius="lg" p="sm">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">{`${say('unit.vms', { count: need.count })} · ${t('total.places', { count: need.places.length })}`}</Title>
        <Group gap="xs">
          {sum !== need.count && <><Text size="sm" c="red" role="alert">{t('where.sum', { name: need.name, sum, count: need.count })}</Text><Button size="compact-sm" variant="light" onClick={() => change({ count: sum })}>{t('where.makeSum', { sum })}</Button></>}
          {sum === need.count && sizes.includes(0) && <><Text size="sm" role="status">{t('where.idle', { count: sizes.filter((size) => size === 0).length })}</Text><Button size="compact-sm" variant="light" onClick={() => change({ count: need.places.length, places: need.places.map((place) => ({ ...place, count: null })) })}>{t('where.makeSum', { sum: need.places.length })}</Button></>}
          {need.places.some(({ count }) => count !== null) && <Button size="compact-sm" variant="subtle" onClick={() => change({ places: need.places.map((place) => ({ ...place, count: null })) })}>{t('where.even')}</Button>}
        </Group>
      </Group>
      <Table.ScrollContainer minWidth={700}>
        <Table verticalSpacing={6} className="tabular">
          <Table.Thead><Table.Tr><Table.Th>{t('col.place')}</Table.Th><Table.Th w={100}>{t('col.vms')}</Table.Th><Table.Th w="34%">{t('col.spec')}</Table.Th><Table.Th>{t('col.image')}</Table.Th><Table.Th ta="end">{t('col.price')}</Table.Th><Table.Th w={40}><VisuallyHidden>{say('action.delete')}</VisuallyHidden></Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {need.places.map((place, index) => {
              const suggestion = suggestions.get(suggestionKey(need, place));
              const region = regions.find((item) => item.connection === place.connection && item.id === place.region);
              const size = sizes[index] ?? 0;
              return (
                <Table.Tr key={placeKey(place)} data-place-row={placeKey(place)} data-suggestion={suggestion?.state}>
                  <Table.Td><Text size="sm" fw={500}>{region?.name ?? place.region}</Text><Text size="xs" c="dimmed">{place.connection} · <span className="mono">{place.region}</span></Text></Table.Td>
                  <Table.Td><NumberInput size="xs" aria-label={t('where.share', { place: `${place.connection} ${place.region}` })} value={size} min={0} max={1000} allowDecimal={false} onChange={(count) => typeof count === 'number' && count !== size && edit(place, { count })} {...(place.count === null && { styles: { input: { fontStyle: 'normal' } } })} /></Table.Td>
                  <SpecCells need={need} place={place} size={size} suggestion={suggestion} edit={(part) => edit(place, part)} />
                  <Table.Td><ActionIcon variant="subtle" color="gray" aria-label={t('where.remove', { place: `${place.connection} ${place.region}` })} onClick={() => change({ places: need.places.filter((other) => other !== place) })}><Trash2 size={15} aria-hidden /></ActionIcon></Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed" mt={4}>{t('where.specHelp')}</Text>
    </Card>
  );
}

function SpecCells({ need, place, size, suggestion, edit }: { need: Need; place: PlaceDraft; size: number; suggestion: Suggestion | undefined; edit(part: Partial<PlaceDraft>): void }) {
  const t = useMakeWords();
  const say = useT();
  const format = useFormat();
  const os = osName(need.osFamily, need.osVersion);
  if (!suggestion || suggestion.state === 'loading' || suggestion.state === 'reading') return <Table.Td colSpan={3}><Group gap="xs" role="status"><Loader size={14} aria-hidden /><Text size="sm">{t(suggestion?.state === 'reading' ? 'where.reading' : 'where.looking')}</Text></Group></Table.Td>;
  if (suggestion.state === 'failed') return <Table.Td colSpan={3}><Text size="sm" c="red">{t('where.failed', { where: place.region, reason: suggestion.error?.message ?? '' })}</Text></Table.Td>;
  if (suggestion.state === 'missing') return <Table.Td colSpan={3}><Text size="sm" c="red">{t(suggestion.lacks === 'image' ? 'where.noImage' : 'where.noSpec', { where: place.region, os })}</Text></Table.Td>;
  const label = (spec: Spec): string => `${spec.id} · ${spec.vcpu} vCPU · ${format.number(spec.memoryMiB / 1024, 1)} GiB${spec.architecture === 'arm64' ? ' · Arm' : ''} · ${spec.price ? say('unit.perHour', { price: format.money(spec.price.perHour, spec.price.currency) }) : t('price.unknown')}`;
  const ids = new Set(suggestion.specs.map(({ id }) => id));
  const data = [...suggestion.specs.map((spec) => ({ value: spec.id, label: label(spec) })), ...(place.spec !== null && !ids.has(place.spec) ? [{ value: place.spec, label: place.spec }] : [])];
  const { spec, image } = suggestion;
  return (
    <>
      <Table.Td><Select size="xs" aria-label={t('where.specOf', { place: `${place.connection} ${place.region}` })} data={data} value={place.spec ?? spec?.id ?? null} onChange={(value) => edit({ spec: value === suggestion.specs[0]?.id ? null : value })} searchable allowDeselect={false} comboboxProps={{ width: 420, position: 'bottom-start' }} maxDropdownHeight={260} /></Table.Td>
      <Table.Td><Tooltip label={image ? `${image.name} · ${image.id}` : (place.image ?? os)}><Text size="xs" tabIndex={0}>{image ? osName(image.osFamily, image.osVersion) : (place.image ?? os)}</Text></Tooltip></Table.Td>
      <Table.Td ta="end">
        {spec?.price ? (
          <Tooltip multiline maw={320} label={`${t('price.each', { price: format.money(spec.price.perHour, spec.price.currency) })} · ${spec.price.source} · ${t('price.age', { days: spec.price.ageDays })}${spec.price.simulated ? ` · ${t('price.simulated')}` : ''}`}>
            <div tabIndex={0}><Text size="sm" style={{ whiteSpace: 'nowrap' }}>{say('unit.perHour', { price: format.money(spec.price.perHour * size, spec.price.currency) })}</Text><Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>{spec.price.simulated ? t('price.simulated') : t('price.age', { days: spec.price.ageDays })}</Text></div>
          </Tooltip>
        ) : <Text size="xs" c="dimmed">{t('price.unknown')}</Text>}
      </Table.Td>
    </>
  );
}
