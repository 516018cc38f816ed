import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { allPages } from '../../app/pages';
import { operationsList } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Empty } from '../../patterns/empty';
import { useKind, useOutcome } from '../../patterns/kind-words';
import { type Column, List } from '../../patterns/list';
import { State } from '../../patterns/state';
import type { MciDetail, Operation } from './types';
import { useMciWords } from './words';

const seconds = ({ createdAt, finishedAt }: Operation): number => (Date.parse(finishedAt ?? new Date().toISOString()) - Date.parse(createdAt)) / 1000;

/** What was done with this MCI, the newest first. */
export function OperationsTab({ mci }: { mci: MciDetail }) {
  const t = useMciWords();
  const say = useT();
  const kindOf = useKind();
  const outcomeOf = useOutcome();
  const format = useFormat();
  const query = useQuery({ queryKey: ['operations', 'of', mci.id], queryFn: () => allPages((pageToken) => operationsList({ query: { target: mci.id, pageSize: 200, ...(pageToken !== undefined && { pageToken }) } }), 1000) });
  const columns = useMemo<Column<Operation>[]>(() => [
    { id: 'kind', title: t('operation'), width: 170, value: (operation) => kindOf(operation.kind), cell: (operation) => <Anchor component={Link} to={`/operations/${operation.id}`} fw={600} size="sm">{kindOf(operation.kind)}</Anchor> },
    { id: 'state', title: t('status'), value: (operation) => operation.state, cell: (operation) => <State state={operation.state} of="operation" />, width: 130 },
    { id: 'progress', title: t('progressTitle'), value: (operation) => operation.progress.done, cell: ({ progress }) => `${format.number(progress.done)} / ${format.number(progress.total)}${progress.failed > 0 ? ` · ${t('progress.failed', { count: progress.failed })}` : ''}`, width: 170 },
    { id: 'message', title: t('message'), width: 180, grows: true, value: outcomeOf, cell: (operation) => <Text size="sm" className="ellipsis" title={outcomeOf(operation) ?? ''}>{outcomeOf(operation) ?? '—'}</Text> },
    { id: 'created', title: t('began'), value: (operation) => operation.createdAt, cell: (operation) => <span title={format.time(operation.createdAt)}>{format.ago(operation.createdAt)}</span>, width: 140 },
    { id: 'took', title: t('took'), value: seconds, cell: (operation) => format.duration(seconds(operation)), end: true, width: 90 },
  ], [t, say, kindOf, outcomeOf]);
  return <List id="mci-operations" label={t('tab.operations')} rows={query.data} columns={columns} rowId={(operation) => operation.id} error={query.error} retry={() => void query.refetch()} empty={<Empty title={t('noOperations')} />} />;
}
