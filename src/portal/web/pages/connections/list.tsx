import { Anchor, Button, Select } from '@mantine/core';
import { Cable, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Allowed } from '../../patterns/allowed';
import { Empty } from '../../patterns/empty';
import { type Column, List } from '../../patterns/list';
import { Page } from '../../patterns/page';
import { State } from '../../patterns/state';
import { type Connection, type Region, useConnections, useRegions } from './queries';
import { useConnectionWords } from './words';

const STATES = ['verified', 'unverified', 'broken'] as const;

/** How many regions a connection may use, as far as its catalogue tells. */
const usable = (connection: Connection, regions: readonly Region[]): number => regions.filter(({ connectionId, enabled }) => connectionId === connection.id && enabled).length;

/** All connections: to which clouds, in what state, and how old what is known of them is. */
export function ConnectionsPage() {
  const t = useConnectionWords();
  const say = useT();
  const format = useFormat();
  const { data, error, isFetching, refetch } = useConnections();
  const { data: regions } = useRegions();
  const [state, setState] = useState<string | null>(null);
  const [cloud, setCloud] = useState<string | null>(null);
  const clouds = [...new Set(data?.map((row) => row.cloud))].sort();
  const rows = data?.filter((row) => (state === null || row.state === state) && (cloud === null || row.cloud === cloud));
  const columns = useMemo<Column<Connection>[]>(() => [
    { id: 'name', title: t('name'), value: ({ name }) => name, cell: ({ name, id }) => <Anchor component={Link} to={`/connections/${data?.filter((other) => other.name === name).length === 1 ? name : id}`} size="sm" fw={600}>{name}</Anchor> },
    { id: 'cloud', title: t('cloud'), value: (row) => row.cloud },
    { id: 'driver', title: t('driver'), value: ({ driver }) => driver, cell: ({ driver }) => <Anchor component={Link} to={`/drivers/${driver}`} size="sm">{driver}</Anchor> },
    { id: 'state', title: t('state'), value: (row) => `${say(`state.${row.state}`)} ${row.lastError?.message ?? ''}`, cell: (row) => <State state={row.state} {...(row.lastError && { hint: `${row.lastError.code}: ${row.lastError.message}` })} /> },
    { id: 'account', title: t('account'), value: ({ accountId }) => accountId, cell: ({ accountId }) => <span className="mono">{accountId ?? '—'}</span> },
    { id: 'regions', title: t('regions'), end: true, value: (row) => (row.regions.length > 0 ? row.regions.length : usable(row, regions ?? [])), cell: (row) => format.number(row.regions.length > 0 ? row.regions.length : usable(row, regions ?? [])) },
    { id: 'synced', title: t('synced'), value: ({ syncedAt }) => syncedAt, cell: ({ syncedAt }) => (syncedAt ? <span title={format.time(syncedAt)}>{format.ago(syncedAt)}</span> : t('never')) },
    { id: 'age', title: t('age'), value: ({ createdAt }) => createdAt, cell: ({ createdAt }) => <span title={format.time(createdAt)}>{format.ago(createdAt)}</span> },
    { id: 'endpoint', title: t('endpoint'), hidden: true, value: ({ endpoint }) => endpoint },
  ], [t, say, format, regions, data]);
  const create = (size: string) => <Allowed permission="connection:create"><Button size={size} component={Link} to="/connections/new" leftSection={<Plus size={14} aria-hidden />}>{t('new')}</Button></Allowed>;
  return (
    <Page title={t('title')} about={t('about')} actions={create('xs')}>
      <List
        id="connections" label={t('title')} rows={rows} columns={columns} rowId={({ id }) => id} loading={isFetching} error={error} retry={() => void refetch()}
        {...(data?.length === 0 && { empty: <Empty icon={<Cable size={26} aria-hidden />} title={t('empty')} help={t('emptyHelp')} action={create('sm')} /> })}
        filters={<>
          <Select size="xs" w={130} data={clouds} value={cloud} onChange={setCloud} placeholder={t('filter.cloud')} aria-label={t('filter.cloud')} clearable />
          <Select size="xs" w={130} data={STATES.map((value) => ({ value, label: say(`state.${value}`) }))} value={state} onChange={setState} placeholder={t('filter.state')} aria-label={t('filter.state')} clearable />
        </>}
      />
    </Page>
  );
}
