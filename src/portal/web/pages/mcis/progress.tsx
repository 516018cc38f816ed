import { Alert, Anchor, Button, Card, Group, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { CircleAlert } from 'lucide-react';
import { Link } from 'react-router';
import { operationsCancel, operationsGet } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { Allowed } from '../../patterns/allowed';
import { ErrorNote } from '../../patterns/error';
import { useKind } from '../../patterns/kind-words';
import { useAdvice } from '../../patterns/api-words';
import { State } from '../../patterns/state';
import { CountsBar } from './counts';
import { countsOf, groupBy } from './figures';
import type { Vm } from './types';
import { useMciWords } from './words';

/** What is under way on an MCI: how far; with `regions` also each region's VMs by state. */
export function Underway({ ids, vms, regions: wanted }: { ids: readonly string[]; vms: readonly Vm[]; regions: boolean }) {
  const t = useMciWords();
  if (ids.length === 0) return null;
  const regions = wanted ? [...groupBy(vms, (vm) => `${vm.cloud} · ${vm.region}`)] : [];
  return (
    <Card withBorder radius="lg" mb="md" role="region" aria-label={t('underway')} data-underway>
      <Stack gap="sm">
        {ids.map((id) => <OneOperation key={id} id={id} />)}
        {wanted && <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} spacing="sm" verticalSpacing={8}>
          {regions.slice(0, 24).map(([region, here]) => (
            <div key={region}>
              <Group justify="space-between" wrap="nowrap" gap={4}><Text size="xs" className="ellipsis">{region}</Text><Text size="xs" c="dimmed" className="tabular">{here.filter(({ state }) => state === 'running').length}/{here.length}</Text></Group>
              <CountsBar counts={countsOf(here)} label={region} />
            </div>
          ))}
        </SimpleGrid>}
        {regions.length > 24 && <Text size="xs" c="dimmed">{t('moreRegions', { count: regions.length - 24 })}</Text>}
      </Stack>
    </Card>
  );
}

function OneOperation({ id }: { id: string }) {
  const t = useMciWords();
  const kindOf = useKind();
  const format = useFormat();
  const { data } = useQuery({ queryKey: ['operations', 'one', id], queryFn: () => operationsGet({ path: { operation: id } }) });
  const cancel = useMutation({ mutationFn: () => operationsCancel({ path: { operation: id } }) });
  if (!data) return null;
  const { done, failed, total } = data.progress;
  const share = (count: number): number => (total === 0 ? 0 : (count / total) * 100);
  const can = ['mci.create', 'mci.scale-out'].includes(data.kind) && ['queued', 'running'].includes(data.state);
  return (
    <div>
      <Group justify="space-between" mb={6}>
        <Group gap="sm">
          <Title order={2} size="h6">{kindOf(data.kind)}</Title>
          <State state={data.state} of="operation" />
          <Text size="sm" className="tabular" role="status">{t('progress', { done: format.number(done), total: format.number(total) })}{failed > 0 && ` · ${t('progress.failed', { count: failed })}`}</Text>
          <Anchor component={Link} to={`/operations/${id}`} size="sm">{t('follow')}</Anchor>
        </Group>
        {can && <Allowed permission="operation:cancel"><Button size="compact-sm" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>{t('cancel')}</Button></Allowed>}
      </Group>
      <Progress.Root size="lg">
        <Progress.Section value={share(done)} color="teal" aria-label={t('progress', { done, total })} />
        {failed > 0 && <Progress.Section value={share(failed)} color="red" aria-label={t('progress.failed', { count: failed })} />}
      </Progress.Root>
      {cancel.error && <ErrorNote error={cancel.error} />}
    </div>
  );
}

/** Why VMs failed, by code, with what would help. */
export function Failures({ vms, show }: { vms: readonly Vm[]; show(): void }) {
  const t = useMciWords();
  const advice = useAdvice();
  const failed = vms.filter(({ state, failure }) => state === 'failed' && failure !== null);
  if (failed.length === 0) return null;
  const codes = [...groupBy(failed, ({ failure }) => failure?.code ?? '')].sort(([, one], [, other]) => other.length - one.length);
  return (
    <Alert color="red" variant="light" radius="lg" mb="md" icon={<CircleAlert size={18} aria-hidden />} title={t('failures', { count: failed.length })}>
      <Stack gap={6}>
        {codes.map(([code, here]) => (
          <div key={code}>
            <Text size="sm"><b>{here.length} × {code}</b> · {[...new Set(here.map(({ cloud, region }) => `${cloud} ${region}`))].slice(0, 4).join(', ')}: {here[0]?.failure?.message}</Text>
            {advice(code, here[0]?.failure?.help) && <Text size="sm" c="dimmed">{advice(code, here[0]?.failure?.help)}</Text>}
          </div>
        ))}
        <Group><Button size="compact-sm" variant="light" color="red" onClick={show}>{t('failures.show')}</Button></Group>
      </Stack>
    </Alert>
  );
}
