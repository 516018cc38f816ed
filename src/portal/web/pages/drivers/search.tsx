import { Alert, Anchor, Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { driverRepositoriesSearch, driversInstall } from '../../generated/sdk.gen';
import { useSaid } from '../../i18n/said';
import { Allowed } from '../../patterns/allowed';
import { ErrorNote } from '../../patterns/error';
import { driversChanged } from './queries';
import { useDriverWords } from './words';

/** Finds drivers in all repositories by a keyword, and installs one, also by `name@range`. */
export function FindDrivers() {
  const t = useDriverWords();
  const said = useSaid();
  const go = useNavigate();
  const [typed, setTyped] = useState('');
  const [wanted] = useDebouncedValue(typed.trim(), 400);
  const [keyword = '', range] = wanted.split(/@(.*)/);
  const { data, error, refetch } = useQuery({ queryKey: ['drivers', 'search', keyword], queryFn: () => driverRepositoriesSearch({ query: { pageSize: 50, ...(keyword !== '' && { keyword }) } }), placeholderData: keepPreviousData });
  const install = useMutation({ mutationFn: ({ name, repository }: { name: string; repository: string }) => driversInstall({ body: { name, repository, ...(range && { range }) } }), onSuccess: async ({ name }) => { await driversChanged(); await go(`/drivers/${name}`); } });
  const found = data?.items.filter(({ source }) => source !== 'local');
  return (
    <Stack>
      <Title order={2} size="h4">{t('search.title')}</Title>
      <TextInput maw={480} label={t('search.label')} leftSection={<Search size={15} aria-hidden />} placeholder="openstack@^1" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {install.error && <ErrorNote error={install.error} titles={{ CLOUD_ERROR: t('repo.failed') }} />}
      {data?.failed.map(({ repository, why }) => <Alert key={repository} color="orange" p="xs">{t('updates.failed', { repository, why })}</Alert>)}
      <div role="status">{found?.length === 0 && <Text size="sm" c="dimmed">{t('search.none')}</Text>}</div>
      {found?.map((one) => (
        <Card key={`${one.source} ${one.name}`} withBorder radius="lg" py="sm">
          <Group justify="space-between" wrap="nowrap">
            <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              <Text fw={600}>{said(one.title) || one.name} <Text span size="xs" c="dimmed">{one.name} · {one.source}</Text></Text>
              <Text size="sm" c="dimmed" lineClamp={2} title={said(one.description)}>{said(one.description)}</Text>
              <Text size="xs">{t('search.versions')}: {one.versions.slice(0, 6).join(', ')}{one.installed !== null && <> · {t('search.here')}: <Anchor component={Link} to={`/drivers/${one.name}`} size="xs" underline="always">{one.installed}</Anchor></>}</Text>
            </div>
            <Allowed permission="driver:create"><Button size="xs" variant="light" style={{ flexShrink: 0 }} loading={install.isPending && install.variables.name === one.name && install.variables.repository === one.source} onClick={() => install.mutate({ name: one.name, repository: one.source })}>{t('act.install')} {range ?? ''}</Button></Allowed>
          </Group>
        </Card>
      ))}
    </Stack>
  );
}
