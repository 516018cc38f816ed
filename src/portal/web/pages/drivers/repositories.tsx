import { ActionIcon, Button, Checkbox, Group, Modal, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Plus, Trash2, Warehouse } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import { ApiError } from '../../app/queries';
import { driverRepositoriesAdd, driverRepositoriesList, driverRepositoriesRemove } from '../../generated/sdk.gen';
import type { DriverRepositoriesListResponse } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Allowed } from '../../patterns/allowed';
import { Confirm } from '../../patterns/confirm';
import { Empty } from '../../patterns/empty';
import { ErrorNote } from '../../patterns/error';
import { type Column, List } from '../../patterns/list';
import { State } from '../../patterns/state';
import { driversChanged } from './queries';
import { FindDrivers } from './search';
import { useDriverWords } from './words';

type Repository = DriverRepositoriesListResponse['items'][number];

/** The places from which drivers are installed, and what they offer. */
export function Repositories() {
  const t = useDriverWords();
  const say = useT();
  const format = useFormat();
  const { data, error, isFetching, refetch } = useQuery({ queryKey: ['drivers', 'repositories'], queryFn: async () => (await driverRepositoriesList()).items });
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Repository>();
  const columns = useMemo<Column<Repository>[]>(() => [
    { id: 'name', title: t('repo.name'), value: ({ name }) => name },
    { id: 'url', title: t('repo.url'), value: ({ url }) => url, cell: ({ url }) => <span className="mono" title={url}>{url}</span> },
    { id: 'kind', title: t('repo.kind'), value: ({ kind }) => t(`repo.kind.${kind}`) },
    { id: 'state', title: t('state'), value: ({ state, lastError }) => `${say(`state.${state}`)} ${lastError ?? ''}`, cell: ({ state, lastError }) => <State state={state} {...(lastError !== null && { hint: lastError })} /> },
    { id: 'checked', title: t('repo.checked'), value: ({ checkedAt }) => checkedAt, cell: ({ checkedAt }) => (checkedAt ? format.ago(checkedAt) : '—') },
    { id: 'delete', title: say('action.delete'), value: () => null, cell: (repository) => <Allowed permission="driver-repository:delete"><ActionIcon variant="subtle" color="red" aria-label={`${say('action.delete')}: ${repository.name}`} onClick={() => setLeaving(repository)}><Trash2 size={15} aria-hidden /></ActionIcon></Allowed> },
  ], [t, say, format]);
  const add = <Allowed permission="driver-repository:create"><Button size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={() => setAdding(true)}>{t('repo.add')}</Button></Allowed>;
  return (
    <Stack gap="xl">
      <div>
        {(data?.length ?? 0) > 0 && <Group justify="flex-end" mb="xs">{add}</Group>}
        <List id="driver-repositories" label={t('tab.repositories')} rows={data} columns={columns} rowId={({ id }) => id} loading={isFetching} error={error} retry={() => void refetch()} empty={<Empty icon={<Warehouse size={26} aria-hidden />} title={t('repo.empty')} help={t('repo.emptyHelp')} action={add} />} height={320} />
      </div>
      {(data?.length ?? 0) > 0 && <FindDrivers />}
      <AddRepository opened={adding} close={() => setAdding(false)} />
      <Confirm opened={leaving !== undefined} close={() => setLeaving(undefined)} title={t('repo.delete')} verb={say('action.delete')} act={async () => { await driverRepositoriesRemove({ path: { repository: leaving?.id ?? '' } }); await driversChanged(); }}>
        <Text size="sm"><b>{leaving?.name}</b>. {t('repo.deleteHelp')}</Text>
      </Confirm>
    </Stack>
  );
}

function AddRepository({ opened, close }: { opened: boolean; close(): void }) {
  const t = useDriverWords();
  const say = useT();
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [kind, setKind] = useState<'static' | 'npm'>('static');
  const [token, setToken] = useState('');
  const [insecure, setInsecure] = useState(false);
  const add = useMutation({ mutationFn: () => driverRepositoriesAdd({ body: { name, url, kind, ...(token !== '' && { token }), ...(insecure && { insecure }) } }), onSuccess: async () => { leave(); await driversChanged(); } });
  const leave = (): void => { setName(''); setUrl(''); setToken(''); setInsecure(false); add.reset(); close(); };
  const submit = (event: FormEvent): void => { event.preventDefault(); add.mutate(); };
  const wrong = (field: string): string | undefined => (add.error instanceof ApiError ? add.error.problem.errors?.find((one) => one.field === field)?.rule : undefined);
  return (
    <Modal opened={opened} onClose={leave} title={t('repo.add')} closeButtonProps={{ 'aria-label': say('action.close') }}>
      <form onSubmit={submit} noValidate><Stack>
        <TextInput label={t('repo.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} error={wrong('name')} required data-autofocus autoComplete="off" spellCheck={false} />
        <TextInput type="url" label={t('repo.url')} placeholder="https://drivers.example.com/" value={url} onChange={(event) => setUrl(event.currentTarget.value.trim())} error={wrong('url') !== undefined} required autoComplete="off" spellCheck={false} />
        <Select label={t('repo.kind')} data={(['static', 'npm'] as const).map((value) => ({ value, label: t(`repo.kind.${value}`) }))} value={kind} onChange={(next) => setKind(next === 'npm' ? 'npm' : 'static')} allowDeselect={false} />
        <PasswordInput label={t('repo.token')} description={t('repo.tokenHelp')} value={token} onChange={(event) => setToken(event.currentTarget.value)} error={wrong('token')} autoComplete="new-password" />
        <Checkbox label={t('repo.insecure')} checked={insecure} onChange={(event) => setInsecure(event.currentTarget.checked)} />
        {add.error && <ErrorNote error={add.error} titles={{ CLOUD_ERROR: t('repo.failed') }} />}
        <Group justify="flex-end"><Button variant="default" onClick={leave}>{say('action.cancel')}</Button><Button type="submit" loading={add.isPending} disabled={name === '' || url === ''}>{t('act.add')}</Button></Group>
      </Stack></form>
    </Modal>
  );
}
