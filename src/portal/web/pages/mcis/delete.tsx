import { List, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useProject } from '../../app/project';
import { mciDelete } from '../../generated/sdk.gen';
import { AsCode } from '../../patterns/as-code';
import { Confirm } from '../../patterns/confirm';
import { useBegun } from './act';
import { Price } from './counts';
import { groupBy, newKey, pricesOf } from './figures';
import type { MciDetail, Vm } from './types';
import { useMciWords } from './words';

/** Says what goes with an MCI and what that saves; its name must be typed. */
export function DeleteDialog({ mci, vms, opened, close }: { mci: MciDetail; vms: readonly Vm[]; opened: boolean; close(): void }) {
  const t = useMciWords();
  const project = useProject();
  const begun = useBegun();
  const key = useMemo(() => newKey(), [opened]);
  const places = groupBy(vms, (vm) => `${vm.cloud} ${vm.region}`);
  const act = async (): Promise<void> => {
    await mciDelete({ path: { project, mci: mci.name }, headers: { 'Idempotency-Key': key } });
    begun(t('begun.delete', { name: mci.name }));
  };
  return (
    <Confirm opened={opened} close={close} title={t('delete.title', { name: mci.name })} verb={t('delete')} name={mci.name} act={act}>
      <Stack gap={6}>
        <Text size="sm">{t('delete.what')}</Text>
        <List size="sm">
          <List.Item>{t('delete.vms', { count: mci.vms })}: {mci.groups.slice(0, 8).map(({ name, counts }) => `${name} (${Object.values(counts).reduce((one, other) => one + other, 0)})`).join(', ')}{mci.groups.length > 8 && ', …'}</List.Item>
          <List.Item>{t('delete.places', { count: places.size })}</List.Item>
          <List.Item>{t('delete.key')}</List.Item>
        </List>
        <Text size="sm" fw={600}>{t('saves')}: <Price prices={mci.pricePerHour.length > 0 ? mci.pricePerHour : pricesOf(vms)} /></Text>
        {mci.activeOperationIds.length > 0 && <Text size="sm">{t('delete.middle', { count: mci.activeOperationIds.length })}</Text>}
        <Text size="sm" c="red">{t('delete.final')}</Text>
      </Stack>
      <AsCode request={{ method: 'DELETE', path: `/v1/projects/${encodeURIComponent(project)}/mcis/${mci.name}` }} cli={`mcmp mci delete ${mci.name} --watch`} />
    </Confirm>
  );
}
