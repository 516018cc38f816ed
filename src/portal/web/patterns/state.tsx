import { Badge, Tooltip } from '@mantine/core';
import { useT } from '../i18n/words';

/** Colours of states, one for each meaning: well, under way, at rest, gone wrong. */
export const STATE_COLORS: Record<string, string> = {
  running: 'teal', succeeded: 'teal', verified: 'teal', ready: 'teal', active: 'teal', done: 'teal',
  creating: 'blue', resuming: 'blue', rebooting: 'blue', changing: 'blue', queued: 'gray', planned: 'gray', installed: 'gray', unverified: 'gray',
  suspending: 'yellow', suspended: 'yellow', 'partly-running': 'yellow', mixed: 'yellow', cancelling: 'yellow', cancelled: 'gray', inactive: 'gray', empty: 'gray',
  terminating: 'grape', terminated: 'gray', deleting: 'grape', failed: 'red', broken: 'red',
};

/** A state as a word and a colour; an operation that runs is under way, not at its goal. */
export function State({ state, of, hint }: { state: string; of?: 'operation'; hint?: string }) {
  const t = useT();
  const color = of === 'operation' && state === 'running' ? 'blue' : (STATE_COLORS[state] ?? 'gray');
  const badge = <Badge variant="light" color={color} tt="none" fw={600} data-state={state} style={{ flexShrink: 0, minWidth: 'max-content' }}>{t(`state.${state}` as 'state.running')}</Badge>;
  return hint ? <Tooltip label={hint} multiline maw={420}>{badge}</Tooltip> : badge;
}
