import { ActionIcon, Button, Checkbox, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import { driverKeysAdd, driverKeysList, driverKeysRemove } from '../../generated/sdk.gen';
import type { DriverKeysListResponse } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Allowed } from '../../patterns/allowed';
import { Confirm } from '../../patterns/confirm';
import { Empty } from '../../patterns/empty';
import { ErrorNote } from '../../patterns/error';
import { type Column, List } from '../../patterns/list';
import { driversChanged } from './queries';
import { useDriverWords } from './words';

type Key = DriverKeysListResponse['items'][number];

/** The keys whose signatures of bundles are believed. */
export function Keys() {
  const t = useDriverWords();
  const say = useT();
  const format = useFormat();
  const { data, error, isFetching, refetch } = useQuery({ queryKey: ['drivers', 'keys'], queryFn: async () => (await driverKeysList()).items });
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Key>();
  const [revoke, setRevoke] = useState(false);
  const columns = useMemo<Column<Key>[]>(() => [
    { id: 'title', title: t('key.title'), value: ({ title }) => title },
    { id: 'key', title: t('key.id'), value: ({ keyId }) => keyId, cell: ({ keyId }) => <span className="mono" title={keyId}>{keyId.slice(0, 16)}</span> },
    { id: 'versions', title: t('key.versions'), value: ({ versions }) => versions.join(', ') },
    { id: 'added', title: t('key.added'), value: ({ addedAt }) => addedAt, cell: ({ addedAt }) => <span title={format.time(addedAt)}>{format.ago(addedAt)}</span> },
    { id: 'delete', title: say('action.delete'), value: () => null, cell: (key) => <Allowed permission="driver-key:delete"><ActionIcon variant="subtle" color="red" aria-label={`${say('action.delete')}: ${key.title}`} onClick={() => { setRevoke(false); setLeaving(key); }}><Trash2 size={15} aria-hidden /></ActionIcon></Allowed> },
  ], [t, say, format]);
  const add = <Allowed permission="driver-key:create"><Button size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={() => setAdding(true)}>{t('key.add')}</Button></Allowed>;
  return (
    <Stack>
      {(data?.length ?? 0) > 0 && <Group justify="flex-end">{add}</Group>}
      <List id="driver-keys" label={t('tab.keys')} rows={data} columns={columns} rowId={({ keyId }) => keyId} loading={isFetching} error={error} retry={() => void refetch()} empty={<Empty icon={<KeyRound size={26} aria-hidden />} title={t('key.empty')} help={t('key.emptyHelp')} action={add} />} />
      <AddKey opened={adding} close={() => setAdding(false)} />
      <Confirm opened={leaving !== undefined} close={() => setLeaving(undefined)} title={t('key.delete')} disabled={leaving !== undefined && leaving.versions.length > 0 && !revoke} verb={say('action.delete')} act={async () => { await driverKeysRemove({ path: { key: leaving?.keyId ?? '' }, query: revoke ? { revoke: 'true' } : {} }); await driversChanged(); }}>
        <Text size="sm"><b>{leaving?.title}</b>. {t('key.deleteHelp')}</Text>
        {leaving && leaving.versions.length > 0 && <Checkbox label={t('key.revoke', { count: leaving.versions.length })} description={leaving.versions.join(', ')} checked={revoke} onChange={(event) => setRevoke(event.currentTarget.checked)} />}
      </Confirm>
    </Stack>
  );
}

function AddKey({ opened, close }: { opened: boolean; close(): void }) {
  const t = useDriverWords();
  const say = useT();
  const [title, setTitle] = useState('');
  const [publicKey, setPublicKey] = useState('');
  const add = useMutation({ mutationFn: () => driverKeysAdd({ body: { title, publicKey } }), onSuccess: async () => { leave(); await driversChanged(); } });
  const leave = (): void => { setTitle(''); setPublicKey(''); add.reset(); close(); };
  const submit = (event: FormEvent): void => { event.preventDefault(); add.mutate(); };
  return (
    <Modal opened={opened} onClose={leave} title={t('key.add')} size="lg" closeButtonProps={{ 'aria-label': say('action.close') }}>
      <form onSubmit={submit}><Stack>
        <TextInput label={t('key.title')} value={title} onChange={(event) => setTitle(event.currentTarget.value)} required data-autofocus autoComplete="off" />
        <Textarea label={t('key.pem')} description={t('key.pemHelp').replaceAll('`', '')} value={publicKey} onChange={(event) => setPublicKey(event.currentTarget.value)} placeholder={'-----BEGIN PUBLIC KEY-----\n…'} autosize minRows={4} required spellCheck={false} classNames={{ input: 'mono' }} />
        {add.error && <ErrorNote error={add.error} />}
        <Group justify="flex-end"><Button variant="default" onClick={leave}>{say('action.cancel')}</Button><Button type="submit" loading={add.isPending} disabled={title.trim() === '' || publicKey.trim() === ''}>{t('key.add')}</Button></Group>
      </Stack></form>
    </Modal>
  );
}
