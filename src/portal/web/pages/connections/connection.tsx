import { Button, Group, Loader, Menu, Tabs, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { BadgeCheck, Ellipsis, KeyRound, Pencil, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { queries } from '../../app/queries';
import { useSession } from '../../app/session';
import { connectionsDelete, connectionsSync, connectionsVerify } from '../../generated/sdk.gen';
import { useT } from '../../i18n/words';
import { Allowed, MayNotItems } from '../../patterns/allowed';
import { AsCode } from '../../patterns/as-code';
import { Confirm } from '../../patterns/confirm';
import { ErrorNote } from '../../patterns/error';
import { Page } from '../../patterns/page';
import { State } from '../../patterns/state';
import { Budget } from './budget';
import { Functions } from './functions';
import { Overview } from './overview';
import { type Connection, useConnection } from './queries';
import { Quotas } from './quotas';
import { WhyNot } from './refusal';
import { Regions } from './regions';
import { useConnectionWords } from './words';

const TABS = ['overview', 'regions', 'quotas', 'budget', 'functions'] as const;

/** A connection: whose it is, what it reaches, what it may use, and how much it asks its cloud. */
export function ConnectionPage() {
  const t = useConnectionWords();
  const say = useT();
  const { connection: reference = '' } = useParams();
  const { data: connection, error, refetch } = useConnection(reference);
  const [params, setParams] = useSearchParams();
  const tab = TABS.find((one) => one === params.get('tab')) ?? 'overview';
  if (!connection) return <Page title={reference}>{error ? <ErrorNote error={error} retry={() => void refetch()} /> : <Group justify="center" py="xl"><Loader role="status" aria-label={say('list.loading')} /></Group>}</Page>;
  return (
    <Page title={connection.name} about={<Group gap="xs"><State state={connection.state} /><Text size="sm">{connection.cloud}{connection.accountId && ` · ${connection.accountId}`}</Text></Group>} actions={<Actions connection={connection} />}>
      <Tabs value={tab} onChange={(next) => setParams(next === null || next === 'overview' ? {} : { tab: next }, { replace: true })} keepMounted={false}>
        <Tabs.List aria-label={t('tab')} mb="md">{TABS.map((one) => <Tabs.Tab key={one} value={one}>{t(`tab.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="overview"><Overview connection={connection} /></Tabs.Panel>
        <Tabs.Panel value="regions"><Regions connection={connection} /></Tabs.Panel>
        <Tabs.Panel value="quotas"><Quotas connection={connection} /></Tabs.Panel>
        <Tabs.Panel value="budget"><Budget connection={connection} /></Tabs.Panel>
        <Tabs.Panel value="functions"><Functions connection={connection} /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Actions({ connection }: { connection: Connection }) {
  const t = useConnectionWords();
  const say = useT();
  const go = useNavigate();
  const { may } = useSession();
  const [deleting, setDeleting] = useState(false);
  const again = (): void => void queries.invalidateQueries({ queryKey: ['connections'] });
  const path = { connection: connection.id };
  const closeButtonProps = { 'aria-label': say('action.close') };
  const told = (error: Error): void => void notifications.show({ message: <WhyNot error={error} />, autoClose: false, color: 'red', withBorder: true, closeButtonProps });
  const verify = useMutation({ mutationFn: () => connectionsVerify({ path }), onSuccess: ({ principal }) => notifications.show({ message: t('verified', { principal: principal ?? connection.name }), color: 'teal', closeButtonProps }), onError: told, onSettled: again });
  const sync = useMutation({ mutationFn: () => connectionsSync({ path, body: {} }), onError: told, onSettled: again });
  return (
    <>
      <Allowed permission="connection:verify"><Button size="xs" variant="default" leftSection={<BadgeCheck size={14} aria-hidden />} loading={verify.isPending} onClick={() => verify.mutate()}>{t('act.verify')}</Button></Allowed>
      <Allowed permission="connection:sync"><Button size="xs" variant="default" leftSection={<RefreshCw size={14} aria-hidden />} loading={sync.isPending} onClick={() => sync.mutate()}>{t('act.sync')}</Button></Allowed>
      <Menu position="bottom-end">
        <Menu.Target><Button size="xs" variant="default" leftSection={<Ellipsis size={14} aria-hidden />}>{say('action.more')}</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} to={`/connections/${connection.id}/edit`} disabled={!may('connection:update')} leftSection={<Pencil size={14} aria-hidden />}>{t('act.edit')}</Menu.Item>
          <Menu.Item component={Link} to={`/connections/${connection.id}/edit?credential=new`} disabled={!may('connection:update')} leftSection={<KeyRound size={14} aria-hidden />}>{t('act.rotate')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" disabled={!may('connection:delete')} leftSection={<Trash2 size={14} aria-hidden />} onClick={() => setDeleting(true)}>{say('action.delete')}</Menu.Item>
          <MayNotItems permissions={['connection:update', 'connection:delete']} />
        </Menu.Dropdown>
      </Menu>
      <Confirm opened={deleting} close={() => setDeleting(false)} title={t('delete.title')} name={connection.name} verb={say('action.delete')} act={async () => {
        await connectionsDelete({ path });
        // Left before what is kept of it becomes old: asking again for a thing that is gone would only fail.
        await go('/connections');
        queries.removeQueries({ queryKey: ['connections', 'one'] });
        await queries.invalidateQueries({ queryKey: ['connections', 'all'] });
      }}>
        <Text size="sm">{t('delete.help')}</Text>
        <AsCode request={{ method: 'DELETE', path: `/v1/connections/${connection.name}` }} cli={`mcmp connection delete ${connection.name}`} />
      </Confirm>
    </>
  );
}
