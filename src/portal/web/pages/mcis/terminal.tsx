import { Alert, Box, Button, Group, Text } from '@mantine/core';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useProject } from '../../app/project';
import { ErrorNote } from '../../patterns/error';
import { Page } from '../../patterns/page';
import { useCommandWords } from './command-words';
import { useTerminal } from './use-terminal';

/** A terminal of a VM, for as long as the page is open. */
export function TerminalPage() {
  const t = useCommandWords();
  const { name = '', vm = '' } = useParams();
  const [times, setTimes] = useState(0);
  return (
    <Page title={t('title', { vm })} about={name} actions={<Button size="xs" variant="default" component={Link} to={`/mcis/${encodeURIComponent(name)}/vms`}>{t('back')}</Button>}>
      <Screen key={`${name}/${vm}/${times}`} mci={name} vm={vm} again={() => setTimes((count) => count + 1)} />
    </Page>
  );
}

function Screen({ mci, vm, again }: { mci: string; vm: string; again(): void }) {
  const t = useCommandWords();
  const project = useProject();
  const { box, state } = useTerminal(`/v1/projects/${encodeURIComponent(project)}/mcis/${encodeURIComponent(mci)}/vms/${encodeURIComponent(vm)}/terminal`, t('screen', { vm }));
  const closed = state.is === 'closed';
  return (
    <>
      <Group justify="space-between" mb="xs" mih={30}>
        <Text size="sm" role="status" data-terminal={state.is}>
          {state.is === 'opening' && t('open', { vm })}
          {state.is === 'ready' && t('ready')}
          {closed && t('closed', { reason: state.detail ?? t(`why.${state.code}` as 'why.1000') })}
        </Text>
        {closed ? <Button size="xs" leftSection={<RotateCcw size={14} aria-hidden />} onClick={again}>{t('reconnect')}</Button> : <Text size="xs" c="dimmed">{t('leave')}</Text>}
      </Group>
      {closed && state.refused && <Box mb="xs"><ErrorNote error={state.refused} /></Box>}
      {state.is === 'ready' && state.idleSeconds !== undefined && <Alert color="orange" mb="xs" role="alert">{t('idle', { seconds: state.idleSeconds })}</Alert>}
      <Box ref={box} bg="#10161c" p="xs" style={{ borderRadius: 10, height: 'calc(100vh - 220px)', minHeight: 280, overflow: 'hidden' }} />
    </>
  );
}
