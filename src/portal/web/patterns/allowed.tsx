import { Tooltip } from '@mantine/core';
import { type ReactElement, cloneElement } from 'react';
import { useSession } from '../app/session';
import { useT } from '../i18n/words';

/** A control that needs a permission: where the role lacks it, it cannot be clicked, and says why. */
export function Allowed({ permission, children }: { permission: string; children: ReactElement<{ disabled?: boolean }> }) {
  const t = useT();
  const { may, person } = useSession();
  if (may(permission)) return children;
  return <Tooltip label={t('lacks', { role: person?.role ?? '', permission })} multiline maw={300}><span tabIndex={0}>{cloneElement(children, { disabled: true })}</span></Tooltip>;
}
