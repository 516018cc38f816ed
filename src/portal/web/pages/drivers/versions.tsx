import { Alert, Badge, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { driversActivate, driversDeleteVersion, driversInstall, driversUpdates } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Allowed } from '../../patterns/allowed';
import { AsCode } from '../../patterns/as-code';
import { Confirm } from '../../patterns/confirm';
import { ErrorNote } from '../../patterns/error';
import { type Driver, driversChanged } from './queries';
import { useDriverWords } from './words';

type Version = Driver['versions'][number];

/** Every version that is known here, with whose it is, and the newer ones that repositories offer. */
export function Versions({ driver }: { driver: Driver }) {
  const t = useDriverWords();
  const say = useT();
  const format = useFormat();
  const [activating, setActivating] = useState<Version>();
  const [deleting, setDeleting] = useState<Version>();
  const fromFolder = (version: Version): boolean => version.source === 'folder';
  const body = activating && { version: activating.version, from: fromFolder(activating) ? ('folder' as const) : ('bundle' as const) };
  return (
    <Stack gap="xl">
      {driver.versions.length === 0 ? <Text size="sm" c="dimmed">{t('v.none')}</Text> : (
        <Table.ScrollContainer className="framed" minWidth={680} type="native" tabIndex={0} role="region" aria-label={t('tab.versions')}>
          <Table verticalSpacing="sm">
            <Table.Thead><Table.Tr><Table.Th>{t('version')}</Table.Th><Table.Th>{t('state')}</Table.Th><Table.Th>{t('source')}</Table.Th><Table.Th>{t('v.signature')}</Table.Th><Table.Th>{t('v.at')}</Table.Th><Table.Th><span className="hidden-text">{say('action.more')}</span></Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>{driver.versions.map((version) => (
              <Table.Tr key={`${version.version} ${version.source}`} data-version={version.version}>
                <Table.Td><Text fw={600} size="sm">{version.version}</Text><Text size="xs" c="dimmed" className="mono" title={version.hash}>{version.hash.slice(0, 12)}</Text></Table.Td>
                <Table.Td><Badge variant="light" color={version.state === 'active' ? 'teal' : 'gray'} tt="none">{t(`v.state.${version.state}`)}</Badge></Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{version.source === 'folder' || version.source === 'upload' ? t(`source.${version.source}`) : version.source}</Table.Td>
                <Table.Td><Text size="sm" {...(version.signature && !version.signature.trusted && { c: 'orange' })}>{version.signature ? t(version.signature.trusted ? 'v.trusted' : 'v.untrusted', { key: version.signature.keyId.slice(0, 12) }) : version.allowedBy !== null ? t('v.allowed') : t('v.unsigned')}</Text></Table.Td>
                <Table.Td>{version.installedAt ? <span title={format.time(version.installedAt)}>{format.ago(version.installedAt)}</span> : '—'}</Table.Td>
                <Table.Td><Group gap="xs" justify="flex-end" wrap="nowrap">
                  {version.state !== 'active' && <Allowed permission="driver:update"><Button size="compact-sm" variant="light" onClick={() => setActivating(version)}>{t('act.activate')}</Button></Allowed>}
                  {!fromFolder(version) && version.state !== 'active' && <Allowed permission="driver:delete"><Button size="compact-sm" variant="subtle" color="red" onClick={() => setDeleting(version)}>{say('action.delete')}</Button></Allowed>}
                </Group></Table.Td>
              </Table.Tr>
            ))}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Updates driver={driver} />
      <Confirm opened={activating !== undefined} close={() => setActivating(undefined)} title={t('confirm.activate', { version: activating?.version ?? '' })} verb={t('act.activate')} color="orange" act={async () => { if (body) await driversActivate({ path: { driver: driver.name }, body }); await driversChanged(); }}>
        <Text size="sm">{t('confirm.activateHelp')}</Text>
        <AsCode request={{ method: 'POST', path: `/v1/drivers/${driver.name}/activate`, body }} cli={`mcmp driver activate ${driver.name} ${body?.version ?? ''} --from ${body?.from ?? ''}`} />
      </Confirm>
      <Confirm opened={deleting !== undefined} close={() => setDeleting(undefined)} title={t('confirm.deleteVersion', { version: deleting?.version ?? '' })} name={deleting?.version ?? ''} verb={say('action.delete')} act={async () => { await driversDeleteVersion({ path: { driver: driver.name, version: deleting?.version ?? '' } }); await driversChanged(); }}>
        <Text size="sm">{t('confirm.deleteVersionHelp')}</Text>
        <AsCode request={{ method: 'DELETE', path: `/v1/drivers/${driver.name}/versions/${deleting?.version ?? ''}` }} cli={`mcmp driver delete-version ${driver.name} ${deleting?.version ?? ''}`} />
      </Confirm>
    </Stack>
  );
}

function Updates({ driver }: { driver: Driver }) {
  const t = useDriverWords();
  const { data, error, refetch } = useQuery({ queryKey: ['drivers', 'updates', driver.name], queryFn: () => driversUpdates({ path: { driver: driver.name } }), staleTime: 60_000 });
  // What is here already is activated above.
  const newer = data?.items.filter(({ version }) => !driver.versions.some((here) => here.version === version));
  const install = useMutation({ mutationFn: ({ version, repository }: { version: string; repository: string }) => driversInstall({ body: { name: driver.name, range: version, repository } }), onSuccess: driversChanged });
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">{t('updates')}</Title>
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {install.error && <ErrorNote error={install.error} titles={{ CLOUD_ERROR: t('repo.failed') }} />}
      {data?.failed.map(({ repository, why }) => <Alert key={repository} color="orange" p="xs">{t('updates.failed', { repository, why })}</Alert>)}
      {newer?.length === 0 && <Text size="sm" c="dimmed">{t('updates.none')}</Text>}
      {newer?.map(({ version, repository, withinPin }) => (
        <Group key={`${repository} ${version}`} gap="sm"><Text size="sm" fw={600}>{version}</Text><Text size="sm" c="dimmed">{repository}</Text>{!withinPin && <Badge variant="light" color="orange" tt="none">{t('updates.outside')}</Badge>}<Allowed permission="driver:create"><Button size="compact-sm" variant="light" disabled={!withinPin} loading={install.isPending && install.variables.version === version} onClick={() => install.mutate({ version, repository })}>{t('act.install')}</Button></Allowed></Group>
      ))}
    </Stack>
  );
}
