import { Anchor, Group, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { PROJECTS } from '../../app/asked';
import { type LiveEvent, useEvents } from '../../app/live';
import { useProject } from '../../app/project';
import { operationsList } from '../../generated/sdk.gen';
import type { OperationsListData, OperationsListResponse } from '../../generated/types.gen';
import { useT } from '../../i18n/words';
import { Empty } from '../../patterns/empty';
import { type Column, List } from '../../patterns/list';
import { Page } from '../../patterns/page';
import { KINDS, useKind, useOutcome } from '../../patterns/kind-words';
import { State } from '../../patterns/state';
import { Ago, Elapsed } from '../../patterns/time';
import { OperationProgress } from './progress';
import { type Operation, pageOfTarget } from './types';
import { useOperationWords } from './words';

type Filter = NonNullable<OperationsListData['query']>;
const STATES = ['queued', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled'] as const;
const SINCE = { hour: 1, day: 24, week: 168, month: 720 } as const;

const fits = (operation: Operation, { state, kind, target, since, project }: Filter): boolean =>
  (state === undefined || operation.state === state) && (kind === undefined || operation.kind === kind) && (since === undefined || operation.createdAt >= since) && (project === undefined || operation.projectId === project)
  && (target === undefined || operation.target.id === target || operation.target.name.toLowerCase().includes(target.toLowerCase()));

/** The list with an operation as it is now: in its row, or before all others where it is new. */
function withChange(data: InfiniteData<OperationsListResponse>, operation: Operation, filter: Filter): InfiniteData<OperationsListResponse> {
  const known = data.pages.some(({ items }) => items.some(({ id }) => id === operation.id));
  const fit = fits(operation, filter);
  return {
    ...data,
    pages: data.pages.map((page, index) => ({
      ...page,
      items: [...(index === 0 && !known && fit ? [operation] : []), ...page.items.flatMap((item) => (item.id !== operation.id ? [item] : fit ? [operation] : []))],
    })),
  };
}

/** All long work, with filters that stand in the address; news goes into the rows that are here, nothing is asked again. */
export function OperationsPage() {
  const t = useOperationWords();
  const say = useT();
  const kindOf = useKind();
  const outcomeOf = useOutcome();
  const [params, setParams] = useSearchParams();
  const project = useProject();
  const [target, setTarget] = useState(params.get('target') ?? '');
  const [wanted] = useDebouncedValue(target.trim(), 300);
  const set = useCallback((key: string, value: string | null) => setParams((before) => { if (value) before.set(key, value); else before.delete(key); return before; }, { replace: true }), [setParams]);
  const shown = params.get('target') ?? '';
  useEffect(() => { if (wanted !== shown) set('target', wanted); }, [wanted]);
  const projects = useQuery(PROJECTS);
  const own = params.get('of') === 'project';
  const projectId = projects.data?.items.find(({ name }) => name === project)?.id;
  const hours = SINCE[params.get('since') as keyof typeof SINCE] as number | undefined;
  const since = useMemo(() => (hours === undefined ? undefined : new Date(Date.now() - hours * 3_600_000).toISOString()), [hours]);
  const state = STATES.find((value) => value === params.get('state'));
  const kind = params.get('kind') ?? undefined;
  const filter = useMemo<Filter>(() => ({ ...(state && { state }), ...(kind && { kind }), ...(wanted !== '' && { target: wanted }), ...(since && { since }), ...(own && projectId && { project: projectId }) }), [state, kind, wanted, since, own, projectId]);

  const key = useMemo(() => ['operation-list', filter], [filter]);
  const list = useInfiniteQuery({ queryKey: key, queryFn: ({ pageParam }) => operationsList({ query: { ...filter, pageSize: 100, ...(pageParam && { pageToken: pageParam }) } }), initialPageParam: '', getNextPageParam: ({ nextPageToken }) => nextPageToken });
  const queries = useQueryClient();
  useEvents(useCallback(({ type, data }: LiveEvent) => {
    if (type === 'operation.changed') queries.setQueryData<InfiniteData<OperationsListResponse>>(key, (before) => before && withChange(before, data as unknown as Operation, filter));
  }, [queries, key, filter]));
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);

  const columns = useMemo<Column<Operation>[]>(() => [
    { id: 'state', title: t('column.state'), width: 120, value: (row) => row.state, cell: (row) => <State state={row.state} of="operation" /> },
    { id: 'kind', title: t('column.kind'), width: 170, value: (row) => kindOf(row.kind), cell: (row) => <Anchor component={Link} to={`/operations/${row.id}`} size="sm" fw={600}>{kindOf(row.kind)}</Anchor> },
    { id: 'target', title: t('column.target'), width: 200, value: (row) => row.target.name, cell: (row) => { const page = pageOfTarget(row); return page ? <Anchor component={Link} to={page} size="sm" title={row.target.name}>{row.target.name}</Anchor> : <span title={row.target.name}>{row.target.name}</span>; } },
    { id: 'progress', title: t('column.progress'), width: 190, value: (row) => row.progress.done, cell: (row) => <Group gap="xs" wrap="nowrap"><OperationProgress operation={row} /><Text size="xs" style={{ whiteSpace: 'nowrap' }}>{t('progress', row.progress)}</Text></Group> },
    { id: 'began', title: t('column.began'), width: 140, value: (row) => row.createdAt, cell: (row) => <Ago at={row.createdAt} /> },
    { id: 'took', title: t('column.took'), width: 90, end: true, value: (row) => (row.finishedAt ? Date.parse(row.finishedAt) - Date.parse(row.createdAt) : null), cell: (row) => <Elapsed from={row.createdAt} to={row.finishedAt} /> },
    { id: 'message', title: t('column.message'), width: 180, grows: true, value: outcomeOf, cell: (row) => <Text size="sm" c="dimmed" className="ellipsis" title={outcomeOf(row) ?? ''}>{outcomeOf(row)}</Text> },
  ], [t, kindOf, outcomeOf]);

  return (
    <Page title={t('title')} about={t('about')}>
      <List
        id="operations" label={t('title')} rows={rows} columns={columns} rowId={(row) => row.id} error={list.error} retry={() => void list.refetch()} loading={list.isFetching && !list.isFetchingNextPage}
        order={{ columns: [], by: 'began', descends: true, choose: () => undefined }}
        more={{ any: list.hasNextPage, loading: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        {...(Object.keys(filter).length === 0 && { empty: <Empty title={t('empty')} help={t('emptyHelp')} /> })}
        filters={<>
          <TextInput size="xs" w={170} value={target} onChange={(event) => setTarget(event.currentTarget.value)} placeholder={t('filter.target')} aria-label={t('filter.target')} />
          <Select size="xs" w={130} data={STATES.map((value) => ({ value, label: say(`state.${value}`) }))} value={state ?? null} onChange={(value) => set('state', value)} placeholder={t('filter.state')} aria-label={t('column.state')} clearable />
          <Select size="xs" w={150} data={KINDS.map((value) => ({ value, label: kindOf(value) }))} value={kind ?? null} onChange={(value) => set('kind', value)} placeholder={t('filter.kind')} aria-label={t('column.kind')} clearable />
          <Select size="xs" w={140} data={Object.keys(SINCE).map((value) => ({ value, label: t(`since.${value as 'hour'}`) }))} value={hours === undefined ? null : params.get('since')} onChange={(value) => set('since', value)} placeholder={t('filter.since')} aria-label={t('column.began')} clearable />
          <Select size="xs" w={150} data={[{ value: 'all', label: t('filter.all') }, { value: 'project', label: t('filter.project', { name: project }) }]} value={own ? 'project' : 'all'} onChange={(value) => set('of', value === 'project' ? value : null)} aria-label={t('filter.scope')} allowDeselect={false} />
        </>}
      />
    </Page>
  );
}
