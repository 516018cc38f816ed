import { Anchor, Badge, Button, Card, Group, Loader, Progress, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useProject } from '../../app/project';
import { mciCommandResults, operationsCancel } from '../../generated/sdk.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { Allowed } from '../../patterns/allowed';
import { CodeBlock } from '../../patterns/copy';
import { ErrorNote } from '../../patterns/error';
import { useCommandWords } from './command-words';
import { sum } from './figures';
import { Singles, splitAnswers } from './singles';
import type { CommandResults, MciDetail } from './types';

type Answer = CommandResults['groups'][number];
const FEW = 12;
/** So many different answers are drawn until somebody wants them all. */
const MANY = 20;

/** What VMs answered to a command: those that said the same together, those where it failed apart. */
export function Answers({ mci, operationId }: { mci: MciDetail; operationId: string }) {
  const t = useCommandWords();
  const say = useT();
  const format = useFormat();
  const project = useProject();
  const [all, setAll] = useState(false);
  const results = useQuery({ queryKey: ['operations', 'answers', project, mci.id, operationId], queryFn: () => mciCommandResults({ path: { project, mci: mci.id, operation: operationId } }) });
  const stop = useMutation({ mutationFn: () => operationsCancel({ path: { operation: operationId } }) });
  if (results.error && !results.data) return <ErrorNote error={results.error} retry={() => void results.refetch()} />;
  if (!results.data) return <Group justify="center" py="xl"><Loader role="status" aria-label={say('list.loading')} /></Group>;
  const { command, counts, groups, createdAt } = results.data;
  const waiting = (counts.queued ?? 0) + (counts.running ?? 0);
  const total = sum(counts);
  const good = groups.filter(({ exitCode }) => exitCode === 0);
  const bad = groups.filter(({ exitCode }) => exitCode !== 0);
  const { singles, others } = splitAnswers(good);
  const { singles: badSingles, others: badOthers } = splitAnswers(bad);
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2} size="h5">{t('answers')}</Title>
        <Text size="xs" c="dimmed">{format.time(createdAt)}</Text>
      </Group>
      <CodeBlock text={command} label={t('command')} />
      <div role="status">
        {waiting > 0 && (
          <Stack gap={6}>
            <Group justify="space-between"><Text size="sm">{t('running', { count: waiting })}</Text><Allowed permission="operation:cancel"><Button size="compact-xs" variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>{t('stop')}</Button></Allowed></Group>
            <Progress value={total === 0 ? 0 : ((total - waiting) / total) * 100} aria-label={t('running', { count: waiting })} />
          </Stack>
        )}
      </div>
      {stop.error && <ErrorNote error={stop.error} />}
      {bad.length > 0 && <><Title order={3} size="h6">{t('failures')}</Title>{badOthers.slice(0, all ? undefined : MANY).map((answer) => <One key={answer.vms[0]} answer={answer} />)}{badSingles.length > 0 && <Singles answers={badSingles} label={t('failures')} />}</>}
      {bad.length > 0 && good.length > 0 && <Title order={3} size="h6">{t('good')}</Title>}
      {others.slice(0, all ? undefined : MANY).map((answer) => <One key={answer.vms[0]} answer={answer} />)}
      {!all && Math.max(others.length, badOthers.length) > MANY && <Button variant="default" size="xs" onClick={() => setAll(true)}>{t('answers.more', { count: others.length + badOthers.length })}</Button>}
      {singles.length > 0 && <><Title order={3} size="h6">{t('different')}</Title><Singles answers={singles} label={t('different')} /></>}
    </Stack>
  );
}

function One({ answer: { exitCode, stdout, stderr, error, truncated, vms } }: { answer: Answer }) {
  const t = useCommandWords();
  const [all, setAll] = useState(false);
  const badge = error !== null ? t('unreached') : exitCode === null ? t('signal') : t('exit', { code: exitCode });
  return (
    <Card withBorder radius="md" p="sm" data-answer={exitCode ?? 'none'}>
      <Stack gap={6}>
        <Group gap="xs">
          <Text size="sm" fw={600}>{t('same', { count: vms.length })}</Text>
          <Badge variant="light" tt="none" color={exitCode === 0 ? 'teal' : 'red'}>{badge}</Badge>
        </Group>
        <Text size="xs" c="dimmed" className="mono" style={{ overflowWrap: 'anywhere' }}>{(all ? vms : vms.slice(0, FEW)).join(', ')}{!all && vms.length > FEW && ' …'}{vms.length > FEW && <> <Anchor component="button" type="button" inherit onClick={() => setAll(!all)}>{all ? t('vms.less') : t('vms.more', { count: vms.length })}</Anchor></>}</Text>
        {error !== null && <Text size="sm" c="red">{error}</Text>}
        {stdout !== '' && <CodeBlock text={stdout} label={t('output')} />}
        {stderr !== '' && <><Text size="xs" c="dimmed">{t('errors')}</Text><CodeBlock text={stderr} label={t('errors')} /></>}
        {stdout === '' && stderr === '' && error === null && <Text size="sm" c="dimmed">{t('silent')}</Text>}
        {truncated && <Text size="xs" c="dimmed">{t('truncated')}</Text>}
      </Stack>
    </Card>
  );
}
