import { Anchor, Button, Tabs, Text } from '@mantine/core';
import { Puzzle, Upload } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useFormat } from '../../i18n/format';
import { useSaid } from '../../i18n/said';
import { useT } from '../../i18n/words';
import { Allowed } from '../../patterns/allowed';
import { Empty } from '../../patterns/empty';
import { type Column, List } from '../../patterns/list';
import { Page } from '../../patterns/page';
import { State } from '../../patterns/state';
import { Keys } from './keys';
import { Matrix } from './matrix';
import { GradeMark } from './proof';
import { type Driver, useDrivers, useGrades } from './queries';
import { Repositories } from './repositories';
import { UploadDialog } from './upload';
import { useDriverWords } from './words';

const TABS = ['installed', 'matrix', 'repositories', 'keys'] as const;

/** All drivers: which serve, what each can do, where they come from, and whose signatures are believed. */
export function DriversPage() {
  const t = useDriverWords();
  const [params, setParams] = useSearchParams();
  const [uploading, setUploading] = useState(false);
  const tab = TABS.find((one) => one === params.get('tab')) ?? 'installed';
  const upload = <Allowed permission="driver:create"><Button size="xs" leftSection={<Upload size={14} aria-hidden />} onClick={() => setUploading(true)}>{t('upload')}</Button></Allowed>;
  return (
    <Page title={t('title')} about={t('about')} actions={upload}>
      <Tabs value={tab} onChange={(next) => setParams(next === null || next === 'installed' ? {} : { tab: next }, { replace: true })} keepMounted={false}>
        <Tabs.List aria-label={t('tab')} mb="md">{TABS.map((one) => <Tabs.Tab key={one} value={one}>{t(`tab.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="installed"><Installed upload={upload} /></Tabs.Panel>
        <Tabs.Panel value="matrix"><Matrix /></Tabs.Panel>
        <Tabs.Panel value="repositories"><Repositories /></Tabs.Panel>
        <Tabs.Panel value="keys"><Keys /></Tabs.Panel>
      </Tabs>
      <UploadDialog opened={uploading} close={() => setUploading(false)} />
    </Page>
  );
}

function Installed({ upload }: { upload: React.ReactNode }) {
  const t = useDriverWords();
  const say = useT();
  const said = useSaid();
  const format = useFormat();
  const { data, error, isFetching, refetch } = useDrivers();
  const grades = useGrades(data);
  const columns = useMemo<Column<Driver>[]>(() => [
    { id: 'name', title: t('name'), value: ({ name, title }) => `${said(title)} ${name}`, cell: ({ name, title }) => <><Anchor component={Link} to={`/drivers/${name}`} size="sm" fw={600}>{said(title) || name}</Anchor>{title && <Text span size="xs" c="dimmed"> {name}</Text>}</> },
    { id: 'cloud', title: t('cloud'), value: ({ cloud }) => cloud },
    { id: 'state', title: t('state'), value: ({ state, why }) => `${say(`state.${state}`)} ${why ?? ''}`, cell: ({ state, why }) => <State state={state} {...(why !== null && { hint: why })} /> },
    { id: 'version', title: t('version'), value: ({ version }) => version, cell: ({ version, pinned }) => <>{version ?? '—'}{pinned !== null && <Text span size="xs" c="dimmed"> · {pinned}</Text>}</> },
    { id: 'source', title: t('source'), value: ({ source }) => source && t(`source.${source}`) },
    { id: 'connections', title: t('connections'), value: ({ connections }) => connections, end: true },
    { id: 'capabilities', title: t('capabilities'), value: ({ capabilities }) => capabilities.length, end: true, cell: ({ capabilities }) => <span title={capabilities.join(', ')}>{format.number(capabilities.length)}</span> },
    { id: 'grade', title: t('grade'), value: ({ name }) => grades.get(name)?.letter ?? null, cell: ({ name, state }) => (state === 'ready' ? <GradeMark grade={grades.get(name)} /> : '—') },
    { id: 'why', title: t('why'), ...(data?.some(({ why }) => why !== null) && { width: 160, grows: true }), value: ({ state, why }) => (state === 'inactive' ? t('inactive') : why) },
  ], [t, say, said, format, grades, data]);
  // A broken folder stands beside the former good version of the same name.
  return (
    <List
      id="drivers" label={t('title')} rows={data} columns={columns} rowId={({ name, state, why }) => `${name} ${state} ${why ?? ''}`} loading={isFetching} error={error} retry={() => void refetch()}
      empty={<Empty icon={<Puzzle size={26} aria-hidden />} title={t('empty')} help={t('emptyHelp')} action={upload} />}
    />
  );
}
