import { Badge, Box, Card, Group, Loader, SegmentedControl, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { allPages } from '../../app/pages';
import { operationsLogs } from '../../generated/sdk.gen';
import type { OperationsLogsResponse } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { Copy } from '../../patterns/copy';
import { ErrorNote } from '../../patterns/error';
import { type Operation, hasEnded } from './types';
import { useOperationWords } from './words';

export type LogLine = OperationsLogsResponse['items'][number];
type Level = 'info' | 'warn' | 'error';
const COLORS: Record<string, string> = { info: 'gray', warn: 'orange', error: 'red', fatal: 'red' };
const PACE_MS = 3000;

/** Lines that servers wrote for an operation; asked again as it changes, and once after its end, when the last ones are written. */
export function useLog(operation: Operation | undefined) {
  const id = operation?.id ?? '';
  const ended = operation !== undefined && hasEnded(operation);
  const updatedAt = operation?.updatedAt;
  const query = useQuery({ queryKey: ['operation-log', id], enabled: id !== '', queryFn: () => allPages((pageToken) => operationsLogs({ path: { operation: id }, query: { pageSize: 200, ...(pageToken !== undefined && { pageToken }) } })), staleTime: 0 });
  const { refetch } = query;
  useEffect(() => {
    if (updatedAt === undefined) return;
    const timer = setTimeout(() => void refetch(), ended ? 1500 : PACE_MS);
    return () => clearTimeout(timer);
  }, [updatedAt, ended, refetch]);
  return query;
}

/** Where the work went on after a server was lost. */
export const resumesIn = (lines: readonly LogLine[] | undefined): LogLine[] => (lines ?? []).filter(({ fields }) => fields.resumed === true);

const textOf = ({ at, level, server, message, fields }: LogLine): string => `${at} ${level.toUpperCase()} ${server} ${message}${Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : ''}`;

/** What a line says beside its message; the id of a connection is left to the copied text, which names it too. */
const fieldsOf = ({ fields }: LogLine): string => Object.entries(fields).filter(([key]) => key !== 'connectionId').map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`).join(' ');

/** The log of an operation, from a level on, to be copied as a whole. */
export function Log({ log }: { log: ReturnType<typeof useLog> }) {
  const t = useOperationWords();
  const format = useFormat();
  const [level, setLevel] = useState<Level>('info');
  const levels = ['info', 'warn', 'error', 'fatal'];
  const lines = log.data?.filter((line) => levels.indexOf(line.level) >= levels.indexOf(level));
  return (
    <Card withBorder radius="lg">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h5">{t('log')}</Title>
        <Group gap="xs">
          <SegmentedControl size="xs" value={level} onChange={(value) => setLevel(value as Level)} data={(['info', 'warn', 'error'] as const).map((value) => ({ value, label: t(`log.${value}`) }))} aria-label={t('log.level')} />
          <Copy text={(lines ?? []).map(textOf).join('\n')} label={t('log.copy')} />
        </Group>
      </Group>
      {log.error && <ErrorNote error={log.error} retry={() => void log.refetch()} />}
      {!log.data && !log.error && <Group justify="center"><Loader size="sm" aria-label={t('log')} /></Group>}
      {lines?.length === 0 && <Text size="sm" c="dimmed">{t(log.data?.length === 0 ? 'log.none' : 'log.noneOfLevel')}</Text>}
      {lines && lines.length > 0 && (
        <Box tabIndex={0} role="log" aria-label={t('log')} mah={360} style={{ overflow: 'auto' }}>
          {lines.map((line) => (
            <Box key={line.id} py={3} style={{ borderTop: '1px solid var(--mantine-color-default-border)' }} data-level={line.level}>
              <Group gap={8} wrap="nowrap" align="baseline">
                <Text size="xs" c="dimmed" className="tabular mono" style={{ whiteSpace: 'nowrap' }}>{format.clock(line.at)}</Text>
                <Badge size="xs" variant="light" color={COLORS[line.level]} tt="none" style={{ flexShrink: 0 }}>{line.level}</Badge>
                <Text size="sm" style={{ overflowWrap: 'anywhere', minWidth: 0 }}>{line.message}<Text span size="xs" c="dimmed" className="mono"> {fieldsOf(line)}</Text></Text>
              </Group>
            </Box>
          ))}
        </Box>
      )}
    </Card>
  );
}
