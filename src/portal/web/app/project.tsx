import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Building2 } from 'lucide-react';
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { useT } from '../i18n/words';
import { Empty } from '../patterns/empty';
import { Page } from '../patterns/page';
import { PROJECTS } from './asked';

const KEPT = 'mcmp.project';
const watchers = new Set<() => void>();

/** The project that is kept now. */
export const projectNow = (): string => localStorage.getItem(KEPT) ?? 'default';

/** Name of the project that all pages are about; kept in this browser. */
export function useProject(): string {
  return useSyncExternalStore((watcher) => { watchers.add(watcher); return () => watchers.delete(watcher); }, projectNow);
}

function chooseProject(name: string): void {
  localStorage.setItem(KEPT, name);
  for (const watcher of watchers) watcher();
}

/** Round what is about a project: one that the person does not see is left for the first of their own; who has none learns what is missing. */
export function InProject({ children }: { children: ReactNode }) {
  const t = useT();
  const project = useProject();
  const { data } = useQuery(PROJECTS);
  const unseen = data?.nextPageToken === null && !data.items.some(({ name }) => name === project);
  const first = data?.items[0]?.name;
  useEffect(() => { if (unseen && first !== undefined) chooseProject(first); }, [unseen, first]);
  if (!unseen) return children;
  return first === undefined && <Page title={t('project')}><Empty icon={<Building2 size={26} aria-hidden />} title={t('project.none')} help={t('project.noneHelp')} /></Page>;
}

/** Choice among the projects of the person. */
export function ProjectChoice() {
  const t = useT();
  const project = useProject();
  const { data } = useQuery(PROJECTS);
  const names = data?.items.map(({ name }) => name) ?? [project];
  return <Select aria-label={t('project')} size="xs" w={{ base: 116, xs: 160 }} data={names.includes(project) ? names : [project, ...names]} value={project} onChange={(value) => value && chooseProject(value)} allowDeselect={false} searchable={names.length > 8} />;
}
