import { Alert, Button, Center, List, Stack, Text, Title } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import { useEffect } from 'react';
import { Link, useRouteError } from 'react-router';
import { ApiError } from '../app/queries';
import { useT } from '../i18n/words';
import { useProblemTitle } from './api-words';

/** Why something did not work, in the API's own words, with each wrong field, what would help, and the id to find it in the log; `titles` are better ones here, by code. */
export function ErrorNote({ error, retry, titles }: { error: Error; retry?: () => void; titles?: Record<string, string> }) {
  const t = useT();
  const titleOf = useProblemTitle();
  const problem = error instanceof ApiError ? error.problem : undefined;
  const away = problem?.code === 'UNREACHABLE';
  // What the sentence says already is not said twice.
  const wrong = (problem?.errors ?? []).filter(({ rule }, _index, { length }) => length > 1 || !(problem?.detail ?? '').includes(rule));
  return (
    <Alert color={away ? 'orange' : 'red'} icon={<CircleAlert size={18} aria-hidden />} title={titles?.[problem?.code ?? ''] ?? titleOf(problem?.code) ?? t('error.title')} role="alert">
      <Stack gap={6} align="flex-start">
        <Text size="sm">{away ? t(retry ? 'error.unreachable' : 'error.unreachableOnce') : (problem?.detail ?? error.message)}</Text>
        {wrong.length > 0 && (
          <List size="sm">{wrong.map(({ field, rule, help }) => <List.Item key={field + rule}><code>{field}</code>: {rule}{help && ` (${help})`}</List.Item>)}</List>
        )}
        {problem?.requestId && <Text size="xs" c="dimmed" className="mono">{problem.code} · {t('error.request', { id: problem.requestId })}</Text>}
        {retry && <Button size="xs" variant="light" color="gray" onClick={retry}>{t('error.retry')}</Button>}
      </Stack>
    </Alert>
  );
}

/** What browsers say where a part of the application could not be fetched: the server is away, or is a newer one that has other parts. */
const UNFETCHED = /dynamically imported module|module script failed/i;
const LOOK_MS = 3000;
/** A page that broke again so soon after it was loaded anew is not loaded anew by itself. */
const ONCE_MS = 30_000;
const RELOADED = 'mcmp.reloaded';

/** Loads the page anew once the server answers. */
function useReloadWhenBack(wanted: boolean): void {
  useEffect(() => {
    if (!wanted || Date.now() - Number(sessionStorage.getItem(RELOADED) ?? 0) < ONCE_MS) return;
    const timer = setInterval(() => void fetch('/health/live').then(({ ok }) => {
      if (!ok) return;
      sessionStorage.setItem(RELOADED, String(Date.now()));
      window.location.reload();
    }, () => undefined), LOOK_MS);
    return () => clearInterval(timer);
  }, [wanted]);
}

/** For a page that threw, or could not be fetched. */
export function PageBroke() {
  const t = useT();
  const thrown = useRouteError();
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const unfetched = UNFETCHED.test(error.message);
  useReloadWhenBack(unfetched);
  const shown = unfetched ? new ApiError({ status: 0, code: 'UNREACHABLE', title: 'Unreachable', detail: error.message }) : error;
  return (
    <Center p="xl" mih="60vh">
      <Stack maw={640}><Title order={1} size="h3">{t(unfetched ? 'error.pageAway' : 'error.page')}</Title><ErrorNote error={shown} retry={() => window.location.reload()} /></Stack>
    </Center>
  );
}

/** For an address without a page. */
export function PageMissing() {
  const t = useT();
  return <Center p="xl" mih="60vh"><Stack align="center"><Title order={1} size="h3">{t('error.notFound')}</Title><Button component={Link} to="/">{t('error.home')}</Button></Stack></Center>;
}
