import { Badge, Box, Card, Collapse, Group, Loader, Progress, Table, Text, Title, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useEffect, useId, useMemo, useState } from 'react';
import { allPages } from '../../app/pages';
import { operationsParts } from '../../generated/sdk.gen';
import { useT } from '../../i18n/words';
import { ErrorNote } from '../../patterns/error';
import { STATE_COLORS } from '../../patterns/state';
import { Elapsed } from '../../patterns/time';
import { type Operation, type Part, hasEnded } from './types';
import { useOperationWords } from './words';

const ORDER = ['failed', 'working', 'waiting', 'cancelled', 'done'] as const;
const COLORS: Record<Part['state'], string> = { waiting: 'gray', working: 'blue', done: 'teal', failed: 'red', cancelled: 'gray' };
/** Above so many parts or places, groups begin closed. */
const FEW = 30;
const FEW_PLACES = 5;
/** A group shows this many at most, the failed ones first. */
const SHOWN = 200;
const PACE_MS = 1500;

/** What the operation works on, by place; asked again as the operation changes, more seldom where there is much. */
export function Parts({ operation }: { operation: Operation }) {
  const t = useOperationWords();
  const { id, updatedAt } = operation;
  const ended = hasEnded(operation);
  const query = useQuery({ queryKey: ['operation-parts', id], queryFn: () => allPages((pageToken) => operationsParts({ path: { operation: id }, query: { pageSize: 200, ...(pageToken !== undefined && { pageToken }) } })), staleTime: 0 });
  const { refetch } = query;
  const many = (query.data?.length ?? 0) > 400;
  // The first look is at once, each further one a while after the change that it follows.
  useEffect(() => {
    const timer = setTimeout(() => void refetch(), ended ? 0 : many ? PACE_MS * 3 : PACE_MS);
    return () => clearTimeout(timer);
  }, [updatedAt, ended, many, refetch]);
  const groups = useMemo(() => {
    const by = new Map<string, Part[]>();
    for (const part of query.data ?? []) by.set(part.place ?? '', [...(by.get(part.place ?? '') ?? []), part]);
    return [...by].sort(([one], [other]) => one.localeCompare(other));
  }, [query.data]);
  const places = groups.length > 1 || (groups[0] !== undefined && groups[0][0] !== '');

  return (
    <Card withBorder radius="lg">
      <Title order={2} size="h5" mb="sm">{t(places ? 'parts' : 'parts.flat')}</Title>
      {query.error && <Box mb="sm"><ErrorNote error={query.error} retry={() => void refetch()} /></Box>}
      {!query.data && !query.error && <Group justify="center" p="md"><Loader size="sm" /></Group>}
      {query.data?.length === 0 && <Text size="sm" c="dimmed">{t('parts.none')}</Text>}
      {groups.map(([place, parts]) => <Place key={place} place={place} parts={parts} open={(query.data?.length ?? 0) <= FEW && groups.length <= FEW_PLACES} />)}
    </Card>
  );
}

function Place({ place, parts, open }: { place: string; parts: readonly Part[]; open: boolean }) {
  const t = useOperationWords();
  const say = useT();
  const [opened, setOpened] = useState(open);
  const body = useId();
  const counts = ORDER.map((state) => [state, parts.filter((part) => part.state === state).length] as const).filter(([, count]) => count > 0);
  const sorted = useMemo(() => [...parts].sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || one.name.localeCompare(other.name, undefined, { numeric: true })).slice(0, SHOWN), [parts]);
  return (
    <Box mb={6} data-place={place}>
      <UnstyledButton w="100%" py={4} onClick={() => setOpened(!opened)} aria-expanded={opened} aria-controls={body}>
        <Group gap="sm" wrap="nowrap">
          {opened ? <ChevronDown size={16} aria-hidden /> : <ChevronRight size={16} aria-hidden />}
          <Text size="sm" fw={600} className="ellipsis" style={{ flex: '0 1 220px', minWidth: 90 }}>{place || t('parts.show')}</Text>
          <Progress.Root size="sm" aria-hidden style={{ flex: 1, minWidth: 60 }}>
            {(['done', 'failed', 'working'] as const).map((state) => <Progress.Section key={state} withAria={false} color={COLORS[state]} value={(100 * parts.filter((part) => part.state === state).length) / parts.length} />)}
          </Progress.Root>
          <Group gap={4} wrap="nowrap">{counts.map(([state, count]) => <Badge key={state} variant="light" color={COLORS[state]} tt="none" style={{ flexShrink: 0 }}>{t(`part.${state}`)} {count}</Badge>)}</Group>
        </Group>
      </UnstyledButton>
      <Collapse expanded={opened} id={body}>
        {opened && (
          <Table.ScrollContainer minWidth={420} pl={26}>
            <Table layout="fixed" verticalSpacing={3} fz="sm" className="tabular">
              <Table.Thead><Table.Tr><Table.Th w="32%">{t('part.name')}</Table.Th><Table.Th w="24%">{t('part.state')}</Table.Th><Table.Th w="16%" ta="end">{t('part.took')}</Table.Th><Table.Th>{t('part.why')}</Table.Th></Table.Tr></Table.Thead>
              <Table.Tbody>
                {sorted.map((part) => (
                  <Table.Tr key={part.name} data-part={part.name}>
                    <Table.Td className="ellipsis" title={part.name}>{part.name}</Table.Td>
                    <Table.Td><Group gap={6} wrap="nowrap"><Badge variant="dot" color={COLORS[part.state]} tt="none">{t(`part.${part.state}`)}</Badge>{part.attempts > 1 && <Text size="xs" c="dimmed">{t('parts.attempt', { count: part.attempts })}</Text>}</Group></Table.Td>
                    <Table.Td ta="end">{part.startedAt && (part.finishedAt || part.state === 'working') ? <Elapsed from={part.startedAt} to={part.finishedAt} /> : '—'}</Table.Td>
                    <Table.Td maw={380} className="ellipsis" title={part.error ? [part.error.message, part.error.help].filter(Boolean).join(' ') : undefined}>{part.error ? <><b>{part.error.code}</b> {part.error.message}</> : <Text span size="xs" c="dimmed">{part.detail !== null && part.detail in STATE_COLORS ? say(`state.${part.detail}` as 'state.running') : part.detail}</Text>}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            {parts.length > SHOWN && <Text size="xs" c="dimmed">{t('parts.first', { count: SHOWN })}</Text>}
          </Table.ScrollContainer>
        )}
      </Collapse>
    </Box>
  );
}
