import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useT } from '../i18n/words';
import { ErrorNote } from './error';

/** Asks before something is done; where it destroys, its name must be typed. Stays open with the reason where the API refuses. */
export function Confirm({ opened, close, title, children, name, verb, color = 'red.9', disabled = false, act }: { opened: boolean; close(): void; title: string; children?: ReactNode; name?: string; verb: string; color?: string; /** Where there is nothing to do. */ disabled?: boolean; act(): Promise<unknown> }) {
  const t = useT();
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const leave = (): void => {
    setTyped('');
    setError(undefined);
    close();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    act().then(leave, (reason: unknown) => setError(reason instanceof Error ? reason : new Error(String(reason)))).finally(() => setBusy(false));
  };
  return (
    <Modal opened={opened} onClose={leave} title={title} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <form onSubmit={submit}>
        <Stack>
          {children}
          {name !== undefined && <TextInput label={t('confirm.type', { name })} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" spellCheck={false} data-autofocus />}
          {error && <ErrorNote error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={leave}>{t('action.cancel')}</Button>
            <Button type="submit" color={color} loading={busy} disabled={disabled || (name !== undefined && typed !== name)}>{verb}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
