import { ActionIcon, Anchor, Button, Group, Select, Text, Tooltip } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { SquareTerminal } from 'lucide-react';
import { useMemo } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Allowed, useLack } from '../../patterns/allowed';
import { AsCode } from '../../patterns/as-code';
import { useAdvice } from '../../patterns/api-words';
import { Copy } from '../../patterns/copy';
import { Empty } from '../../patterns/empty';
import { type Column, List } from '../../patterns/list';
import { State } from '../../patterns/state';
import { useProject } from '../../app/project';
import type { Action, MciDetail, Vm } from './types';
import { useMciWords } from './words';

const ACTIONS: Action[] = ['suspend', 'resume', 'reboot', 'terminate'];
const FILTERS = ['state', 'group', 'cloud', 'region'] as const;

/** The line by which a person's own SSH opens a VM. */
export const sshLine = (mci: string, { ssh }: Vm): string => (ssh ? `ssh -i mcmp-${mci}.pem${ssh.port === 22 ? '' : ` -p ${ssh.port}`} ${ssh.user}@${ssh.host}` : '');

/** All VMs of an MCI; the filters stand in the address, so that a view can be shared. */
export function VmsTab({ mci, query, act, command }: { mci: MciDetail; query: UseQueryResult<Vm[]>; act(action: Action, vms: Vm[]): void; command(names: string[]): void }) {
  const t = useMciWords();
  const say = useT();
  const format = useFormat();
  const project = useProject();
  const [params, setParams] = useSearchParams();
  const all = query.data;
  const wanted = Object.fromEntries(FILTERS.map((filter) => [filter, params.get(filter)])) as Record<(typeof FILTERS)[number], string | null>;
  const { state, group, cloud, region } = wanted;
  const rows = useMemo(() => all?.filter((vm) => (state === null || vm.state === state) && (group === null || vm.group === group) && (cloud === null || vm.cloud === cloud) && (region === null || vm.region === region)), [all, state, group, cloud, region]);
  // As a text, so that the choices are drawn again only where there are others.
  const there = JSON.stringify(FILTERS.map((filter) => [filter, [...new Set(all?.map((vm) => vm[filter]))].sort()]));
  const choices = useMemo(() => Object.fromEntries(JSON.parse(there) as [string, string[]][]) as Record<(typeof FILTERS)[number], string[]>, [there]);

  const failed = all?.some(({ failure }) => failure !== null) === true;
  const columns = useMemo<Column<Vm>[]>(() => [
    { id: 'name', title: t('vm'), value: (vm) => vm.name, cell: (vm) => <Text size="sm" fw={600} className="ellipsis" maw={220} title={vm.name}>{vm.name}</Text> },
    { id: 'group', title: t('group'), value: (vm) => vm.group, hidden: true },
    { id: 'state', title: t('status'), value: (vm) => say(`state.${vm.state}` as 'state.running'), cell: (vm) => <State state={vm.state} {...(vm.failure && { hint: vm.failure.message })} />, width: 110 },
    { id: 'cloud', title: t('cloud'), value: (vm) => vm.cloud, width: 85 },
    { id: 'region', title: t('region'), value: (vm) => vm.region },
    { id: 'zone', title: t('zone'), value: (vm) => vm.zone, hidden: true },
    { id: 'spec', title: t('spec'), value: (vm) => vm.specId, cell: (vm) => <span className="mono">{vm.specId}</span> },
    { id: 'publicIp', title: t('publicIp'), value: (vm) => vm.publicIp, cell: (vm) => <Address address={vm.publicIp} />, width: 150 },
    { id: 'privateIp', title: t('privateIp'), value: (vm) => vm.privateIp, cell: (vm) => <Address address={vm.privateIp} />, width: 120 },
    { id: 'price', title: t('pricePerHour'), value: (vm) => vm.pricePerHour, cell: (vm) => (vm.pricePerHour !== null && vm.currency !== null ? format.money(vm.pricePerHour, vm.currency) : '—'), end: true, width: 105 },
    { id: 'why', title: t('cause'), ...(failed && { width: 140, grows: true }), value: (vm) => vm.failure && `${vm.failure.code} ${vm.failure.message}`, cell: (vm) => <Why vm={vm} /> },
    { id: 'cloudId', title: t('cloudId'), value: (vm) => vm.cloudId, hidden: true, cell: (vm) => <span className="mono">{vm.cloudId ?? '—'}</span> },
    { id: 'created', title: t('created'), value: (vm) => vm.createdAt, cell: (vm) => format.time(vm.createdAt), hidden: true },
    {
      id: 'ssh', title: 'SSH', value: () => null, width: 90, cell: (vm) => vm.ssh && (
        <Group gap={0} wrap="nowrap">
          <Copy text={sshLine(mci.name, vm)} label={t('ssh.copy', { line: sshLine(mci.name, vm) })} />
          {vm.state === 'running' && <OpenTerminal mci={mci.name} vm={vm.name} />}
        </Group>
      ),
    },
  ], [t, say, mci.name, failed]);

  const filters = useMemo(() => {
    const at = { state, group, cloud, region };
    const choose = (filter: string, value: string | null): void => setParams((now) => {
      if (value === null) now.delete(filter);
      else now.set(filter, value);
      return now;
    }, { replace: true });
    return <>
      {FILTERS.map((filter) => <Select key={filter} size="xs" w={filter === 'region' ? 160 : 130} data={choices[filter].map((value) => ({ value, label: filter === 'state' ? say(`state.${value}` as 'state.running') : value }))} value={at[filter]} onChange={(value) => choose(filter, value)} placeholder={t(`all.${filter}`)} aria-label={t(`all.${filter}`)} clearable searchable={choices[filter].length > 8} />)}
      {FILTERS.some((filter) => at[filter] !== null) && <Anchor component="button" type="button" size="xs" onClick={() => setParams({}, { replace: true })}>{say('list.clear')}</Anchor>}
    </>;
  }, [choices, state, group, cloud, region, t, say, setParams]);

  const filtered = FILTERS.some((filter) => wanted[filter] !== null);
  const flags = FILTERS.map((filter) => (wanted[filter] === null ? '' : ` --${filter} ${wanted[filter]}`)).join('');
  const search = new URLSearchParams(FILTERS.flatMap((filter) => (wanted[filter] === null ? [] : [[filter, wanted[filter]]]))).toString();
  return (
    <>
      <List
        id="mci-vms" height="max(360px, calc(100dvh - 340px))" label={t('vms')} rows={rows} columns={columns} rowId={(vm) => vm.name} error={query.error} retry={() => void query.refetch()}
        filters={filters}
        selection={(vms) => <>
          {ACTIONS.map((action) => <Allowed key={action} permission="mci:update"><Button size="compact-sm" variant="light" {...(action === 'terminate' && { color: 'red' })} onClick={() => act(action, vms)}>{t(`act.${action}`)}</Button></Allowed>)}
          <Allowed permission="mci:command"><Button size="compact-sm" variant="light" onClick={() => command(vms.map((vm) => vm.name))}>{t('command')}</Button></Allowed>
        </>}
        {...(!filtered && { empty: <Empty title={t('noVms')} help={t('noVmsHelp')} /> })}
      />
      <Group mt="sm"><AsCode request={{ method: 'GET', path: `/v1/projects/${encodeURIComponent(project)}/mcis/${mci.name}/vms${search === '' ? '' : `?${search}`}` }} cli={`mcmp vm list ${mci.name}${flags}`} /></Group>
    </>
  );
}

function Address({ address }: { address: string | null }) {
  const t = useMciWords();
  return address === null ? <>—</> : <Group gap={2} wrap="nowrap"><span className="mono">{address}</span><Copy text={address} label={t('copyAddress', { address })} /></Group>;
}

/** Opens a terminal; where the role may not, says why. */
function OpenTerminal({ mci, vm }: { mci: string; vm: string }) {
  const t = useMciWords();
  const lack = useLack()('vm:terminal');
  const icon = <SquareTerminal size={16} aria-hidden />;
  const label = t('terminal.of', { name: vm });
  return (
    <Tooltip label={lack ?? t('terminal')} multiline maw={300}>
      {lack === undefined
        ? <ActionIcon variant="subtle" color="gray" component={Link} to={`/mcis/${encodeURIComponent(mci)}/vms/${encodeURIComponent(vm)}/terminal`} aria-label={label}>{icon}</ActionIcon>
        : <ActionIcon variant="subtle" color="gray" aria-disabled data-disabled aria-label={label}>{icon}</ActionIcon>}
    </Tooltip>
  );
}

/** The code of a failure; its cause and what would help beside it. */
function Why({ vm: { failure } }: { vm: Vm }) {
  const advice = useAdvice();
  if (!failure) return <>—</>;
  const help = advice(failure.code, failure.help);
  return (
    <Tooltip multiline maw={420} label={<>{failure.message}{failure.providerCode && ` (${failure.providerCode})`}{help && <><br />{help}</>}</>}>
      <Text size="sm" tabIndex={0} className="ellipsis"><b>{failure.code}</b> {failure.message}</Text>
    </Tooltip>
  );
}
