import { Alert, Box, Button, Card, Group, Loader, Center, Stepper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Cable, Rocket } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { allPages } from '../../app/pages';
import { useProject } from '../../app/project';
import { mciList } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Allowed, MayNot } from '../../patterns/allowed';
import { Confirm } from '../../patterns/confirm';
import { Empty } from '../../patterns/empty';
import { ErrorNote } from '../../patterns/error';
import { Page } from '../../patterns/page';
import { AccessStep } from './access';
import { bodyOf, split } from './body';
import { MciAsCode } from './code';
import { type Draft, dropAside, findAside, newDraft, placeKey, sentName, suggestionKey, useDraft } from './draft';
import { Needs } from './needs';
import { Obstacles, PlanStep, planGood, usePlan } from './plan';
import { STEPS, obstaclesOf } from './problems';
import { ProgressPage } from './progress';
import { freeName, usePrefill } from './prefill';
import { Sent, useSend } from './send';
import { type Suggestions, useReading, useRegions, useSuggestions } from './suggest';
import { Where } from './where';
import { useMakeWords } from './words';

const LAST = STEPS.length - 1;

/** `/mcis/new`: from what is needed to a running MCI. With `?operation=` it shows the one that is being made. */
export function MakePage() {
  const [params] = useSearchParams();
  const project = useProject();
  const operation = params.get('operation');
  return operation !== null ? <ProgressPage operationId={operation} /> : <Wizard key={project} project={project} />;
}

function Wizard({ project }: { project: string }) {
  const t = useMakeWords();
  const say = useT();
  const { draft, kept, change, changeNeed, replace, discard } = useDraft(project);
  const wanted = useMemo(() => new Set(draft.needs.flatMap(({ places }) => places.map(placeKey))), [draft.needs]);
  const { regions, byPlace, error, retry } = useRegions(wanted);
  const mcis = useQuery({ queryKey: ['mcis', project, 'names'], queryFn: () => allPages((pageToken) => mciList({ path: { project }, query: { pageSize: 200, ...(pageToken !== undefined && { pageToken }) } })) });
  // A name that this very draft may have taken is not in its way.
  const own = sentName(draft);
  const taken = useMemo(() => new Set(mcis.data?.map(({ name }) => name).filter((name) => name !== own)), [mcis.data, own]);
  useReading(wanted, byPlace);
  const suggestions = useSuggestions(draft, byPlace);
  const clouds = useMemo(() => new Map(regions?.map(({ connection, cloud }) => [connection, cloud])), [regions]);
  const { body } = bodyOf(draft, suggestions, (connection) => clouds.get(connection) ?? connection);
  const obstacles = obstaclesOf(draft, suggestions, taken, t);
  const plan = usePlan(project, draft.step === LAST && obstacles.length === 0 ? body : undefined);
  const prefill = usePrefill({ project, draft, kept, regions, taken: mcis.data ? taken : undefined, replace });
  const sending = useSend(project, draft, change);
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState(false);
  const go = (step: number): void => {
    if (sending.state !== 'idle') return;
    setTried(false);
    change({ step });
    window.scrollTo(0, 0);
  };
  const here = obstacles.filter(({ step, passes }) => step === draft.step && !passes);
  const next = (): void => (here.length > 0 ? setTried(true) : go(draft.step + 1));

  const why = regions ? mcis.data ? null : mcis.error : error;
  if (why) return <Page title={t('title')}><ErrorNote error={why} retry={regions ? () => void mcis.refetch() : retry} /></Page>;
  if (!regions || !prefill.ready) return <Center mih="50vh"><Loader aria-label={say('list.loading')} /></Center>;
  if (regions.length === 0) return <Page title={t('title')}><Empty icon={<Cable size={26} aria-hidden />} title={t('noClouds')} help={t('noCloudsHelp')} action={<Button component={Link} to="/">{t('noCloudsAction')}</Button>} /></Page>;
  return (
    <Page title={t('title')} about={t('about')} actions={<Button size="xs" variant="subtle" color="gray" onClick={() => setAsking(true)}>{t('discard')}</Button>}>
      <MayNot permission="mci:create" />
      <Aside key={prefill.note} project={project} replace={(earlier) => { replace(earlier); prefill.close(); }} />
      {prefill.note && <Alert mb="md" color="blue" withCloseButton closeButtonLabel={say('action.close')} onClose={prefill.close}>{prefill.note}</Alert>}
      {prefill.error && <Box mb="md"><ErrorNote error={prefill.error} /></Box>}
      <Sent sending={sending} sent={draft.sent} forget={() => change({ sent: null })} />
      <Stepper active={draft.step} onStepClick={go} mb="md" size="sm" aria-label={t('steps')}>
        {STEPS.map((step, index) => <Stepper.Step key={step} label={t(`step.${step}`)} description={t(`step.${step}Help`)} color={tried && obstacles.some((obstacle) => obstacle.step === index) ? 'orange' : undefined} />)}
      </Stepper>
      <Box inert={sending.state !== 'idle'}>
        {draft.step === 0 && <Needs draft={draft} taken={taken} change={change} changeNeed={changeNeed} />}
        {draft.step === 1 && <Where draft={draft} regions={regions} suggestions={suggestions} changeNeed={changeNeed} />}
        {draft.step === 2 && <AccessStep draft={draft} suggestions={suggestions} change={change} />}
        {draft.step === 3 && <PlanStep obstacles={obstacles} plan={plan} go={go} />}
      </Box>
      {tried && here.length > 0 && draft.step < LAST && <Box mt="md"><Obstacles obstacles={here} /></Box>}
      <Card withBorder radius="lg" mt="md" p="sm" pos="sticky" bottom={8} style={{ zIndex: 5 }} shadow="sm">
        <Group justify="space-between" gap="sm">
          <Totals draft={draft} suggestions={suggestions} />
          <Group gap="xs">
            {draft.step > 0 && <Button variant="default" onClick={() => go(draft.step - 1)}>{say('action.back')}</Button>}
            {draft.step < LAST ? <Button onClick={next}>{t(draft.step === LAST - 1 ? 'toPlan' : 'next', { step: t(`step.${STEPS[draft.step + 1] ?? 'plan'}`) })}</Button>
              : <Create name={draft.name} busy={sending.state !== 'idle'} disabled={obstacles.length > 0 || !planGood(plan.data) || plan.isPlaceholderData || plan.error !== null} create={() => sending.send(body)} />}
          </Group>
        </Group>
      </Card>
      <Box mt="xs"><MciAsCode body={body} project={project} verb={draft.step < LAST ? 'plan' : 'create'} /></Box>
      <Confirm opened={asking} close={() => setAsking(false)} title={t('discard')} verb={t('discard')} act={async () => { discard({ ...newDraft(), name: freeName('web', taken) }); setTried(false); prefill.close(); }}><Text size="sm">{t('discardHelp')}</Text></Confirm>
    </Page>
  );
}

function Create({ name, busy, disabled, create }: { name: string; busy: boolean; disabled: boolean; create(): void }) {
  const t = useMakeWords();
  return <Allowed permission="mci:create"><Button leftSection={<Rocket size={16} aria-hidden />} loading={busy} disabled={disabled} onClick={create}>{t('create', { name })}</Button></Allowed>;
}

/** The draft that another took the place of: one goes back to it, or lets it go. */
function Aside({ project, replace }: { project: string; replace(earlier: Draft): void }) {
  const t = useMakeWords();
  const [earlier, setEarlier] = useState(() => findAside(project));
  if (!earlier) return null;
  const drop = (): void => {
    dropAside(project);
    setEarlier(undefined);
  };
  return (
    <Alert mb="md" color="yellow" data-aside>
      <Group gap="xs" justify="space-between">
        <Text size="sm">{t('aside', { name: earlier.name })}</Text>
        <Group gap="xs"><Button size="compact-sm" variant="default" onClick={() => { drop(); replace(earlier); }}>{t('aside.back')}</Button><Button size="compact-sm" variant="subtle" color="gray" onClick={drop}>{t('aside.drop')}</Button></Group>
      </Group>
    </Alert>
  );
}

/** What the draft amounts to so far. */
function Totals({ draft, suggestions }: { draft: Draft; suggestions: Suggestions }) {
  const t = useMakeWords();
  const say = useT();
  const format = useFormat();
  const sums = new Map<string, number>();
  let places = 0;
  let open = 0;
  for (const need of draft.needs) {
    const sizes = split(need);
    need.places.forEach((place, index) => {
      const size = sizes[index] ?? 0;
      places += size > 0 ? 1 : 0;
      const price = suggestions.get(suggestionKey(need, place))?.spec?.price;
      if (price) sums.set(price.currency, (sums.get(price.currency) ?? 0) + price.perHour * size);
      else open += size > 0 ? 1 : 0;
    });
  }
  const total = draft.needs.reduce((sum, { count }) => sum + count, 0);
  return (
    <Text size="sm" className="tabular" aria-live="polite" data-totals>
      <b>{say('unit.vms', { count: total })}</b> · {t('total.places', { count: places })}
      {sums.size > 0 && <> · <b>{[...sums].map(([currency, perHour]) => say('unit.perHour', { price: format.money(perHour, currency) })).join(' + ')}</b></>}
      {open > 0 && <Text span size="xs" c="dimmed"> {t('total.open', { count: open })}</Text>}
    </Text>
  );
}
