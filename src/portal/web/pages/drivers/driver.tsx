import { Alert, Anchor, Button, Card, Group, Loader, Menu, Stack, Tabs, Text } from '@mantine/core';
import { CirclePause, Ellipsis, Pin, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { queries } from '../../app/queries';
import { useSession } from '../../app/session';
import { driversDeactivate, driversDelete, driversRollback } from '../../generated/sdk.gen';
import { useSaid } from '../../i18n/said';
import { useT } from '../../i18n/words';
import { Allowed, MayNotItems } from '../../patterns/allowed';
import { AsCode } from '../../patterns/as-code';
import { Confirm } from '../../patterns/confirm';
import { ErrorNote } from '../../patterns/error';
import { Facts } from '../../patterns/facts';
import { Page } from '../../patterns/page';
import { State } from '../../patterns/state';
import { Audit } from './audit';
import { GradeDetail } from './grade';
import { PinDialog } from './pin';
import { type Driver, driversChanged, useDriver } from './queries';
import { Versions } from './versions';
import { useDriverWords } from './words';

const TABS = ['versions', 'grade', 'audit'] as const;

/** A driver: which version serves, which others there are, what is proven of it, and who did what. */
export function DriverPage() {
  const t = useDriverWords();
  const say = useT();
  const said = useSaid();
  const { driver: name = '' } = useParams();
  const { data: driver, error, refetch } = useDriver(name);
  const [params, setParams] = useSearchParams();
  const tab = TABS.find((one) => one === params.get('tab')) ?? 'versions';
  if (!driver) return <Page title={name}>{error ? <ErrorNote error={error} retry={() => void refetch()} /> : <Group justify="center" py="xl"><Loader role="status" aria-label={say('list.loading')} /></Group>}</Page>;
  const sick = driver.servers.filter(({ why }) => why !== null);
  return (
    <Page title={said(driver.title) || driver.name} about={<Group gap="xs"><State state={driver.state} /><Text size="sm">{driver.name} {driver.version}</Text></Group>} actions={<Actions driver={driver} />}>
      <Stack>
        {driver.why !== null && <Alert {...(driver.state === 'failed' ? { color: 'red' } : { variant: 'default' })} title={t('broken')}>{driver.state === 'inactive' ? t('inactive') : driver.why}</Alert>}
        {sick.map((server) => <Alert key={server.name} color="orange">{t('server', { name: server.name, why: server.why ?? '' })}</Alert>)}
        <Card withBorder radius="lg"><Facts facts={[
          [t('cloud'), driver.cloud], [t('source'), driver.source && t(`source.${driver.source}`)], [t('connections'), <Anchor key="connections" component={Link} to="/connections" size="sm">{driver.connections}</Anchor>],
          [t('pinned'), driver.pinned && <span className="mono">{driver.pinned}</span>], [t('previous'), driver.previous], [t('hash'), driver.hash && <span className="mono">{driver.hash}</span>],
        ]} /></Card>
        <Tabs value={tab} onChange={(next) => setParams(next === null || next === 'versions' ? {} : { tab: next }, { replace: true })} keepMounted={false}>
          <Tabs.List aria-label={t('tab')} mb="md">{TABS.map((one) => <Tabs.Tab key={one} value={one}>{t(`tab.${one}`)}</Tabs.Tab>)}</Tabs.List>
          <Tabs.Panel value="versions"><Versions driver={driver} /></Tabs.Panel>
          <Tabs.Panel value="grade"><GradeDetail driver={driver} /></Tabs.Panel>
          <Tabs.Panel value="audit"><Audit driver={driver.name} /></Tabs.Panel>
        </Tabs>
      </Stack>
    </Page>
  );
}

type Deed = 'rollback' | 'deactivate' | 'delete' | 'pin';

function Actions({ driver }: { driver: Driver }) {
  const t = useDriverWords();
  const say = useT();
  const go = useNavigate();
  const { may } = useSession();
  const [deed, setDeed] = useState<Deed>();
  const path = { driver: driver.name };
  const close = (): void => setDeed(undefined);
  return (
    <>
      {driver.previous !== null && <Allowed permission="driver:update"><Button size="xs" variant="default" leftSection={<Undo2 size={14} aria-hidden />} onClick={() => setDeed('rollback')}>{t('act.rollback', { version: driver.previous })}</Button></Allowed>}
      <Allowed permission="driver:update"><Button size="xs" variant="default" leftSection={<Pin size={14} aria-hidden />} onClick={() => setDeed('pin')}>{t('act.pin')}</Button></Allowed>
      <Menu position="bottom-end">
        <Menu.Target><Button size="xs" variant="default" leftSection={<Ellipsis size={14} aria-hidden />}>{say('action.more')}</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={!may('driver:update') || driver.state !== 'ready'} leftSection={<CirclePause size={14} aria-hidden />} onClick={() => setDeed('deactivate')}>{t('act.deactivate')}</Menu.Item>
          <Menu.Item color="red" disabled={!may('driver:delete')} leftSection={<Trash2 size={14} aria-hidden />} onClick={() => setDeed('delete')}>{say('action.delete')}</Menu.Item>
          <MayNotItems permissions={['driver:update', 'driver:delete']} />
        </Menu.Dropdown>
      </Menu>
      <PinDialog driver={driver} opened={deed === 'pin'} close={close} />
      <Confirm opened={deed === 'rollback'} close={close} title={t('act.rollback', { version: driver.previous ?? '' })} verb={t('act.rollback', { version: driver.previous ?? '' })} color="orange" act={async () => { await driversRollback({ path }); await driversChanged(); }}>
        <Text size="sm">{t('confirm.rollbackHelp')}</Text><AsCode request={{ method: 'POST', path: `/v1/drivers/${driver.name}/rollback` }} cli={`mcmp driver rollback ${driver.name}`} />
      </Confirm>
      <Confirm opened={deed === 'deactivate'} close={close} title={t('confirm.deactivate')} verb={t('act.deactivate')} color="orange" {...(driver.connections > 0 && { name: driver.name })} act={async () => { await driversDeactivate({ path }); await driversChanged(); }}>
        <Text size="sm">{t('confirm.deactivateHelp', { count: driver.connections })}</Text><AsCode request={{ method: 'POST', path: `/v1/drivers/${driver.name}/deactivate` }} cli={`mcmp driver deactivate ${driver.name}`} />
      </Confirm>
      <Confirm opened={deed === 'delete'} close={close} title={t('confirm.delete')} name={driver.name} verb={say('action.delete')} act={async () => {
        await driversDelete({ path });
        await go('/drivers');
        queries.removeQueries({ queryKey: ['drivers', 'one', driver.name] });
        // The list first: what it no longer holds is not asked for again.
        await queries.invalidateQueries({ queryKey: ['drivers', 'all'] });
      }}>
        <Text size="sm">{t('confirm.deleteHelp')}</Text><AsCode request={{ method: 'DELETE', path: `/v1/drivers/${driver.name}` }} cli={`mcmp driver delete ${driver.name}`} />
      </Confirm>
    </>
  );
}
