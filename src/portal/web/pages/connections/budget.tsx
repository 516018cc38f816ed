import { Badge, Button, Card, Group, Loader, Progress, SimpleGrid, Stack, Text, Title, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { budgetShow } from '../../generated/sdk.gen';
import type { BudgetShowResponse } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { AsCode } from '../../patterns/as-code';
import { Empty } from '../../patterns/empty';
import { ErrorNote } from '../../patterns/error';
import { Facts } from '../../patterns/facts';
import { useBudgetWords } from './budget-words';
import type { Connection } from './queries';

type Bucket = BudgetShowResponse['buckets'][number];
type Usage = Bucket['lastHour'];

/** Who asks: each with a colour that both themes tell apart. */
const PURPOSES = [['person', 'sea.6'], ['provisioning', 'violet.6'], ['reconcile', 'orange.6'], ['inventory', 'gray.5']] as const;
/** So many budgets are drawn until somebody wants all: a cloud may have one for each region. */
const FEW = 9;
const waitingIn = ({ waiting }: Bucket): number => Object.values(waiting).reduce((all, count) => all + count, 0);

/** Those that wait or were throttled first, then the most used. */
const byUse = (buckets: readonly Bucket[]): Bucket[] => [...buckets].sort((one, other) => waitingIn(other) - waitingIn(one) || other.lastHour.throttled - one.lastHour.throttled || other.lastHour.calls - one.lastHour.calls);

/** How many calls the cloud allows, what is in force, who waits, and who used how much. Asked again while it is looked at: calls are too many to tell each by an event. */
export function Budget({ connection }: { connection: Connection }) {
  const t = useBudgetWords();
  const say = useT();
  const [all, setAll] = useState(false);
  const { data, error, refetch } = useQuery({ queryKey: ['connections', 'budget', connection.id], queryFn: () => budgetShow({ path: { connection: connection.id } }), refetchInterval: 5000 });
  if (error && !data) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!data) return <Group justify="center" py="xl"><Loader role="status" aria-label={say('list.loading')} /></Group>;
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw={760}>{t('about')}</Text>
      <Facts cols={{ base: 1, xs: 2 }} facts={[[t('account'), <span key="account" className="mono">{data.accountId ?? '—'}</span>], [t('servers'), data.servers.join(', ')]]} />
      {data.buckets.length === 0 && <Empty title={t('none')} help={t('noneHelp')} />}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">{byUse(data.buckets).slice(0, all ? undefined : FEW).map((bucket) => <BucketCard key={`${bucket.region} ${bucket.apiClass}`} bucket={bucket} />)}</SimpleGrid>
      {!all && data.buckets.length > FEW && <Button variant="default" size="xs" style={{ alignSelf: 'center' }} onClick={() => setAll(true)}>{t('all', { count: data.buckets.length })}</Button>}
      <AsCode request={{ method: 'GET', path: `/v1/connections/${connection.name}/api-budget` }} cli={`mcmp connection budget ${connection.name}`} />
    </Stack>
  );
}

function BucketCard({ bucket }: { bucket: Bucket }) {
  const t = useBudgetWords();
  const format = useFormat();
  const { limit, rate } = bucket;
  const waiting = waitingIn(bucket);
  return (
    <Card withBorder radius="lg" data-bucket={bucket.apiClass}>
      <Group justify="space-between" mb="xs" wrap="nowrap">
        <Tooltip label={bucket.methods.join(', ')} multiline maw={420} disabled={bucket.methods.length === 0}><Title order={2} size="h6" className="ellipsis" tabIndex={0}>{bucket.apiClass === '*' ? t('rest') : bucket.methods.join(' ')}</Title></Tooltip>
        <Badge variant="default" tt="none" style={{ flexShrink: 0 }}>{bucket.region ?? t('everywhere')}</Badge>
      </Group>
      <Text size="sm" className="tabular">{t('rate')}: {rate === null ? '—' : t(`perSecond.${bucket.counts}`, { rate: format.number(rate, 2) })} {limit && t('of', { limit: format.number(limit.perSecond, 2) })}</Text>
      <Text size="xs" c="dimmed">{t(`source.${bucket.source}`)}{limit && ` · ${t('burst', { count: format.number(limit.burst) })}`}</Text>
      {bucket.counts === 'items' && <Text size="xs" c="dimmed">{t('itemsHelp')}</Text>}
      {limit && rate !== null && <Progress mt={6} value={Math.min(100, (rate / limit.perSecond) * 100)} color={rate < limit.perSecond ? 'orange' : 'teal'} aria-label={t('rate')} />}
      <Group gap="md" mt="xs">
        {bucket.tokens !== null && <Text size="xs" className="tabular">{t('ready')}: {format.number(bucket.tokens)}{bucket.keptForPersons > 0 && ` (${t('kept', { count: format.number(bucket.keptForPersons) })})`}</Text>}
        <Text size="xs" className="tabular" {...(waiting > 0 && { fw: 700 })}>{t('waiting')}: {format.number(waiting)}</Text>
        {bucket.pausedUntil && Date.parse(bucket.pausedUntil) > Date.now() && <Badge color="orange" variant="light" tt="none">{t('paused', { time: format.time(bucket.pausedUntil) })}</Badge>}
      </Group>
      {bucket.lastMinute.calls > 0 && <UsageBar title={t('minute')} counts={bucket.counts} usage={bucket.lastMinute} />}
      <UsageBar title={t('hour')} counts={bucket.counts} usage={bucket.lastHour} />
    </Card>
  );
}

/** The calls or items of a span by who asked, and what of them the cloud refused. */
function UsageBar({ title, counts, usage }: { title: string; counts: Bucket['counts']; usage: Usage }) {
  const t = useBudgetWords();
  const format = useFormat();
  const spaces = usage.byWorkspace.map(({ workspace, calls }) => `${workspace ?? t('others')} ${format.number(calls)}`).join(', ');
  const parts = PURPOSES.filter(([purpose]) => usage.byPurpose[purpose] > 0);
  return (
    <div>
      <Group justify="space-between" mt="sm" mb={4}><Text size="xs" fw={600}>{title}</Text><Text size="xs" className="tabular">{t(`used.${counts}`, { count: usage.calls })}{usage.throttled > 0 && <Text span size="xs" c="red" fw={700}> · {t('throttled', { count: format.number(usage.throttled) })}</Text>}</Text></Group>
      {usage.calls > 0 && (
        <>
          <Progress.Root size="md" role="img" aria-label={parts.map(([purpose]) => `${t(`purpose.${purpose}`)} ${usage.byPurpose[purpose]}`).join(', ')}>{parts.map(([purpose, color]) => <Progress.Section key={purpose} value={(usage.byPurpose[purpose] / usage.calls) * 100} color={color} aria-hidden role="presentation" />)}</Progress.Root>
          <Group gap="sm" mt={4}>{parts.map(([purpose, color]) => <Group key={purpose} gap={4}><span aria-hidden style={{ width: 8, height: 8, borderRadius: 8, background: `var(--mantine-color-${color.replace('.', '-')})` }} /><Text size="xs" className="tabular">{t(`purpose.${purpose}`)} {format.number(usage.byPurpose[purpose])}</Text></Group>)}</Group>
          {spaces !== '' && <Text size="xs" c="dimmed" className="tabular">{t('by')}: {spaces}</Text>}
        </>
      )}
    </div>
  );
}
