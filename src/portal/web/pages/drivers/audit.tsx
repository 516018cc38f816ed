import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Group, Stack } from '@mantine/core';
import { useMemo } from 'react';
import { useSession } from '../../app/session';
import { driversAudit } from '../../generated/sdk.gen';
import type { DriversAuditResponse } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Empty } from '../../patterns/empty';
import { type Column, List } from '../../patterns/list';
import { useDriverWords } from './words';

type Entry = DriversAuditResponse['items'][number];

/** Who changed what of a driver, the latest first. */
export function Audit({ driver }: { driver: string }) {
  const t = useDriverWords();
  const say = useT();
  const format = useFormat();
  const { person } = useSession();
  const { data, error, isFetching, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['drivers', 'audit', driver], initialPageParam: undefined as string | undefined, getNextPageParam: (last: DriversAuditResponse) => last.nextPageToken ?? undefined,
    queryFn: ({ pageParam }) => driversAudit({ path: { driver }, query: { pageSize: 100, ...(pageParam !== undefined && { pageToken: pageParam }) } }),
  });
  const columns = useMemo<Column<Entry>[]>(() => [
    { id: 'at', title: t('audit.at'), value: ({ at }) => at, cell: ({ at }) => format.time(at) },
    { id: 'what', title: t('audit.what'), value: ({ what }) => t(`deed.${what}`) },
    { id: 'version', title: t('version'), value: ({ version }) => version },
    { id: 'who', title: t('audit.who'), value: ({ who }) => (who === null ? t('audit.server') : who === person?.userId ? person.username : t('audit.person', { id: who.slice(0, 8) })) },
    { id: 'detail', title: t('audit.detail'), value: ({ detail }) => Object.entries(detail).map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ') },
  ], [t, format, person]);
  return (
    <Stack>
      <List id="driver-audit" label={t('tab.audit')} rows={data?.pages.flatMap(({ items }) => items)} columns={columns} rowId={({ id }) => id} loading={isFetching} error={error} retry={() => void refetch()} empty={<Empty title={t('audit.empty')} />} />
      {hasNextPage && <Group justify="center"><Button variant="default" size="xs" onClick={() => void fetchNextPage()}>{say('action.more')}</Button></Group>}
    </Stack>
  );
}
