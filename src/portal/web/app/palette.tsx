import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight';
import '@mantine/spotlight/styles.css';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { catalogueSpecs, connectionsList, mciList, operationsList, vmsList } from '../generated/sdk.gen';
import { LANGUAGES, type Language, language, setLanguage } from '../i18n';
import { useFormat } from '../i18n/format';
import { useT } from '../i18n/words';
import { MENU } from './menu';
import { allPages } from './pages';
import { useKind } from '../patterns/kind-words';
import { useProject } from './project';
import { useSession } from './session';

const MOST_OF_A_KIND = 5;

const fits = (query: string, ...texts: (string | null | undefined)[]): boolean => {
  const all = texts.join(' ').toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => all.includes(word));
};

/** Ctrl-K: finds MCIs, VMs, specs, connections, operations, pages and actions; the API is asked as one types. Opens with each new number of `calls`; loaded when it is called first. */
export default function Palette({ calls }: { calls: number }) {
  const t = useT();
  useEffect(() => spotlight.open(), [calls]);
  const [query, setQuery] = useState('');
  const [opened, setOpened] = useState(false);
  const [settled] = useDebouncedValue(query.trim(), 200);
  const found = useFound(settled, opened);
  const actions = useActions();
  const groups = [{ group: t('palette.actions'), actions }, ...found].map(({ group, actions: all }) => ({ group, actions: all.filter((action) => 'label' in action && (query.trim() === '' || action.keywords === 'found' || fits(query.trim(), action.label, action.description))) }));
  // What the API found fits already, by more than its label.
  return <Spotlight onSpotlightOpen={() => setOpened(true)} onSpotlightClose={() => setOpened(false)} actions={groups.filter(({ actions: all }) => all.length > 0)} filter={(_query, all) => all} query={query} onQueryChange={setQuery} shortcut={null} nothingFound={t('palette.nothing')} attributes={{ content: { 'aria-label': t('palette') } }} scrollable maxHeight={440} searchProps={{ placeholder: t('palette.hint'), 'aria-label': t('palette.hint') }} />;
}

/** What a person can do from everywhere. */
function useActions(): SpotlightActionData[] {
  const t = useT();
  const go = useNavigate();
  const { may } = useSession();
  const { setColorScheme } = useMantineColorScheme();
  const action = (id: string, label: string, act: () => void): SpotlightActionData => ({ id, label, onClick: act });
  return [
    ...(may('mci:create') ? [action('new', t('palette.make'), () => void go('/mcis/new'))] : []),
    ...(may('connection:create') ? [action('connect', t('palette.connect'), () => void go('/connections/new'))] : []),
    ...(['light', 'dark', 'auto'] as const).map((scheme) => action(`theme-${scheme}`, `${t('theme')}: ${t(`theme.${scheme}`)}`, () => setColorScheme(scheme))),
    ...(Object.keys(LANGUAGES) as Language[]).filter((code) => code !== language()).map((code) => action(`language-${code}`, `${t('language')}: ${LANGUAGES[code]}`, () => setLanguage(code))),
  ];
}

/** What the API knows by these words, by kind, and the pages. */
function useFound(query: string, opened: boolean): SpotlightActionGroupData[] {
  const t = useT();
  const format = useFormat();
  const go = useNavigate();
  const project = useProject();
  const kindOf = useKind();
  const some = opened && query.length > 1;
  const mcis = useQuery({ queryKey: ['mcis', project, 'palette'], enabled: opened, queryFn: () => allPages((pageToken) => mciList({ path: { project }, query: { pageSize: 200, ...(pageToken !== undefined && { pageToken }) } }), 1000) });
  // Not under `vms`: events would have all of them asked again each second.
  const vms = useQuery({ queryKey: ['palette-vms', project, query], enabled: some, staleTime: 30_000, placeholderData: keepPreviousData, queryFn: () => vmsList({ path: { project }, query: { q: query.slice(0, 200), pageSize: MOST_OF_A_KIND } }) });
  const specs = useQuery({ queryKey: ['specs', 'palette', query], enabled: some, placeholderData: keepPreviousData, queryFn: () => catalogueSpecs({ query: { q: query, pageSize: MOST_OF_A_KIND } }) });
  const connections = useQuery({ queryKey: ['connections', 'palette', query], enabled: some, placeholderData: keepPreviousData, queryFn: () => connectionsList({ query: { q: query, pageSize: MOST_OF_A_KIND } }) });
  const operations = useQuery({ queryKey: ['operations', 'palette'], enabled: some, queryFn: () => operationsList({ query: { pageSize: 100 } }) });
  const of = (group: string, actions: SpotlightActionData[]): SpotlightActionGroupData => ({ group, actions });
  const found = (id: string, label: string, description: string, to: string): SpotlightActionData => ({ id, label, description, keywords: 'found', onClick: () => void go(to) });
  return [
    of(t('palette.mcis'), (mcis.data ?? []).filter(({ name }) => query === '' || fits(query, name)).slice(0, MOST_OF_A_KIND).map(({ id, name, status, vms: count }) => found(id, name, `${t(`state.${status}` as 'state.running')} · ${t('unit.vms', { count })}`, `/mcis/${name}`))),
    of(t('palette.vms'), some ? (vms.data?.items ?? []).map((vm) => found(vm.id, vm.name, `${vm.mci} · ${vm.cloud} ${vm.region} · ${t(`state.${vm.state}` as 'state.running')}${vm.publicIp ? ` · ${vm.publicIp}` : ''}`, `/mcis/${vm.mci}?vm=${encodeURIComponent(vm.name)}`)) : []),
    of(t('palette.connections'), some ? (connections.data?.items ?? []).map(({ id, name, cloud, state }) => found(id, name, `${cloud} · ${t(`state.${state}` as 'state.running')}`, `/connections/${id}`)) : []),
    of(t('palette.specs'), some ? (specs.data?.items ?? []).map((spec) => found(`${spec.connectionId} ${spec.region} ${spec.id}`, spec.id, `${spec.cloud} ${spec.region} · ${spec.vcpu} vCPU · ${format.number(spec.memoryMiB / 1024, 1)} GiB${spec.price ? ` · ${t('unit.perHour', { price: format.money(spec.price.perHour, spec.price.currency) })}` : ''}`, `/catalogue?q=${encodeURIComponent(spec.id)}`)) : []),
    of(t('palette.operations'), some ? (operations.data?.items ?? []).filter(({ kind, target, state }) => fits(query, kind, kindOf(kind), target.name, state)).slice(0, MOST_OF_A_KIND).map((operation) => found(operation.id, `${kindOf(operation.kind)} · ${operation.target.name}`, `${t(`state.${operation.state}` as 'state.running')} · ${format.ago(operation.createdAt)}`, `/operations/${operation.id}`)) : []),
    of(t('palette.pages'), MENU.map(({ to, key }) => ({ id: to, label: t(key), onClick: () => void go(to) }))),
  ];
}
