import { Alert, Box, Button, Group, Text } from '@mantine/core';
import { CloudOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { ApiError, queries } from '../../app/queries';
import { mciCreate } from '../../generated/sdk.gen';
import { useT } from '../../i18n/words';
import { ErrorNote } from '../../patterns/error';
import { type Body, type Draft, dropDraft, keepMade } from './draft';
import { useMakeWords } from './words';

const AGAIN_MS = 3000;
/** Whether nobody knows what became of the request: no answer came, or one of a proxy that got none. */
const unanswered = (error: unknown): boolean => error instanceof ApiError && [0, 502, 503, 504].includes(error.problem.status);

/** How a draft is sent: `waiting` where no answer came, and it is sent again by itself. */
export interface Sending { state: 'idle' | 'busy' | 'waiting'; error: Error | undefined; send(body: Body): void; stop(): void }

/** Makes an MCI once, however often it is sent: the same body goes under the same key, until an answer comes. */
export function useSend(project: string, draft: Draft, change: (part: Partial<Draft>) => void): Sending {
  const navigate = useNavigate();
  const [state, setState] = useState<Sending['state']>('idle');
  const [error, setError] = useState<Error>();
  const going = useRef<{ stopped: boolean; wake?(): void } | undefined>(undefined);
  const stop = (): void => {
    if (!going.current) return;
    going.current.stopped = true;
    going.current.wake?.();
  };
  useEffect(() => stop, []);

  const send = async (body: Body): Promise<void> => {
    if (going.current) return;
    const mine: { stopped: boolean; wake?(): void } = { stopped: false };
    going.current = mine;
    setState('busy');
    setError(undefined);
    const text = JSON.stringify(body);
    const key = draft.sent?.body === text ? draft.sent.key : crypto.randomUUID();
    change({ sent: { key, body: text } });
    while (!mine.stopped) {
      try {
        const { id } = await mciCreate({ path: { project }, headers: { 'Idempotency-Key': key }, body });
        keepMade(project, id, draft);
        dropDraft(project);
        for (const noun of ['mcis', 'summary', 'operations']) void queries.invalidateQueries({ queryKey: [noun] });
        return void (await navigate(`/mcis/new?operation=${id}`, { replace: true }));
      } catch (reason) {
        if (!unanswered(reason)) {
          // It was refused, so nothing was made.
          change({ sent: null });
          setError(reason instanceof Error ? reason : new Error(String(reason)));
          break;
        }
        setState('waiting');
        await new Promise<void>((go) => { mine.wake = go; setTimeout(go, AGAIN_MS); });
      }
    }
    going.current = undefined;
    setState('idle');
  };
  return { state, error, stop, send: (body) => void send(body) };
}

/** What became of what was sent: refused, on its way again, or never answered, also before a reload. */
export function Sent({ sending, sent, forget }: { sending: Sending; sent: Draft['sent']; forget(): void }) {
  const t = useMakeWords();
  const say = useT();
  if (sending.error) return <Box mb="md"><ErrorNote error={sending.error} /></Box>;
  if (sending.state === 'busy' || !sent) return null;
  const body = JSON.parse(sent.body) as Body;
  const waiting = sending.state === 'waiting';
  return (
    <Alert mb="md" color="orange" icon={<CloudOff size={18} aria-hidden />} title={t('sent.lost', { name: body.name })} role="alert" data-sent={sending.state}>
      <Text size="sm" mb="xs">{t(waiting ? 'sent.again' : 'sent.unknown')}</Text>
      <Group gap="xs">
        {waiting ? <Button size="xs" variant="default" onClick={sending.stop}>{say('action.cancel')}</Button> : <>
          <Button size="xs" onClick={() => sending.send(body)}>{t('sent.ask')}</Button>
          <Button size="xs" variant="default" onClick={forget}>{t('sent.forget')}</Button>
        </>}
      </Group>
    </Alert>
  );
}
