import { NumberInput, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useProject } from '../../app/project';
import { mciScale } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { AsCode } from '../../patterns/as-code';
import { Confirm } from '../../patterns/confirm';
import { useBegun } from './act';
import { Price } from './counts';
import { newKey, pricesOf } from './figures';
import type { MciDetail, MciGroup, Vm } from './types';
import { useMciWords } from './words';

const GONE = ['terminated', 'terminating'];

/** Brings a group to a size, and says beforehand which VMs come or go and what that costs or saves. */
export function ScaleDialog({ mci, group, vms, close }: { mci: MciDetail; group: MciGroup; vms: readonly Vm[]; close(): void }) {
  const t = useMciWords();
  const format = useFormat();
  const project = useProject();
  const begun = useBegun();
  const here = vms.filter((vm) => vm.group === group.name && !GONE.includes(vm.state));
  const failed = here.filter(({ state }) => state === 'failed');
  const good = here.filter(({ state }) => state !== 'failed').sort((one, other) => other.createdAt.localeCompare(one.createdAt) || other.id.localeCompare(one.id));
  const [size, setSize] = useState<number | ''>(good.length);
  const key = useMemo(() => newKey(), [size]);
  const wanted = size === '' ? good.length : size;
  const leaving = good.slice(0, Math.max(0, good.length - wanted));
  const added = Math.max(0, wanted - good.length);
  const change = added > 0 && group.pricePerHour !== null && group.currency !== null ? [{ currency: group.currency, perHour: group.pricePerHour * added }] : pricesOf(leaving);
  const nothing = added === 0 && leaving.length === 0 && failed.length === 0;
  const act = async (): Promise<void> => {
    await mciScale({ path: { project, mci: mci.name, group: group.name }, body: { size: wanted }, headers: { 'Idempotency-Key': key } });
    begun(t('begun.scale', { group: group.name, size: format.number(wanted) }));
  };
  return (
    <Confirm opened close={close} title={t('scale.title', { group: group.name })} verb={t('scale')} color={leaving.length > 0 ? 'red' : 'sea'} disabled={nothing} {...(leaving.length > 0 && { name: group.name })} act={act}>
      <NumberInput label={t('scale.size')} description={t('scale.now', { count: good.length })} value={size} onChange={(value) => setSize(typeof value === 'number' ? value : value === '' ? '' : Number(value))} min={0} max={1000} allowDecimal={false} clampBehavior="strict" data-autofocus />
      <Stack gap={6} role="status">
        {added > 0 && <Text size="sm" fw={600}>{t('scale.added', { count: added })} <Text span inherit fw={400}>{group.specId} · {group.region}</Text></Text>}
        {leaving.length > 0 && <><Text size="sm" fw={600}>{t('scale.removed', { count: leaving.length })}</Text><Text size="xs" c="dimmed" className="mono">{leaving.slice(0, 6).map(({ name }) => name).join(', ')}{leaving.length > 6 && ', …'}</Text><Text size="sm">{t('effect.terminate')}</Text></>}
        {failed.length > 0 && <Text size="sm">{t('scale.failed', { count: failed.length })}</Text>}
        {(added > 0 || leaving.length > 0) && <Text size="sm">{added > 0 ? t('costs') : t('saves')}: <Price prices={change} /></Text>}
        {nothing && <Text size="sm" c="dimmed">{t('scale.nothing')}</Text>}
      </Stack>
      <AsCode request={{ method: 'POST', path: `/v1/projects/${encodeURIComponent(project)}/mcis/${mci.name}/groups/${group.name}/scale`, body: { size: wanted } }} cli={`mcmp mci scale ${mci.name} ${group.name} ${wanted} --watch`} />
    </Confirm>
  );
}
