import { Alert, Anchor, Badge, Box, Button, Card, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, CircleHelp, Lightbulb, Lock, RefreshCw, TriangleAlert } from 'lucide-react';
import { Link } from 'react-router';
import { useSession } from '../../app/session';
import { diagnosisHealth } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { AsCode } from '../../patterns/as-code';
import { Empty } from '../../patterns/empty';
import { ErrorNote } from '../../patterns/error';
import { Page } from '../../patterns/page';
import { Ago } from '../../patterns/time';
import { PartGroup } from './group';
import { COLORS, type HealthState, type Part, WORST, pageOfPart } from './types';
import { usePlatformWords } from './words';

const KINDS = ['server', 'database', 'work', 'driver', 'connection'] as const;
const ICONS: Record<HealthState, typeof CircleCheck> = { ok: CircleCheck, unknown: CircleHelp, degraded: TriangleAlert, down: CircleAlert };
/** Servers and queues tell no event when they change; drivers and connections do (`app/live.tsx`). */
const AGAIN_MS = 10_000;

/** How the platform is, part by part, the worst first. */
export function PlatformPage() {
  const t = usePlatformWords();
  const format = useFormat();
  const { may, person } = useSession();
  const allowed = may('platform:diagnose');
  const { data, error, refetch, isFetching } = useQuery({ queryKey: ['health'], queryFn: () => diagnosisHealth(), refetchInterval: AGAIN_MS, enabled: allowed });
  if (!allowed) return <Page title={t('title')}><Empty icon={<Lock size={26} aria-hidden />} title={t('forbidden')} help={t('forbiddenHelp', { role: person?.role ?? '' })} /></Page>;
  const problems = [...(data?.parts ?? [])].filter(({ state }) => state !== 'ok').sort((one, other) => WORST.indexOf(one.state) - WORST.indexOf(other.state));
  return (
    <Page
      title={t('title')} about={t('about')}
      actions={<><Text size="xs" c="dimmed" className="tabular">{data && t('asOf', { time: format.clock(data.asOf) })}</Text><Button size="xs" variant="default" leftSection={<RefreshCw size={14} aria-hidden />} loading={isFetching && !data} onClick={() => void refetch()}>{t('again')}</Button></>}
    >
      {error && <Box mb="md"><ErrorNote error={error} retry={() => void refetch()} /></Box>}
      {!data && !error && <Group justify="center" py="xl"><Loader aria-label={t('title')} /></Group>}
      {data && (
        <Stack gap="md">
          <Overall state={data.state} counts={data.counts} />
          {problems.length > 0 && (
            <Card withBorder radius="lg">
              <Title order={2} size="h5" mb="sm">{t('problems')}</Title>
              <Stack gap="md">{problems.map((part) => <Problem key={`${part.kind} ${part.name}`} part={part} />)}</Stack>
            </Card>
          )}
          {[...KINDS, ...new Set(data.parts.map(({ kind }) => kind).filter((kind) => !(KINDS as readonly string[]).includes(kind)))].map((kind) => {
            const parts = data.parts.filter((part) => part.kind === kind);
            return parts.length > 0 && <PartGroup key={kind} title={(KINDS as readonly string[]).includes(kind) ? t(`kind.${kind as 'server'}`) : kind} parts={parts} />;
          })}
          <AsCode request={{ method: 'GET', path: '/v1/platform/health' }} cli="mcmp platform health" />
        </Stack>
      )}
    </Page>
  );
}

function Overall({ state, counts }: { state: HealthState; counts: Partial<Record<HealthState, number>> }) {
  const t = usePlatformWords();
  const Icon = ICONS[state];
  return (
    <Alert color={COLORS[state]} icon={<Icon size={20} aria-hidden />} title={t(`all.${state}`)} role="status" data-health={state}>
      <Group gap={6}>{WORST.filter((each) => (counts[each] ?? 0) > 0).map((each) => <Badge key={each} variant="light" color={COLORS[each]} tt="none">{t(`state.${each}`)} {counts[each]}</Badge>)}</Group>
    </Alert>
  );
}

function Problem({ part }: { part: Part }) {
  const t = usePlatformWords();
  const page = pageOfPart(part);
  return (
    <div data-problem={part.name}>
      <Group gap="xs">
        <Badge variant="light" color={COLORS[part.state]} tt="none">{t(`state.${part.state}`)}</Badge>
        <Text size="sm" fw={600}>{page ? <Anchor component={Link} to={page} size="sm" fw={600}>{part.name}</Anchor> : part.name}</Text>
        {part.since && <Text size="xs" c="dimmed"><Ago at={part.since} /></Text>}
      </Group>
      <Text size="sm" mt={4} style={{ overflowWrap: 'anywhere' }}>{part.detail}</Text>
      {part.help && <Group gap={6} mt={4} wrap="nowrap" align="flex-start"><Lightbulb size={15} aria-hidden style={{ flexShrink: 0, marginTop: 3 }} /><Text size="sm"><b>{t('help')}:</b> {part.help}</Text></Group>}
    </div>
  );
}
