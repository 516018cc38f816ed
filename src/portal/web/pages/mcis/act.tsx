import { Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useProject } from '../../app/project';
import { mciAct } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { AsCode } from '../../patterns/as-code';
import { Confirm } from '../../patterns/confirm';
import { Counts, Price } from './counts';
import { countsOf, newKey, pricesOf } from './figures';
import { APPLIES, type Action, type MciDetail, type Vm } from './types';
import { useMciWords } from './words';

/** What is to be done, and to which VMs; `scope` names them for the API, empty for all. */
export interface Deed { action: Action; scope: { groups?: string[]; vms?: string[] }; vms: readonly Vm[] }

/** After an operation began: what it touches is asked again, and one may follow it. */
export function useBegun(): (message: string) => void {
  const client = useQueryClient();
  return (message) => {
    for (const key of ['mcis', 'vm-rows', 'operations', 'summary']) void client.invalidateQueries({ queryKey: [key] });
    notifications.show({ message, color: 'teal' });
  };
}

const shown = (vms: readonly Vm[]): string => vms.slice(0, 5).map(({ name }) => name).join(', ') + (vms.length > 5 ? ', …' : '');

/** Says what an action will do to how many VMs before it is done; what destroys needs the name of the MCI. */
export function ActDialog({ mci, deed, now, close }: { mci: MciDetail; deed: Deed | undefined; /** All VMs as they are by now. */ now: readonly Vm[]; close(): void }) {
  const t = useMciWords();
  const format = useFormat();
  const project = useProject();
  const begun = useBegun();
  // One key for each time it is opened, so that a click too many is one operation.
  const key = useMemo(() => newKey(), [deed]);
  if (!deed) return null;
  const { action } = deed;
  // While the dialog is open, somebody else may change or delete what was chosen.
  const byId = new Map(now.map((vm) => [vm.id, vm]));
  const vms = deed.vms.flatMap(({ id }) => byId.get(id) ?? []);
  const scope = deed.scope.vms ? { vms: vms.map(({ name }) => name) } : deed.scope;
  const gone = deed.vms.length - vms.length;
  const meant = vms.filter(({ state }) => APPLIES[action].includes(state));
  const others = vms.filter(({ state }) => !APPLIES[action].includes(state));
  const body = { action, ...scope };
  const flags = [...(scope.groups ?? []).map((group) => ` --group ${group}`), ...(scope.vms ?? []).slice(0, 20).map((vm) => ` --vm ${vm}`)].join('');
  const act = async (): Promise<void> => {
    await mciAct({ path: { project, mci: mci.name }, body, headers: { 'Idempotency-Key': key } });
    begun(t(`begun.${action}`, { count: meant.length }));
  };
  return (
    <Confirm opened close={close} title={t(`act.${action}`)} verb={t(`act.${action}`)} color={action === 'terminate' ? 'red' : 'sea'} disabled={meant.length === 0} {...(action === 'terminate' && { name: mci.name })} act={act}>
      <Stack gap={6}>
        <Text size="sm" fw={600}>{t(`will.${action}`, { count: meant.length })}</Text>
        {gone > 0 && <Text size="sm" fw={600} role="status">{t('gone.chosen', { count: gone })}</Text>}
        {meant.length > 0 && <Text size="xs" c="dimmed" className="mono">{shown(meant)}</Text>}
        <Text size="sm">{t(`effect.${action}`)}</Text>
        {action === 'terminate' && meant.length > 0 && <Text size="sm">{t('saves')}: <Price prices={pricesOf(meant)} /></Text>}
        {others.length > 0 && <><Text size="sm">{t('left', { count: others.length, number: format.number(others.length) })}</Text><Counts counts={countsOf(others)} /></>}
      </Stack>
      <AsCode request={{ method: 'POST', path: `/v1/projects/${encodeURIComponent(project)}/mcis/${mci.name}/actions`, body }} cli={`mcmp mci ${action} ${mci.name}${flags} --watch`} />
    </Confirm>
  );
}
