import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useT } from '../i18n/words';
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

/** Choice among the projects of the person. */
export function ProjectChoice() {
  const t = useT();
  const project = useProject();
  const { data } = useQuery(PROJECTS);
  const names = data?.items.map(({ name }) => name) ?? [project];
  return <Select aria-label={t('project')} size="xs" w={160} data={names.includes(project) ? names : [project, ...names]} value={project} onChange={(value) => value && chooseProject(value)} allowDeselect={false} searchable={names.length > 8} />;
}
