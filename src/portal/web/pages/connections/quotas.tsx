import { Badge, Box, Card, Group, Loader, Progress, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { connectionsQuotas } from '../../generated/sdk.gen';
import type { ConnectionsQuotasResponse } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { AsCode } from '../../patterns/as-code';
import { Empty } from '../../patterns/empty';
import { useOwnRegions } from './places';
import type { Connection } from './queries';
import { WhyNot } from './refusal';
import { useConnectionWords } from './words';

type Quota = ConnectionsQuotasResponse['items'][number];

const fullness = ({ used, limit }: Quota): number => (used === undefined ? -1 : limit <= 0 ? 1 : used / limit);

/** The limits of the account in a region with what is in use, the fullest first. */
export function Quotas({ connection }: { connection: Connection }) {
  const t = useConnectionWords();
  const say = useT();
  const { regions } = useOwnRegions(connection);
  const ids = regions?.filter(({ id, enabled }) => enabled && (connection.regions.length === 0 || connection.regions.includes(id))).map(({ id, name }) => ({ value: id, label: `${id} · ${name}` })) ?? [];
  const [wanted, setWanted] = useState<string | null>(null);
  const region = wanted ?? ids[0]?.value;
  const { data, error, isFetching } = useQuery({ queryKey: ['connections', 'quotas', connection.id, region], queryFn: () => connectionsQuotas({ path: { connection: connection.id }, query: { region: region as string } }), enabled: region !== undefined, placeholderData: keepPreviousData });
  if (regions && ids.length === 0) return <Empty title={t('region.empty')} help={t('region.emptyHelp')} />;
  return (
    <Stack>
      <Group align="flex-end"><Select label={t('quota.region')} data={ids} value={region ?? null} onChange={setWanted} searchable allowDeselect={false} w={320} />{isFetching && <Loader role="status" size="sm" mb={8} aria-label={say('list.loading')} />}</Group>
      {error && <WhyNot error={error} />}
      {data?.items.length === 0 && <Empty title={t('quota.empty')} />}
      {data && data.items.length > 0 && <Card withBorder radius="lg"><SimpleGrid cols={{ base: 1, md: 2 }} verticalSpacing="lg" spacing="xl">{[...data.items].sort((one, other) => fullness(other) - fullness(one)).map((quota) => <QuotaBar key={`${quota.id} ${quota.specPrefixes?.join() ?? ''}`} quota={quota} />)}</SimpleGrid></Card>}
      {region !== undefined && <AsCode request={{ method: 'GET', path: `/v1/connections/${connection.name}/quotas?region=${encodeURIComponent(region)}` }} cli={`mcmp connection quotas ${connection.name} --region ${region}`} />}
    </Stack>
  );
}

function QuotaBar({ quota }: { quota: Quota }) {
  const t = useConnectionWords();
  const format = useFormat();
  const full = fullness(quota);
  const limit = format.number(quota.limit, 2);
  const about = [quota.measure === 'other' ? '' : quota.measure, quota.specPrefixes && quota.specPrefixes.length > 0 ? t('quota.prefixes', { prefixes: quota.specPrefixes.join(', ') }) : ''].filter((part) => part !== '').join(' · ');
  const text = quota.used === undefined ? t('quota.unused', { limit }) : t('quota.of', { used: format.number(quota.used, 2), limit });
  return (
    <Box data-quota={quota.id}>
      <Group justify="space-between" mb={4} wrap="nowrap" align="flex-end">
        <Box miw={0}>
          <Text size="sm" fw={600} className="ellipsis" title={quota.name}>{quota.name}</Text>
          {about !== '' && <Text size="xs" c="dimmed">{about}</Text>}
        </Box>
        <Group gap={6} wrap="nowrap"><Text size="sm" className="tabular" style={{ whiteSpace: 'nowrap' }}>{text}</Text>{quota.source === 'default' && <Badge variant="default" size="sm" tt="none">{t('quota.default')}</Badge>}</Group>
      </Group>
      <Progress value={Math.max(0, full) * 100} color={full >= 0.9 ? 'red' : full >= 0.7 ? 'yellow' : undefined} aria-label={`${quota.name}: ${text}`} />
    </Box>
  );
}
