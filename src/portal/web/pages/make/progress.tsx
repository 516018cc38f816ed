import { Alert, Button, Card, Center, Group, List, Loader, Progress as Bar, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { allPages } from '../../app/pages';
import { useProject } from '../../app/project';
import { ApiError } from '../../app/queries';
import { mciVms, operationsCancel, operationsGet } from '../../generated/sdk.gen';
import type { MciVmsResponse, OperationsGetResponse } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Allowed } from '../../patterns/allowed';
import { Confirm } from '../../patterns/confirm';
import { ErrorNote } from '../../patterns/error';
import { Page } from '../../patterns/page';
import { STATE_COLORS, State } from '../../patterns/state';
import { takeMade } from './draft';
import { useMakeWords } from './words';

type Vm = MciVmsResponse['items'][number];
const ENDED = ['succeeded', 'failed', 'cancelled'];

/** An MCI that is being made: by region and VM, with each error's cause and what would help. The address holds the operation, so that a reload comes back here. */
export function ProgressPage({ operationId }: { operationId: string }) {
  const t = useMakeWords();
  const say = useT();
  const format = useFormat();
  const project = useProject();
  const [asking, setAsking] = useState(false);
  const operation = useQuery({ queryKey: ['operations', operationId], queryFn: () => operationsGet({ path: { operation: operationId } }), staleTime: 0 });
  const name = operation.data?.target.name;
  const vms = useQuery({
    queryKey: ['vms', project, name, 'progress'], enabled: name !== undefined, staleTime: 0, retry: false,
    queryFn: () => allPages((pageToken) => mciVms({ path: { project, mci: name as string }, query: { pageSize: 200, ...(pageToken !== undefined && { pageToken }) } })),
  });
  // Taken back as a whole, it is no more.
  const gone = vms.error instanceof ApiError && vms.error.problem.status === 404;
  if (operation.error && !operation.data) return <Page title={t('progress.title', { name: '' })}><ErrorNote error={operation.error} retry={() => void operation.refetch()} /></Page>;
  if (!operation.data) return <Center mih="50vh"><Loader aria-label={say('list.loading')} /></Center>;
  const { state, progress, startedAt, endedAt } = timesOf(operation.data);
  const ended = ENDED.includes(state);
  const seconds = Math.max(0, ((endedAt ?? Date.now()) - startedAt) / 1000);
  return (
    <Page
      title={t(state === 'succeeded' ? (progress.failed > 0 ? 'progress.partly' : 'progress.runs') : ended ? 'progress.ended' : 'progress.title', { name: name ?? '' })}
      about={<span data-operation={operationId}>{t(ended ? 'progress.took' : 'progress.about', { seconds: format.duration(seconds) })}</span>}
      actions={<>
        {!ended && <Allowed permission="operation:cancel"><Button size="xs" variant="default" disabled={state === 'cancelling'} onClick={() => setAsking(true)}>{t('progress.cancel')}</Button></Allowed>}
        <Button size="xs" variant="default" component={Link} to={`/operations/${operationId}`}>{t('progress.operation')}</Button>
        {!ended && <Button size="xs" component={Link} to={`/mcis/${name}`}>{t('progress.mci')}</Button>}
      </>}
    >
      <Stack>
        <Card withBorder radius="lg">
          <Group justify="space-between" mb="xs"><Group gap="xs"><State state={state} of="operation" /><Text fw={600} role="status" className="tabular">{t('progress.counts', { done: progress.done, total: progress.total })}{progress.failed > 0 && ` · ${t('progress.failed', { count: progress.failed })}`}</Text></Group>{state !== 'succeeded' && <Text size="sm" c="dimmed">{operation.data.message}</Text>}</Group>
          <Bar.Root size="lg" aria-label={t('progress.counts', { done: progress.done, total: progress.total })}>
            <Bar.Section value={share(progress.done, progress.total)} color="teal" aria-label={say('state.running')} /><Bar.Section value={share(progress.failed, progress.total)} color="red" aria-label={say('state.failed')} />
          </Bar.Root>
        </Card>
        {state === 'succeeded' && <Alert color={progress.failed > 0 ? 'orange' : 'teal'} icon={progress.failed > 0 ? <TriangleAlert size={18} aria-hidden /> : <CircleCheck size={18} aria-hidden />} title={t(progress.failed > 0 ? 'progress.doneSome' : 'progress.done', { count: progress.done })}><Next name={name ?? ''} operation={operationId} gone={gone} failed={progress.failed > 0} /></Alert>}
        {(state === 'failed' || state === 'cancelled') && <Alert color={state === 'failed' ? 'red' : 'gray'} icon={<CircleX size={18} aria-hidden />} title={t(state === 'failed' ? 'progress.gone' : 'progress.cancelled')}><Next name={name ?? ''} operation={operationId} gone={gone} failed /></Alert>}
        <Errors operation={operation.data} />
        {vms.data && !gone && <Regions vms={vms.data} />}
      </Stack>
      <Confirm opened={asking} close={() => setAsking(false)} title={t('progress.cancel')} verb={t('progress.cancel')} act={async () => { await operationsCancel({ path: { operation: operationId } }); await operation.refetch(); }}><Text size="sm">{t('progress.cancelHelp')}</Text></Confirm>
    </Page>
  );
}

const share = (count: number, total: number): number => (total === 0 ? 0 : (count / total) * 100);
const timesOf = ({ state, progress, createdAt, finishedAt }: OperationsGetResponse) => ({ state, progress, startedAt: Date.parse(createdAt), endedAt: finishedAt === null ? undefined : Date.parse(finishedAt) });

/** Where to go from here. */
function Next({ name, operation, gone, failed }: { name: string; operation: string; gone: boolean; failed: boolean }) {
  const t = useMakeWords();
  const project = useProject();
  const go = useNavigate();
  const again = (): void => {
    if (gone) takeMade(project, operation);
    void go(gone ? '/mcis/new' : `/mcis/new?from=${encodeURIComponent(name)}`);
  };
  return (
    <Group gap="xs">
      {!gone && <Button size="xs" component={Link} to={`/mcis/${name}`}>{t('progress.mci')}</Button>}
      {!gone && <Button size="xs" variant="default" component={Link} to="/">{t('progress.map')}</Button>}
      {failed && <Allowed permission="mci:create"><Button size="xs" variant="default" onClick={again}>{t('progress.again')}</Button></Allowed>}
    </Group>
  );
}

/** Errors by code: how many, where, why, what would help. */
function Errors({ operation: { errors } }: { operation: OperationsGetResponse }) {
  const t = useMakeWords();
  if (errors.length === 0) return null;
  return (
    <Alert color="red" icon={<CircleX size={18} aria-hidden />} title={t('progress.why')}>
      <List size="sm" spacing={4}>{errors.map(({ code, count, message, help, targets }) => <List.Item key={code + message}><Text span size="sm" fw={600}>{count} × <span className="mono">{code}</span></Text>: {message}{help && <Text size="sm" fw={500}>{help}</Text>}<Text size="xs" c="dimmed">{targets.join(', ')}{count > targets.length && ' …'}</Text></List.Item>)}</List>
    </Alert>
  );
}

/** A line for each region, with its VMs by state. */
function Regions({ vms }: { vms: readonly Vm[] }) {
  const t = useMakeWords();
  const places = new Map<string, Vm[]>();
  for (const vm of vms) places.set(`${vm.cloud} · ${vm.region}`, [...(places.get(`${vm.cloud} · ${vm.region}`) ?? []), vm]);
  return (
    <Card withBorder radius="lg" p="sm">
      <Title order={2} size="h5" mb="xs">{t('progress.regions')}</Title>
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing={6} className="tabular">
          <Table.Thead><Table.Tr><Table.Th>{t('col.place')}</Table.Th><Table.Th w={90}>{t('col.vms')}</Table.Th><Table.Th w="34%">{t('progress.states')}</Table.Th><Table.Th>{t('progress.each')}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {[...places].sort(([one], [other]) => one.localeCompare(other)).map(([place, own]) => {
              const counts = new Map<string, number>();
              for (const { state } of own) counts.set(state, (counts.get(state) ?? 0) + 1);
              const failures = [...new Set(own.flatMap(({ failure }) => (failure ? [`${failure.code}: ${failure.message}`] : [])))];
              return (
                <Table.Tr key={place}>
                  <Table.Td><Text size="sm" fw={500}>{place}</Text>{failures.map((failure) => <Text key={failure} size="xs" c="red">{failure}</Text>)}</Table.Td>
                  <Table.Td>{counts.get('running') ?? 0} / {own.length}</Table.Td>
                  <Table.Td><Group gap={6}>{[...counts].map(([state, count]) => <Group key={state} gap={4} wrap="nowrap"><State state={state} /><Text size="xs">{count}</Text></Group>)}</Group></Table.Td>
                  <Table.Td><Group gap={3} aria-hidden>{own.map((vm) => <span key={vm.id} title={`${vm.name}: ${vm.state}`} style={{ width: 11, height: 11, borderRadius: 3, background: `var(--mantine-color-${STATE_COLORS[vm.state] ?? 'gray'}-6)` }} />)}</Group></Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}
