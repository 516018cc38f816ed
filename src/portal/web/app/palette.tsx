import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { useT } from '../i18n/words';
import { mciList } from '../generated/sdk.gen';
import { MENU } from './menu';
import { useProject } from './project';
import { useSession } from './session';

/** Ctrl-K: finds MCIs, pages and actions. */
export function Palette() {
  const t = useT();
  const go = useNavigate();
  const project = useProject();
  const { may } = useSession();
  const { data } = useQuery({ queryKey: ['mcis', project, 'palette'], queryFn: () => mciList({ path: { project }, query: { pageSize: 200 } }) });
  const groups: SpotlightActionGroupData[] = [
    { group: t('palette.actions'), actions: may('mci:create') ? [{ id: 'new', label: `${t('action.create')}: MCI`, onClick: () => void go('/mcis/new') }] : [] },
    { group: t('palette.mcis'), actions: (data?.items ?? []).map(({ id, name, status }) => ({ id, label: name, description: status, onClick: () => void go(`/mcis/${name}`) })) },
    { group: t('palette.pages'), actions: MENU.map(({ to, key }) => ({ id: to, label: t(key), onClick: () => void go(to) })) },
  ];
  return <Spotlight actions={groups.filter(({ actions }) => actions.length > 0)} shortcut="mod + K" nothingFound={t('palette.nothing')} highlightQuery limit={12} scrollable maxHeight={420} searchProps={{ placeholder: t('palette.hint'), 'aria-label': t('palette.hint') }} />;
}
