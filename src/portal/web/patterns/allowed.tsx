import { Alert, Menu, Tooltip } from '@mantine/core';
import { Lock } from 'lucide-react';
import { type ReactElement, cloneElement } from 'react';
import { useSession } from '../app/session';
import { useT } from '../i18n/words';

/** Why the role may not; undefined where it may. */
export function useLack(): (permission: string) => string | undefined {
  const t = useT();
  const { may, person } = useSession();
  return (permission) => (may(permission) ? undefined : t('lacks', { role: person?.role ?? '', permission }));
}

/** A control that needs a permission: where the role lacks it, it cannot be clicked, and says why. */
export function Allowed({ permission, children }: { permission: string; children: ReactElement<{ disabled?: boolean }> }) {
  const why = useLack()(permission);
  if (why === undefined) return children;
  return <Tooltip label={why} multiline maw={300}><span tabIndex={0} data-lacks={permission}>{cloneElement(children, { disabled: true })}</span></Tooltip>;
}

/** Over a form that the role may fill in but not send: said before anything is typed. */
export function MayNot({ permission }: { permission: string }) {
  const why = useLack()(permission);
  return why === undefined ? null : <Alert mb="md" color="orange" icon={<Lock size={18} aria-hidden />} role="alert" data-lacks={permission}>{why}</Alert>;
}

/** In a menu, whose items cannot be pointed at while they are disabled: why they are. */
export function MayNotItems({ permissions }: { permissions: readonly string[] }) {
  const lack = useLack();
  return permissions.map((permission) => {
    const why = lack(permission);
    return why === undefined ? null : <Menu.Label key={permission} maw={260} data-lacks={permission}>{why}</Menu.Label>;
  });
}
