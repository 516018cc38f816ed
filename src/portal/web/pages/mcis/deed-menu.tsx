import { ActionIcon, Button, Menu } from '@mantine/core';
import { ChevronDown, EllipsisVertical } from 'lucide-react';
import type { Action, MciGroup } from './types';
import { useMciWords } from './words';

const ACTIONS: Action[] = ['suspend', 'resume', 'reboot', 'terminate'];

/** What can be done with a whole MCI (its groups to be scaled listed), or with one group (`of`). */
export function DeedMenu({ of, groups, act, scale, disabled = false }: { of?: MciGroup; groups: readonly MciGroup[]; act(action: Action): void; scale(group: MciGroup): void; disabled?: boolean }) {
  const t = useMciWords();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        {of
          ? <ActionIcon variant="subtle" color="gray" disabled={disabled} aria-label={t('actions.of', { name: of.name })}><EllipsisVertical size={16} aria-hidden /></ActionIcon>
          : <Button size="xs" variant="default" rightSection={<ChevronDown size={14} aria-hidden />} disabled={disabled}>{t('actions')}</Button>}
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{of ? of.name : t('actions.all')}</Menu.Label>
        {ACTIONS.map((action) => <Menu.Item key={action} color={action === 'terminate' ? 'red' : undefined} onClick={() => act(action)}>{t(`act.${action}`)}</Menu.Item>)}
        <Menu.Label>{t('scale.menu')}</Menu.Label>
        {groups.slice(0, 12).map((group) => <Menu.Item key={group.id} onClick={() => scale(group)}>{group.name}…</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}
