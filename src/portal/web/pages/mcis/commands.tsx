import { Button, Card, Grid, Group, Input, MultiSelect, NumberInput, SegmentedControl, Stack, Text, Textarea, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useProject } from '../../app/project';
import { mciCommand, mciCommandLines } from '../../generated/sdk.gen';
import { Allowed } from '../../patterns/allowed';
import { AsCode, shellWord } from '../../patterns/as-code';
import { ErrorNote } from '../../patterns/error';
import { Answers } from './answers';
import { useCommandWords } from './command-words';
import { newKey } from './figures';
import { History } from './history';
import type { MciDetail, Vm } from './types';

/** Commands on the VMs of an MCI: one to run, what they answered, and those before. Which one is shown stands in the address. */
export function CommandsTab({ mci, vms, chosen, setChosen }: { mci: MciDetail; vms: readonly Vm[]; chosen: readonly string[]; setChosen(names: string[]): void }) {
  const t = useCommandWords();
  const project = useProject();
  const client = useQueryClient();
  const [params, setParams] = useSearchParams();
  const [command, setCommand] = useState('');
  const [timeoutSeconds, setTimeoutSeconds] = useState<number | string>(60);
  const [on, setOn] = useState(chosen.length > 0 ? 'chosen' : 'all');
  const [groups, setGroups] = useState<string[]>([]);
  const history = useQuery({ queryKey: ['operations', 'commands', project, mci.id], queryFn: () => mciCommandLines({ path: { project, mci: mci.id }, query: { pageSize: 50 } }) });
  const running = vms.filter(({ state }) => state === 'running').length;
  const body = { command, timeoutSeconds: Number(timeoutSeconds) || 60, ...(on === 'groups' && { groups }), ...(on === 'chosen' && { vms: [...chosen] }) };
  const said = JSON.stringify(body);
  // The same request sent twice by one click too many runs once; another text, or another look at it, runs anew.
  const [sent, setSent] = useState(0);
  const key = useMemo(() => newKey(), [said, sent]);
  const run = useMutation({
    mutationFn: () => mciCommand({ path: { project, mci: mci.name }, body, headers: { 'Idempotency-Key': key } }),
    onSuccess: (operation) => {
      setSent((count) => count + 1);
      setParams({ command: operation.id });
      void client.invalidateQueries({ queryKey: ['operations'] });
    },
  });
  const shown = params.get('command') ?? history.data?.items[0]?.operationId;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    run.mutate();
  };
  const flags = on === 'groups' ? groups.map((group) => ` --group ${group}`).join('') : on === 'chosen' ? chosen.slice(0, 20).map((vm) => ` --vm ${vm}`).join('') : '';

  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <Card withBorder radius="lg" mb="md">
          <form onSubmit={submit}>
            <Stack gap="sm">
              <Textarea label={t('command')} description={t('command.help')} placeholder={t('command.hint')} value={command} onChange={(event) => setCommand(event.currentTarget.value)} autosize minRows={1} maxRows={10} spellCheck={false} maxLength={16_000} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} />
              <Group align="flex-end" gap="md">
                <Input.Wrapper label={t('on')} labelElement="div" size="xs" styles={{ label: { display: 'block' } }}>
                  <SegmentedControl size="xs" aria-label={t('on')} value={on} onChange={(next) => { setOn(next); if (next === 'all') setChosen([]); }} data={[{ value: 'all', label: t('on.all', { count: running }) }, { value: 'groups', label: t('on.groups') }, ...(chosen.length > 0 ? [{ value: 'chosen', label: t('on.chosen', { count: chosen.length }) }] : [])]} />
                </Input.Wrapper>
                {on === 'groups' && <MultiSelect size="xs" miw={200} aria-label={t('on.pick')} placeholder={groups.length === 0 ? t('on.pick') : ''} data={mci.groups.map(({ name }) => name)} value={groups} onChange={setGroups} searchable />}
                <NumberInput size="xs" miw={150} label={t('timeout')} value={timeoutSeconds} onChange={setTimeoutSeconds} min={1} max={3600} allowDecimal={false} />
                <Allowed permission="mci:command"><Button type="submit" size="xs" leftSection={<Play size={14} aria-hidden />} loading={run.isPending} disabled={command.trim() === '' || running === 0 || (on === 'groups' && groups.length === 0)}>{t('run')}</Button></Allowed>
              </Group>
              {running === 0 && <Text size="sm" c="dimmed">{t('none')}</Text>}
              {run.error && <ErrorNote error={run.error} />}
              <AsCode request={{ method: 'POST', path: `/v1/projects/${encodeURIComponent(project)}/mcis/${mci.name}/commands`, body }} cli={`mcmp mci command ${mci.name}${flags} -- ${shellWord(command)}`} />
            </Stack>
          </form>
        </Card>
        {shown !== undefined && <Answers mci={mci} operationId={shown} />}
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <Title order={2} size="h5" mb="xs">{t('history')}</Title>
        <History query={history} shown={shown} show={(id) => setParams({ command: id })} take={setCommand} />
      </Grid.Col>
    </Grid>
  );
}
