import { ActionIcon, Autocomplete, Button, Card, Group, Input, NumberInput, SegmentedControl, SimpleGrid, Stack, TagsInput, Text, TextInput, Title } from '@mantine/core';
import { Plus, Trash2 } from 'lucide-react';
import { useT } from '../../i18n/words';
import { LABEL } from './body';
import { type Draft, type Need, newNeed } from './draft';
import { OsField } from './os-field';
import { nameOk, needNameOk } from './problems';
import { useMakeWords } from './words';

const SIZES: { key: 'small' | 'medium' | 'large' | 'huge'; vcpu: number; memoryGiB: number }[] = [
  { key: 'small', vcpu: 1, memoryGiB: 1 }, { key: 'medium', vcpu: 2, memoryGiB: 4 }, { key: 'large', vcpu: 4, memoryGiB: 16 }, { key: 'huge', vcpu: 16, memoryGiB: 64 },
];

/** First step: what is needed, without a word about clouds. */
export function Needs({ draft, taken, change, changeNeed }: { draft: Draft; taken: ReadonlySet<string>; change(part: Partial<Draft>): void; changeNeed(id: string, part: Partial<Need>): void }) {
  const t = useMakeWords();
  const nameError = draft.name === '' ? undefined : !nameOk(draft.name) ? t('name.rule') : taken.has(draft.name) ? t('name.taken', { name: draft.name }) : undefined;
  const add = (): void => {
    const last = draft.needs.at(-1);
    const names = ['web', 'app', 'db', 'cache', 'worker'].filter((name) => !draft.needs.some((need) => need.name === name));
    change({ needs: [...draft.needs, newNeed(names[0] ?? `group-${draft.needs.length + 1}`, last?.places.map(({ connection, region }) => ({ connection, region, count: null, spec: null, image: null })) ?? [])] });
  };
  return (
    <Stack>
      <Card withBorder radius="lg">
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <TextInput label={t('name')} description={t('name.rule')} value={draft.name} error={nameError} onChange={(event) => change({ name: event.currentTarget.value })} required autoComplete="off" spellCheck={false} data-autofocus />
          <TextInput label={t('description')} description={t('description.help')} value={draft.description} maxLength={500} onChange={(event) => change({ description: event.currentTarget.value })} />
          <TagsInput label={t('labels')} description={t('labels.rule')} value={draft.labels} onChange={(labels) => change({ labels })} error={draft.labels.some((label) => !LABEL.test(label)) ? t('labels.wrong', { labels: draft.labels.filter((label) => !LABEL.test(label)).map((label) => label.slice(0, 40)).join(', ') }) : undefined} placeholder={draft.labels.length === 0 ? 'team=shop' : ''} splitChars={[',', ' ']} acceptValueOnBlur clearable />
        </SimpleGrid>
      </Card>
      {draft.needs.map((need) => <NeedCard key={need.id} need={need} others={draft.needs.filter((other) => other !== need)} change={(part) => changeNeed(need.id, part)} remove={draft.needs.length > 1 ? () => change({ needs: draft.needs.filter((other) => other !== need) }) : undefined} />)}
      <Group><Button variant="light" leftSection={<Plus size={15} aria-hidden />} onClick={add} disabled={draft.needs.length >= 20}>{t('need.add')}</Button><Text size="sm" c="dimmed">{t('need.addHelp')}</Text></Group>
    </Stack>
  );
}

function NeedCard({ need, others, change, remove }: { need: Need; others: Need[]; change(part: Partial<Need>): void; remove: (() => void) | undefined }) {
  const t = useMakeWords();
  const say = useT();
  const error = !needNameOk(need.name) ? t('need.nameRule') : others.some(({ name }) => name === need.name) ? t('need.twice', { name: need.name }) : undefined;
  const size = SIZES.find(({ vcpu, memoryGiB }) => vcpu === need.vcpu && memoryGiB === need.memoryGiB)?.key ?? 'own';
  return (
    <Card withBorder radius="lg" data-need={need.name}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h5">{t('need.title', { name: need.name })}</Title>
        {remove && <ActionIcon variant="subtle" color="gray" onClick={remove} aria-label={t('need.remove', { name: need.name })}><Trash2 size={16} aria-hidden /></ActionIcon>}
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        <Autocomplete label={t('need.name')} description={t('need.nameHelp')} data={['web', 'app', 'db', 'cache', 'worker']} filter={({ options }) => options} value={need.name} error={error} onChange={(name) => change({ name })} spellCheck={false} required />
        <NumberInput label={t('need.count')} description={t('need.countHelp')} value={need.count} onChange={(count) => change({ count: typeof count === 'number' ? count : 0, places: need.places.map((place) => ({ ...place, count: null })) })} min={1} max={1000} clampBehavior="blur" allowDecimal={false} allowNegative={false} required />
        <OsField need={need} change={change} />
      </SimpleGrid>
      <Stack gap={6} mt="md">
        <Input.Label labelElement="div" id={`${need.id}-size`}>{t('need.size')}</Input.Label>
        <SegmentedControl aria-labelledby={`${need.id}-size`} data={[...SIZES.map(({ key, vcpu, memoryGiB }) => ({ value: key as string, label: t('need.sizeOf', { word: t(`size.${key}`), vcpu, memory: memoryGiB }) })), { value: 'own', label: t('size.own') }]} value={size} onChange={(key) => { const found = SIZES.find((item) => item.key === key); change(found ? { vcpu: found.vcpu, memoryGiB: found.memoryGiB, ...unpinned(need) } : { vcpu: need.vcpu + 1, ...unpinned(need) }); }} styles={{ root: { alignSelf: 'flex-start', maxWidth: '100%', flexWrap: 'wrap' } }} />
        <SimpleGrid cols={{ base: 1, xs: 2, sm: 4 }} mt={4}>
          <NumberInput label={t('need.vcpu')} value={need.vcpu} onChange={(vcpu) => change({ vcpu: Number(vcpu) || 1, ...unpinned(need) })} min={1} max={512} allowDecimal={false} />
          <NumberInput label={t('need.memory')} suffix=" GiB" value={need.memoryGiB} onChange={(memoryGiB) => change({ memoryGiB: Number(memoryGiB) || 1, ...unpinned(need) })} min={0.5} max={24_576} />
          <NumberInput label={t('need.disk')} suffix=" GiB" value={need.rootDiskGiB ?? ''} placeholder={t('need.diskDefault')} onChange={(rootDiskGiB) => change({ rootDiskGiB: typeof rootDiskGiB === 'number' ? rootDiskGiB : null })} min={1} max={16_384} allowDecimal={false} />
          <Input.Wrapper label={t('need.architecture')} labelElement="div" labelProps={{ id: `${need.id}-cpu` }}>
            <SegmentedControl fullWidth aria-labelledby={`${need.id}-cpu`} data={[{ value: 'any', label: t('arch.any') }, { value: 'amd64', label: 'x86' }, { value: 'arm64', label: 'Arm' }]} value={need.architecture} onChange={(architecture) => change({ architecture: architecture as Need['architecture'], ...unpinned(need) })} />
          </Input.Wrapper>
        </SimpleGrid>
        <Text size="xs" c="dimmed">{t('need.sizeHelp', { vcpu: need.vcpu, memory: need.memoryGiB })} {say('unit.vms', { count: need.count })}</Text>
      </Stack>
    </Card>
  );
}

/** Specs that were chosen by hand no longer fit a changed size. */
const unpinned = (need: Need): Pick<Need, 'places'> => ({ places: need.places.map((place) => ({ ...place, spec: null })) });
