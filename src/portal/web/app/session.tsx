import { Button, Group, Loader, Center, Modal, PasswordInput, Stack, Text, getDefaultZIndex } from '@mantine/core';
import { type FormEvent, type ReactNode, createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { sessionBegin, sessionEnd, sessionShow } from '../generated/sdk.gen';
import type { SessionShowResponse } from '../generated/types.gen';
import { useT } from '../i18n/words';
import { ErrorNote } from '../patterns/error';
import { ApiError, queries } from './queries';
import { holdSession, watchSession } from './renew';

type Person = NonNullable<SessionShowResponse['user']>;

interface Value {
  person: Person | null;
  /** Whether the role holds a permission such as `mci:create`; what it lacks is said before it is clicked. */
  may(permission: string): boolean;
  begin(username: string, password: string): Promise<void>;
  end(): Promise<void>;
}

const Context = createContext<Value | undefined>(undefined);

/** Who uses the portal. */
export function useSession(): Value {
  const value = useContext(Context);
  if (!value) throw new Error('useSession outside of SessionProvider');
  return value;
}

const holds = (patterns: readonly string[], permission: string): boolean => {
  const [noun, verb] = permission.split(':');
  return patterns.some((pattern) => {
    const [nounPattern, verbPattern] = pattern.split(':');
    return (nounPattern === '*' || nounPattern === noun) && (verbPattern === '*' || verbPattern === verb);
  });
};

/** A server that did not answer is asked again so soon. */
const AGAIN_MS = 3000;

let known: SessionShowResponse | undefined;
/** Asks whose session the cookie is, before anything is drawn. */
export async function firstSession(): Promise<SessionShowResponse> {
  known = await sessionShow();
  holdSession(known);
  return known;
}

/** Asks whose session the cookie is, and keeps pages as they are while a person whose session ran out logs in again. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [session, setSession] = useState(known);
  const [expired, setExpired] = useState(false);
  const [failure, setFailure] = useState<Error>();
  const [leaving, setLeaving] = useState<Error>();
  const take = useCallback((next: SessionShowResponse) => {
    holdSession(next);
    setSession(next);
    setExpired(false);
  }, []);
  useEffect(() => watchSession({
    ended: () => setExpired(true),
    changed: (next, samePerson) => {
      take(next);
      // What another person saw is not theirs to see.
      if (!samePerson) void queries.resetQueries();
    },
  }), [take]);

  const look = useCallback(() => {
    sessionShow().then((next) => { setFailure(undefined); take(next); }, setFailure);
  }, [take]);
  useEffect(() => { if (!known) look(); }, [look]);
  useEffect(() => {
    if (!failure) return;
    const timer = setTimeout(look, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [failure, look]);

  const begin = useCallback(async (username: string, password: string) => {
    take(await sessionBegin({ body: { username, password } }));
    await queries.invalidateQueries();
  }, [take]);
  const end = useCallback(async () => {
    setLeaving(undefined);
    try {
      await sessionEnd();
    } catch (reason) {
      return setLeaving(reason instanceof Error ? reason : new Error(String(reason)));
    }
    queries.clear();
    take({ user: null, csrfToken: null, expiresAt: null });
  }, [take]);

  const person = session?.user ?? null;
  const value = useMemo(() => ({ person, may: (permission: string) => holds(person?.permissions ?? [], permission), begin, end }), [person, begin, end]);
  if (failure) return <Center h="100vh" p="lg"><ErrorNote error={failure} retry={look} /></Center>;
  if (!session) return <Center h="100vh"><Loader aria-label="M-CMP" /></Center>;
  return (
    <Context.Provider value={value}>
      {children}
      {leaving && <StayDialog error={leaving} close={() => setLeaving(undefined)} again={end} />}
      {person && <ExpiredDialog opened={expired} username={person.username} begin={begin} end={end} />}
    </Context.Provider>
  );
}

/** Above everything, since what is open may wait for it; the Escape key in it leaves that open. */
function ExpiredDialog({ opened, username, begin, end }: { opened: boolean; username: string; begin: Value['begin']; end: Value['end'] }) {
  const t = useT();
  const [password, setPassword] = useState('');
  const [error, setError] = useState<Error>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    begin(username, password).then(() => { setPassword(''); setError(undefined); }, (reason: unknown) => setError(reason instanceof ApiError ? reason : new Error(String(reason))));
  };
  return (
    <Modal opened={opened} onClose={() => undefined} withCloseButton={false} title={t('session.expired')} zIndex={getDefaultZIndex('max')}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t('session.expiredHelp', { username })}</Text>
          <PasswordInput label={t('login.password')} value={password} onChange={(event) => setPassword(event.currentTarget.value)} data-autofocus data-mantine-stop-propagation="true" autoComplete="current-password" />
          {error && <ErrorNote error={error} />}
          <Group justify="space-between">
            <Button variant="subtle" onClick={() => void end()}>{t('session.other')}</Button>
            <Button type="submit" disabled={password === ''}>{t('login.submit')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** The server did not hear that the person logs out: the session is still open. */
function StayDialog({ error, close, again }: { error: Error; close(): void; again(): Promise<void> }) {
  const t = useT();
  return <Modal opened onClose={close} title={t('session.stays')} closeButtonProps={{ 'aria-label': t('action.close') }}><ErrorNote error={error} retry={() => void again()} /></Modal>;
}
