import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useProject } from '../../app/project';
import { mciPrivateKey } from '../../generated/sdk.gen';
import type { MciPrivateKeyResponse } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Allowed } from '../../patterns/allowed';
import { Confirm } from '../../patterns/confirm';
import { CodeBlock } from '../../patterns/copy';
import type { MciDetail } from './types';
import { useMciWords } from './words';

function save({ privateKey, fileName }: MciPrivateKeyResponse): void {
  const url = URL.createObjectURL(new Blob([privateKey], { type: 'application/octet-stream' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: fileName });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Hands out the private key once. It stays in memory until its dialog is closed, so that a download that failed can be tried again. */
export function KeyDownload({ mci }: { mci: MciDetail }) {
  const t = useMciWords();
  const say = useT();
  const format = useFormat();
  const project = useProject();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [key, setKey] = useState<MciPrivateKeyResponse>();
  if (mci.keyDownloadedAt !== null && !key) return <Text size="sm" c="dimmed">{t('key.taken', { time: format.time(mci.keyDownloadedAt) })}</Text>;
  const take = async (): Promise<void> => {
    const given = await mciPrivateKey({ path: { project, mci: mci.name } });
    setKey(given);
    save(given);
    void client.invalidateQueries({ queryKey: ['mcis'] });
  };
  return (
    <>
      <Group><Allowed permission="mci:key"><Button variant="default" size="xs" leftSection={<KeyRound size={14} aria-hidden />} onClick={() => setAsking(true)}>{t('key')}</Button></Allowed></Group>
      <Confirm opened={asking} close={() => setAsking(false)} title={t('key')} verb={t('key.take')} color="sea" act={take}><Text size="sm">{t('key.once', { name: mci.name })}</Text></Confirm>
      <Modal opened={key !== undefined} onClose={() => setKey(undefined)} title={t('key.saved', { file: key?.fileName ?? '' })} closeOnClickOutside={false} closeOnEscape={false} withCloseButton={false}>
        <Stack>
          <Alert color="orange">{t('key.savedHelp')}</Alert>
          <CodeBlock text={`chmod 600 ${key?.fileName ?? ''}`} />
          <Group justify="flex-end"><Button variant="default" onClick={() => key && save(key)}>{t('key.again')}</Button><Button onClick={() => setKey(undefined)}>{say('action.close')}</Button></Group>
        </Stack>
      </Modal>
    </>
  );
}
