import { Alert, Box, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { Navigate, useSearchParams } from 'react-router';
import { ApiError } from '../../app/queries';
import { useSession } from '../../app/session';
import { useT } from '../../i18n/words';
import { ErrorNote } from '../../patterns/error';

/** Only an address of the portal itself is gone back to. */
const inside = (next: string | null): string => (next !== null && /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : '/');

/** User name and password; leads back to where the person wanted to go. */
export function LoginPage() {
  const t = useT();
  const { person, begin } = useSession();
  const [params] = useSearchParams();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  useEffect(() => { document.title = `${t('login.title')}`; }, [t]);
  if (person) return <Navigate to={inside(params.get('next'))} replace />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    begin(username, password).catch((reason: unknown) => setError(reason instanceof Error ? reason : new Error(String(reason)))).finally(() => setBusy(false));
  };
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper w={380} p="xl" withBorder shadow="sm" radius="lg">
        <form onSubmit={submit}>
          <Stack>
            <Box><img src="/icon.svg" width={40} height={40} alt="" /><Title order={1} size="h3" mt="xs">{t('login.title')}</Title><Text size="sm" c="dimmed">{t('login.intro')}</Text></Box>
            <TextInput label={t('login.username')} value={username} onChange={(event) => setUsername(event.currentTarget.value)} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required />
            <PasswordInput label={t('login.password')} value={password} onChange={(event) => setPassword(event.currentTarget.value)} autoComplete="current-password" required />
            {error && (error instanceof ApiError && error.problem.code === 'UNAUTHENTICATED' ? <Alert color="red" icon={<CircleAlert size={18} aria-hidden />} role="alert">{t('login.refused')}</Alert> : <ErrorNote error={error} />)}
            <Button type="submit" loading={busy} fullWidth>{t('login.submit')}</Button>
            <Text size="xs" c="dimmed">{t('login.first')}</Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
