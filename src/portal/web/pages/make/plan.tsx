import { Alert, Anchor, Badge, Button, Card, Center, Group, List, Loader, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../app/queries';
import { mciPlan } from '../../generated/sdk.gen';
import type { MciPlanResponse } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { ErrorNote } from '../../patterns/error';
import type { Body } from './draft';
import { type Obstacle, stepOfField } from './problems';
import { useMakeWords } from './words';

type Plan = MciPlanResponse;
type Finding = Plan['findings'][number];

/** What the request would do, asked anew whenever it changes. */
export function usePlan(project: string, body: Body | undefined) {
  return useQuery({ queryKey: ['plan', project, body], queryFn: () => mciPlan({ path: { project }, body: body as Body }), enabled: body !== undefined, staleTime: 30_000, placeholderData: keepPreviousData });
}

/** Whether an MCI may be made by this plan. */
export const planGood = (plan: Plan | undefined): boolean => plan !== undefined && plan.findings.every(({ severity }) => severity !== 'error');

/** Last step before anything is made: resources, price, findings, time; what is in the way leads back to where it is mended. */
export function PlanStep({ obstacles, plan, go }: { obstacles: readonly Obstacle[]; plan: ReturnType<typeof usePlan>; go(step: number): void }) {
  const t = useMakeWords();
  if (obstacles.length > 0 && obstacles.every(({ passes }) => passes)) return <Center py="xl"><Stack align="center" role="status"><Loader aria-hidden />{obstacles.map(({ text }) => <Text key={text} size="sm">{text}</Text>)}</Stack></Center>;
  if (obstacles.length > 0) return <Obstacles obstacles={obstacles} go={go} />;
  if (plan.error) {
    const errors = plan.error instanceof ApiError ? (plan.error.problem.errors ?? []) : [];
    const steps = [...new Set(errors.map(({ field }) => stepOfField(field)))].sort();
    return <Stack><ErrorNote error={plan.error} retry={() => void plan.refetch()} /><Group>{steps.map((step) => <Button key={step} size="xs" variant="light" onClick={() => go(step)}>{t('plan.mendOn', { step: t(`step.${(['needs', 'where', 'access'] as const)[step] ?? 'needs'}`) })}</Button>)}</Group></Stack>;
  }
  if (!plan.data) return <Center py="xl"><Stack align="center" role="status"><Loader aria-hidden /><Text size="sm">{t('plan.asking')}</Text></Stack></Center>;
  return <Shown plan={plan.data} old={plan.isPlaceholderData} go={go} />;
}

/** What keeps a draft from being planned, each with the way to where it is mended. */
export function Obstacles({ obstacles, go }: { obstacles: readonly Obstacle[]; /** Absent on the step itself. */ go?(step: number): void }) {
  const t = useMakeWords();
  return (
    <Alert color="orange" icon={<TriangleAlert size={18} aria-hidden />} title={t(go ? 'plan.obstacles' : 'step.obstacles')} role="alert">
      <List size="sm" spacing={4}>{obstacles.slice(0, 12).map(({ step, text }) => <List.Item key={text}>{text} {go && <Anchor component="button" type="button" size="sm" underline="always" c="inherit" fw={600} onClick={() => go(step)}>{t('plan.mendOn', { step: t(`step.${(['needs', 'where', 'access'] as const)[step] ?? 'needs'}`) })}</Anchor>}</List.Item>)}</List>
    </Alert>
  );
}

function Shown({ plan, old, go }: { plan: Plan; /** Of the request as it was before; the answer to what it is now is awaited. */ old: boolean; go(step: number): void }) {
  const t = useMakeWords();
  const say = useT();
  const format = useFormat();
  const places = [...new Set(plan.resources.map(({ connection, region }) => `${connection}/${region}`))].map((key) => ({ key, items: plan.resources.filter(({ connection, region }) => `${connection}/${region}` === key) }));
  const quota = ({ code }: Finding): number => (code.startsWith('QUOTA') ? 0 : 1);
  const rank = { error: 0, warning: 1, info: 2 };
  const findings = [...plan.findings].sort((one, other) => rank[one.severity] - rank[other.severity] || quota(one) - quota(other));
  const regions = new Set(plan.resources.filter(({ kind }) => kind === 'vm').map(({ connection, region }) => `${connection}/${region}`)).size;
  const clouds = new Set(plan.resources.map(({ cloud }) => cloud)).size;
  return (
    <Stack data-plan={old ? 'former' : 'current'} aria-busy={old} style={{ opacity: old ? 0.5 : 1 }}>
      {old && <Group gap="xs" role="status"><Loader size="xs" aria-hidden /><Text size="sm">{t('plan.asking')}</Text></Group>}
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Card withBorder radius="lg"><Text size="xs" c="dimmed">{t('plan.makes')}</Text><Text fz={22} fw={700} className="tabular">{say('unit.vms', { count: plan.vms })}</Text><Text size="xs" c="dimmed">{t('plan.spread', { regions, clouds })}</Text></Card>
        <Card withBorder radius="lg">
          <Text size="xs" c="dimmed">{t('plan.price')}</Text>
          {plan.price.length === 0 && <Text fz={22} fw={700}>{say('unit.unknown')}</Text>}
          {plan.price.map((price) => <div key={price.currency}><Text fz={22} fw={700} className="tabular">{say('unit.perHour', { price: format.money(price.perHour, price.currency) })}</Text><Text size="xs" c="dimmed">{say('unit.perMonth', { price: format.monthly(price.perMonth, price.currency) })} · {t('plan.asOf', { time: format.date(price.asOf) })}{price.simulated && ` · ${t('price.simulated')}`}</Text></div>)}
          {plan.unpricedVms > 0 && <Text size="xs" c="orange">{t('plan.unpriced', { count: plan.unpricedVms })}</Text>}
        </Card>
        <Card withBorder radius="lg"><Text size="xs" c="dimmed">{t('plan.time')}</Text><Text fz={22} fw={700} className="tabular">{t('plan.about', { time: format.duration(plan.estimatedSeconds) })}</Text><Text size="xs" c="dimmed">{t(`plan.basis.${plan.estimateBasis}`)}</Text></Card>
      </SimpleGrid>
      <Findings findings={findings} go={go} />
      <Card withBorder radius="lg" p="sm">
        <Title order={2} size="h5" mb="xs">{t('plan.resources')}</Title>
        <Table.ScrollContainer minWidth={700}>
          <Table verticalSpacing={6} className="tabular">
            <Table.Thead><Table.Tr><Table.Th>{t('col.place')}</Table.Th><Table.Th>{t('col.vms')}</Table.Th><Table.Th>{t('plan.around')}</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>
              {places.map(({ key, items }) => (
                <Table.Tr key={key}>
                  <Table.Td><Text size="sm" fw={500}>{items[0]?.cloud} · {items[0]?.region}</Text><Text size="xs" c="dimmed">{items[0]?.connection}</Text></Table.Td>
                  <Table.Td>{items.filter(({ kind }) => kind === 'vm').map(({ name, count, zone }) => <Text size="sm" key={name}>{count} × {name}{zone && <Text span size="xs" c="dimmed"> ({zone})</Text>}</Text>)}</Table.Td>
                  <Table.Td><Group gap={6}>{items.filter(({ kind }) => kind !== 'vm').map((item) => <Badge key={item.kind + item.name + (item.zone ?? '')} variant="light" color={item.exists ? 'gray' : 'blue'} tt="none" fw={500}>{t(`kind.${item.kind}` as 'kind.network')}{item.cidr && ` ${item.cidr}`}{item.exists && ` · ${t('plan.exists')}`}</Badge>)}</Group></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Card>
    </Stack>
  );
}

const LOOK = { error: { color: 'red', Icon: CircleX }, warning: { color: 'orange', Icon: TriangleAlert }, info: { color: 'blue', Icon: Info } };
/** Findings of one kind that say the same of several groups would hide the others. */
const MOST_ALIKE = 3;

function Findings({ findings, go }: { findings: readonly Finding[]; go(step: number): void }) {
  const t = useMakeWords();
  const { i18n } = useTranslation();
  // In the words of the page where it knows the code, else in those of the API.
  const word = (key: string, { values }: Finding, said: string | undefined): string | undefined => (i18n.exists(key, { ns: 'make' }) ? t(key as 'finding.PRICE_OLD', values) : said);
  const told = (finding: Finding): string | undefined => word(`finding.${finding.code}`, finding, finding.message);
  const advice = (finding: Finding): string | undefined => word(`finding.${finding.code}.help`, finding, finding.help);
  // What only informs stands together; what is in the way or wants care stands by its code.
  const kindOf = ({ severity, code }: Finding): string => (severity === 'info' ? severity : `${severity} ${code}`);
  const kinds = [...new Set(findings.map(kindOf))];
  const bad = findings.some(({ severity }) => severity === 'error');
  if (findings.length === 0) return <Alert color="teal" icon={<CircleCheck size={18} aria-hidden />}>{t('plan.clean')}</Alert>;
  return (
    <Stack gap="xs">
      {bad && <Alert color="red" icon={<CircleX size={18} aria-hidden />} title={t('plan.blocked')} role="alert"><Button size="xs" variant="white" color="red" onClick={() => go(1)}>{t('plan.mendOn', { step: t('step.where') })}</Button></Alert>}
      {kinds.map((kind) => {
        const alike = findings.filter((finding) => kindOf(finding) === kind);
        const { severity, code } = alike[0] as Finding;
        const { color, Icon } = LOOK[severity];
        const most = severity === 'info' ? 2 * MOST_ALIKE : MOST_ALIKE;
        return (
          <Alert key={kind} color={color} icon={<Icon size={18} aria-hidden />} title={t(`severity.${severity}`)} data-finding={code} p="xs">
            <List size="sm">{alike.slice(0, most).map((finding) => <List.Item key={finding.message}>{told(finding)}{finding.help && <Text span size="sm" fw={500}> {advice(finding)}</Text>}</List.Item>)}</List>
            {alike.length > most && <details><summary>{t('plan.moreAlike', { count: alike.length - most })}</summary><List size="sm">{alike.slice(most).map((finding) => <List.Item key={finding.message}>{told(finding)}</List.Item>)}</List></details>}
          </Alert>
        );
      })}
    </Stack>
  );
}
