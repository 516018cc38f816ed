import { Alert, Anchor, Card, Group, List, Progress, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { queries } from '../../app/queries';
import { operationsGet } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { State } from '../../patterns/state';
import type { Connection, Region } from './queries';
import { useConnectionWords } from './words';

const ENDED = ['succeeded', 'failed', 'cancelled'];
const sum = (regions: readonly Region[], of: (region: Region) => number): number => regions.reduce((total, region) => total + of(region), 0);

/** How the catalogue of a connection is: what it holds and since when, how far its reading is, and what could not be read. */
export function SyncState({ connection, regions }: { connection: Connection; regions: readonly Region[] }) {
  const t = useConnectionWords();
  const format = useFormat();
  const id = connection.syncOperationId;
  const { data: operation } = useQuery({ queryKey: ['operations', 'one', id], queryFn: () => operationsGet({ path: { operation: id as string } }), enabled: id !== null });
  const running = operation !== undefined && !ENDED.includes(operation.state);
  const ended = operation && !running ? operation.id : undefined;
  // The regions and their counts are written with the end of the operation, whose event names it alone.
  useEffect(() => {
    if (ended === undefined) return;
    void queries.invalidateQueries({ queryKey: ['regions'] });
    void queries.invalidateQueries({ queryKey: ['connections'] });
  }, [ended]);
  const { done = 0, total = 0 } = operation?.progress ?? {};
  return (
    <Card withBorder radius="lg" data-sync={operation?.state ?? 'never'}>
      <Group justify="space-between" mb={6}><Title order={2} size="h5">{t('sync.title')}</Title>{operation && <State state={operation.state} of="operation" />}</Group>
      <Stack gap={6}>
        <Text size="sm">{connection.syncedAt ? <span title={format.time(connection.syncedAt)}>{t('sync.at', { ago: format.ago(connection.syncedAt) })}</span> : t('sync.never')}</Text>
        {regions.length > 0 && <Text size="sm" c="dimmed">{t('sync.catalogue', { specs: format.number(sum(regions, ({ specCount }) => specCount)), images: format.number(sum(regions, ({ imageCount }) => imageCount)), regions: format.number(regions.length) })}</Text>}
        {running && (
          <div role="status">
            <Text size="xs" mb={4} className="tabular">{t('sync.running', { done: format.number(done), total: format.number(total) })}</Text>
            <Progress value={total === 0 ? 0 : (done / total) * 100} animated aria-label={t('sync.title')} />
          </div>
        )}
        {operation && operation.errors.length > 0 && (
          <Alert color="orange" title={t('sync.failed', { count: format.number(operation.errors.reduce((all, { count }) => all + count, 0)) })} p="xs">
            <List size="sm" spacing={2}>{operation.errors.slice(0, 5).map(({ code, count, message, help, targets }) => <List.Item key={code + message}><b>{code}</b>{count > 1 && ` × ${count}`}: {message} {help} <Text span size="xs" c="dimmed">{targets.join(', ')}</Text></List.Item>)}</List>
          </Alert>
        )}
        {operation && <Anchor component={Link} to={`/operations/${operation.id}`} size="xs">{t('sync.operation')}</Anchor>}
      </Stack>
    </Card>
  );
}
