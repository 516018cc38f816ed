import { Box, Button, Group, Loader, Tabs, Text } from '@mantine/core';
import { CopyPlus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { ApiError } from '../../app/queries';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Allowed } from '../../patterns/allowed';
import { Empty } from '../../patterns/empty';
import { ErrorNote } from '../../patterns/error';
import { Page } from '../../patterns/page';
import { State } from '../../patterns/state';
import { ActDialog, type Deed } from './act';
import { MciCode } from './code';
import { CommandsTab } from './commands';
import { Counts, Price } from './counts';
import { useMci, useVms } from './data';
import { DeedMenu } from './deed-menu';
import { DeleteDialog } from './delete';
import { Labels } from './list';
import { OperationsTab } from './operations';
import { Overview } from './overview';
import { Failures, Underway } from './progress';
import { ScaleDialog } from './scale';
import type { MciDetail, MciGroup, Vm } from './types';
import { VmsTab } from './vms';
import { useMciWords } from './words';

const TABS = ['overview', 'vms', 'commands', 'operations', 'code'] as const;
type Tab = (typeof TABS)[number];
const NONE: Vm[] = [];

/** One MCI: what it is, what can be done with it, how that goes. */
export function MciPage() {
  const t = useMciWords();
  const say = useT();
  const { name = '' } = useParams();
  const mci = useMci(name);
  const gone = mci.error instanceof ApiError && mci.error.problem.status === 404;
  if (gone) {
    return <Page title={name}><Empty title={mci.data ? t('gone') : t('missing')} help={mci.data ? t('gone.help', { name }) : mci.error?.message} action={<Button component={Link} to="/mcis">{t('toList')}</Button>} /></Page>;
  }
  if (!mci.data) return <Page title={name}>{mci.error ? <ErrorNote error={mci.error} retry={() => void mci.refetch()} /> : <Group justify="center" py="xl"><Loader role="status" aria-label={say('list.loading')} /></Group>}</Page>;
  return <Loaded mci={mci.data} error={mci.error} retry={() => void mci.refetch()} />;
}

function Loaded({ mci, error, retry }: { mci: MciDetail; error: Error | null; retry(): void }) {
  const t = useMciWords();
  const format = useFormat();
  const go = useNavigate();
  const { tab: wanted = 'overview' } = useParams();
  const tab: Tab = TABS.find((one) => one === wanted) ?? 'overview';
  const query = useVms(mci.id);
  const vms = query.data ?? NONE;
  const [deed, setDeed] = useState<Deed>();
  const [scaling, setScaling] = useState<MciGroup>();
  const [deleting, setDeleting] = useState(false);
  const [chosen, setChosen] = useState<string[]>([]);
  const path = `/mcis/${encodeURIComponent(mci.name)}`;
  const away = mci.status === 'deleting';
  const command = (names: string[]): void => {
    setChosen(names);
    void go(`${path}/commands`);
  };

  return (
    <Page
      title={mci.name}
      about={<Group gap="sm" mt={4}>
        <State state={mci.status} />
        <Counts counts={mci.counts} />
        <Price prices={mci.pricePerHour} />
        <span title={format.time(mci.createdAt)}>{t('createdAgo', { time: format.ago(mci.createdAt) })}</span>
        <Labels labels={mci.labels} wrap />
        {mci.description !== '' && <Text inherit lineClamp={1} title={mci.description}>{mci.description}</Text>}
      </Group>}
      actions={<>
        <Allowed permission="mci:create"><Button size="xs" variant="default" component={Link} to={`/mcis/new?from=${encodeURIComponent(mci.name)}`} leftSection={<CopyPlus size={14} aria-hidden />}>{t('again')}</Button></Allowed>
        <Allowed permission="mci:update"><DeedMenu groups={mci.groups} act={(action) => setDeed({ action, scope: {}, vms })} scale={setScaling} disabled={away} /></Allowed>
        <Allowed permission="mci:delete"><Button size="xs" color="red" variant="light" onClick={() => setDeleting(true)} disabled={away} leftSection={<Trash2 size={14} aria-hidden />}>{t('delete')}</Button></Allowed>
      </>}
    >
      {error && <Box mb="sm"><ErrorNote error={error} retry={retry} /></Box>}
      <Underway ids={mci.activeOperationIds} vms={vms} regions={tab === 'overview'} />
      <Failures vms={vms} show={() => void go(`${path}/vms?state=failed`)} />
      <Tabs value={tab} onChange={(next) => void go(next === 'overview' ? path : `${path}/${next ?? ''}`)} keepMounted={false}>
        <Tabs.List mb="md">{TABS.map((one) => <Tabs.Tab key={one} value={one}>{t(`tab.${one}`)}{one === 'vms' && ` (${format.number(mci.vms)})`}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="overview"><Overview mci={mci} vms={vms} act={(action, group) => setDeed({ action, scope: { groups: [group.name] }, vms: vms.filter((vm) => vm.group === group.name) })} scale={setScaling} /></Tabs.Panel>
        <Tabs.Panel value="vms"><VmsTab mci={mci} query={query} act={(action, selected) => setDeed({ action, scope: { vms: selected.map((vm) => vm.name) }, vms: selected })} command={command} /></Tabs.Panel>
        <Tabs.Panel value="commands"><CommandsTab mci={mci} vms={vms} chosen={chosen} setChosen={setChosen} /></Tabs.Panel>
        <Tabs.Panel value="operations"><OperationsTab mci={mci} /></Tabs.Panel>
        <Tabs.Panel value="code"><MciCode mci={mci} /></Tabs.Panel>
      </Tabs>
      <ActDialog mci={mci} deed={deed} now={vms} close={() => setDeed(undefined)} />
      {scaling && <ScaleDialog mci={mci} group={scaling} vms={vms} close={() => setScaling(undefined)} />}
      <DeleteDialog mci={mci} vms={vms} opened={deleting} close={() => setDeleting(false)} />
    </Page>
  );
}
