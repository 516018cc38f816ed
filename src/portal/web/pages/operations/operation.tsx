import { Alert, Anchor, Badge, Box, Button, Card, Grid, Group, Loader, Stack, Text, Title, Tooltip } from '@mantine/core';
import { CircleX, Unplug } from 'lucide-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { operationsCancel } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { Allowed } from '../../patterns/allowed';
import { AsCode } from '../../patterns/as-code';
import { Confirm } from '../../patterns/confirm';
import { Copy } from '../../patterns/copy';
import { ErrorNote } from '../../patterns/error';
import { Facts } from '../../patterns/facts';
import { Page } from '../../patterns/page';
import { useKind, useOutcome } from '../../patterns/kind-words';
import { State } from '../../patterns/state';
import { Ago, Elapsed } from '../../patterns/time';
import { Errors } from './errors';
import { useOperation } from './follow';
import { History } from './history';
import { Log, resumesIn, useLog } from './log';
import { Parts } from './parts';
import { OperationProgress } from './progress';
import { type Operation, hasEnded, pageOfTarget } from './types';
import { useOperationWords } from './words';

/** One operation: how far it is, why something failed, what happened, and the same for a terminal. */
export function OperationPage() {
  const { id = '' } = useParams();
  const t = useOperationWords();
  const kindOf = useKind();
  const format = useFormat();
  const [cancelling, setCancelling] = useState(false);
  const { operation, error, refetch, snapshots, gaps, staleSince } = useOperation(id);
  const log = useLog(operation);
  if (!operation) return <Page title={t('title')}>{error ? <ErrorNote error={error} retry={refetch} /> : <Group justify="center" py="xl"><Loader aria-label={t('title')} /></Group>}</Page>;
  const resumes = resumesIn(log.data);
  const mayEnd = !hasEnded(operation) && operation.state !== 'cancelling';
  return (
    <Page
      title={`${kindOf(operation.kind)}: ${operation.target.name}`}
      about={<Group gap="xs"><State state={operation.state} of="operation" />{resumes.length > 0 && <Tooltip label={t('resumed.help')}><Badge variant="light" color="grape" tt="none" tabIndex={0} data-resumed>{t('resumed')}</Badge></Tooltip>}<span className="mono">{operation.id}</span><Copy text={operation.id} label={t('id')} /></Group>}
      actions={mayEnd && <Allowed permission="operation:cancel"><Button variant="light" color="red" size="xs" leftSection={<CircleX size={14} aria-hidden />} onClick={() => setCancelling(true)}>{t('cancel')}</Button></Allowed>}
    >
      {staleSince && <Alert mb="md" color="orange" icon={<Unplug size={18} aria-hidden />} role="status" data-stale>{t('stale', { time: format.clock(staleSince) })}</Alert>}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            <Overview operation={operation} />
            {operation.errors.length > 0 && <Errors errors={operation.errors} />}
            <Parts operation={operation} />
            <Log log={log} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <Card withBorder radius="lg"><Title order={2} size="h5" mb="sm">{t('timeline')}</Title><History operation={operation} snapshots={snapshots} gaps={gaps} more={resumes.map(({ id: line, at, message }) => ({ id: `resumed-${line}`, at, title: t('resumed'), note: message, tone: 'warn' as const }))} /></Card>
            <AsCode opened request={{ method: 'GET', path: `/v1/operations/${operation.id}/events` }} cli={`mcmp operation watch ${operation.id}`} />
          </Stack>
        </Grid.Col>
      </Grid>
      <Confirm opened={cancelling} close={() => setCancelling(false)} title={t('cancel.title')} verb={t('cancel')} act={() => operationsCancel({ path: { operation: operation.id } }).then(refetch)}><Text size="sm">{t('cancel.help')}</Text></Confirm>
    </Page>
  );
}

/** Figures of results that have a word. */
const RESULTS = ['vms', 'failed', 'reached', 'regions', 'specs', 'images', 'prices', 'done'] as const;

function Overview({ operation }: { operation: Operation }) {
  const t = useOperationWords();
  const format = useFormat();
  const { done, failed, total } = operation.progress;
  const page = pageOfTarget(operation);
  const outcome = useOutcome()(operation);
  const factOf = (key: string): string => ((RESULTS as readonly string[]).includes(key) ? t(`result.${key as (typeof RESULTS)[number]}`) : key);
  return (
    <Card withBorder radius="lg">
      <Group justify="space-between" mb={6} align="baseline" role="status">
        <Group gap="xs" align="baseline"><Text fz={22} fw={700} className="tabular">{t('progress', { done: format.number(done), total: format.number(total) })}</Text>{failed > 0 && <Text c="red" fw={600} size="sm">{t('progress.failed', { count: failed })}</Text>}</Group>
        <Text size="sm" className="tabular">{total > 0 && format.percent((done + failed) / total)}</Text>
      </Group>
      <OperationProgress operation={operation} size="lg" />
      {outcome !== null && <Text size="sm" mt="sm" style={{ overflowWrap: 'anywhere' }}>{outcome}</Text>}
      <Box mt="md">
        <Facts cols={{ base: 2, sm: 4 }} facts={[
          [t('target'), page ? <Anchor component={Link} to={page} size="sm">{operation.target.name}</Anchor> : operation.target.name],
          [t('asked'), <Ago key="asked" at={operation.createdAt} />],
          [t('elapsed'), <Elapsed key="elapsed" from={operation.createdAt} to={operation.finishedAt} />],
          ...Object.entries(operation.result ?? {}).filter(([, value]) => typeof value === 'number').map(([key, value]) => [factOf(key), format.number(value as number)] as const),
        ]} />
      </Box>
    </Card>
  );
}
