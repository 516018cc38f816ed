import { Button, Checkbox, FileInput, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { fetchTelling } from '../../app/renew';
import { driversUpload } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { AsCode } from '../../patterns/as-code';
import { ErrorNote } from '../../patterns/error';
import { driversChanged } from './queries';
import { useDriverWords } from './words';

const MIB = 1024 * 1024;
const MOST_BYTES = 32 * MIB;

/** Installs a driver from its bundle; tells how much of it is sent; where the server refuses it, its reasons stay in the dialog. */
export function UploadDialog({ opened, close }: { opened: boolean; close(): void }) {
  const t = useDriverWords();
  const say = useT();
  const format = useFormat();
  const go = useNavigate();
  const [sent, setSent] = useState(0);
  const abort = useRef<AbortController>(undefined);
  const [file, setFile] = useState<File | null>(null);
  const [activate, setActivate] = useState(true);
  const [unsigned, setUnsigned] = useState(false);
  const query = { ...(!activate && { activate: 'false' as const }), ...(unsigned && { allowUnsigned: 'true' as const }) };
  const send = useMutation({
    mutationFn: (body: File) => {
      abort.current = new AbortController();
      return driversUpload({ body, query, signal: abort.current.signal, fetch: fetchTelling(setSent) });
    },
    onSuccess: async ({ name, version, versions }) => {
      notifications.show({ color: 'teal', closeButtonProps: { 'aria-label': say('action.close') }, message: t('upload.done', { name, version: version ?? versions[0]?.version ?? '' }) });
      leave();
      await driversChanged();
      await go(`/drivers/${name}`);
    },
  });
  const leave = (): void => {
    abort.current?.abort();
    setFile(null);
    setUnsigned(false);
    send.reset();
    close();
  };
  const sending = file !== null && sent < file.size;
  const large = file !== null && file.size > MOST_BYTES;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (file && !large) send.mutate(file);
  };
  const parameters = new URLSearchParams(query).toString();
  return (
    <Modal opened={opened} onClose={leave} title={t('upload')} size="lg" closeButtonProps={{ 'aria-label': say('action.close') }}>
      <form onSubmit={submit}>
        <Stack>
          <FileInput label={t('upload.file')} description={t('upload.fileHelp').replaceAll('`', '')} placeholder="driver.mcmp" accept=".mcmp,application/octet-stream" value={file} onChange={(next) => { setFile(next); send.reset(); }} error={large && t('upload.large')} required clearable clearButtonProps={{ 'aria-label': say('list.clear') }} />
          <Checkbox label={t('upload.activate')} checked={activate} onChange={(event) => setActivate(event.currentTarget.checked)} />
          <Checkbox label={t('upload.unsigned')} description={t('upload.unsignedHelp')} checked={unsigned} onChange={(event) => setUnsigned(event.currentTarget.checked)} />
          <div role="status">{send.isPending && <Text size="sm">{t(sending ? 'upload.sending' : 'upload.busy')}</Text>}</div>
          {send.isPending && file && (
            <div data-sent={sent}>
              <Progress value={sending ? (sent / file.size) * 100 : 100} animated={!sending} aria-label={t(sending ? 'upload.sending' : 'upload.busy')} />
              {sending && <Text size="xs" c="dimmed" mt={4} className="tabular">{t('upload.sent', { sent: format.number(sent / MIB, 1), size: format.number(file.size / MIB, 1) })}</Text>}
            </div>
          )}
          {send.error && <ErrorNote error={send.error} />}
          <Group justify="flex-end"><Button variant="default" onClick={leave}>{say('action.cancel')}</Button><Button type="submit" disabled={!file || large} loading={send.isPending}>{t('upload.send')}</Button></Group>
          <AsCode request={{ method: 'POST', path: `/v1/drivers${parameters && `?${parameters}`}`, file: file?.name ?? 'driver.mcmp' }} cli={`mcmp driver upload ${file?.name ?? 'driver.mcmp'}${activate ? '' : ' --activate=false'}${unsigned ? ' --allow-unsigned' : ''}`} />
        </Stack>
      </form>
    </Modal>
  );
}
