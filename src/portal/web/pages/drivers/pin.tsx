import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../app/queries';
import { driversPin } from '../../generated/sdk.gen';
import { useT } from '../../i18n/words';
import { AsCode } from '../../patterns/as-code';
import { ErrorNote } from '../../patterns/error';
import { type Driver, driversChanged } from './queries';
import { useDriverWords } from './words';

/** Keeps a driver within a range of versions, or lets it go. */
export function PinDialog({ driver, opened, close }: { driver: Driver; opened: boolean; close(): void }) {
  const t = useDriverWords();
  const say = useT();
  const [typed, setTyped] = useState<string>();
  const value = typed ?? driver.pinned ?? (driver.version === null ? '' : `^${driver.version}`);
  const pin = useMutation({ mutationFn: (range: string | null) => driversPin({ path: { driver: driver.name }, body: { range } }), onSuccess: async () => { leave(); await driversChanged(); } });
  const leave = (): void => { setTyped(undefined); pin.reset(); close(); };
  const submit = (event: FormEvent): void => { event.preventDefault(); pin.mutate(value); };
  const wrong = pin.error instanceof ApiError ? pin.error.problem.errors?.find(({ field }) => field === 'range')?.rule : undefined;
  return (
    <Modal opened={opened} onClose={leave} title={t('act.pin')} closeButtonProps={{ 'aria-label': say('action.close') }}>
      <form onSubmit={submit}><Stack>
        <TextInput label={t('pin.label')} description={t('pin.help')} value={value} onChange={(event) => setTyped(event.currentTarget.value)} error={wrong} required data-autofocus autoComplete="off" spellCheck={false} />
        {pin.error && <ErrorNote error={pin.error} />}
        <Group justify="flex-end"><Button variant="default" onClick={leave}>{say('action.cancel')}</Button>{driver.pinned !== null && <Button variant="default" onClick={() => pin.mutate(null)}>{t('act.unpin')}</Button>}<Button type="submit" loading={pin.isPending}>{t('act.pin')}</Button></Group>
        <AsCode request={{ method: 'PUT', path: `/v1/drivers/${driver.name}/pin`, body: { range: value } }} cli={`mcmp driver pin ${driver.name} '${value}'`} />
      </Stack></form>
    </Modal>
  );
}
