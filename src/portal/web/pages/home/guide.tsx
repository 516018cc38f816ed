import { Button, Card, Code, Group, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { Link } from 'react-router';
import { queries } from '../../app/queries';
import { connectionsList, simulatedCloudsConnect, simulatedCloudsList } from '../../generated/sdk.gen';
import { Allowed } from '../../patterns/allowed';
import { ErrorNote } from '../../patterns/error';
import type { Region } from './types';
import { useHomeWords } from './words';

/** How many clouds the first MCI is suggested on. */
const FIRST_CLOUDS = 3;

/** The way from an empty server to VMs that run: what is done, what comes next. Shown until there is a VM. */
export function Guide({ regions }: { regions: readonly Region[] }) {
  const t = useHomeWords();
  const simulated = useQuery({ queryKey: ['connections', 'simulated'], queryFn: () => simulatedCloudsList(), staleTime: 60_000 });
  const connect = useMutation({ mutationFn: () => simulatedCloudsConnect({ body: {} }), onSettled: () => Promise.all([queries.invalidateQueries({ queryKey: ['regions'] }), queries.invalidateQueries({ queryKey: ['connections'] })]) });
  const connections = useQuery({ queryKey: ['connections', 'guide'], queryFn: () => connectionsList({ query: { pageSize: 200 } }) });
  const offered = simulated.data?.items ?? [];
  // The first connection is told before the last one is made, and its regions come later still: a suggestion needs those of all it stands on.
  const late = offered.slice(0, FIRST_CLOUDS).some(({ connection }) => connections.data?.items.some(({ name, state, lastError }) => name === connection && state === 'verified' && lastError === null) && !regions.some((region) => region.connection === connection));
  useRegionsOf(late);
  const connecting = connect.isPending || late;
  const connected = regions.length > 0 && !connecting;
  const places = firstPlaces(regions, offered);
  const suggestion = `/mcis/new?${new URLSearchParams(places.map(({ connection, region }) => ['place', `${connection}/${region}`])).toString()}`;
  return (
    <Card withBorder radius="lg" data-guide={connected ? 'make' : 'connect'}>
      <Title order={2} size="h4">{t('guide.title')}</Title>
      <Text size="sm" c="dimmed" mb="md">{t('guide.help')}</Text>
      <Stack gap="lg">
        <Step nth={1} done={connected} title={connected ? t('guide.connected', { count: new Set(regions.map(({ connectionId }) => connectionId)).size }) : t('empty.connections')}>
          {!connected && (
            <>
              <Text size="sm">{t('empty.connectionsHelp')}</Text>
              {connecting ? <Group gap="xs" role="status"><Loader size={16} aria-hidden /><Text size="sm">{t('guide.connecting')}</Text></Group> : (
                <Group gap="xs">
                  {offered.length > 0 && <Allowed permission="connection:create"><Button size="sm" onClick={() => connect.mutate()}>{t('guide.simulated', { count: offered.length })}</Button></Allowed>}
                  <Allowed permission="connection:create"><Button size="sm" component={Link} to="/connections/new" variant={offered.length > 0 ? 'default' : 'filled'}>{t('guide.own')}</Button></Allowed>
                </Group>
              )}
              {simulated.data && offered.length === 0 && <Text size="xs" c="dimmed">{t('guide.try')} <Code>npm run try</Code></Text>}
              {connect.error && !connecting && <ErrorNote error={connect.error} retry={() => connect.mutate()} />}
            </>
          )}
        </Step>
        <Step nth={2} done={false} title={t('guide.make')}>
          <Text size="sm">{t('empty.vmsHelp')}</Text>
          {connected && <Group gap="xs"><Allowed permission="mci:create"><Button size="sm" component={Link} to={suggestion}>{t('guide.makeOn', { count: places.length })}</Button></Allowed><Allowed permission="mci:create"><Button size="sm" variant="default" component={Link} to="/mcis/new">{t('guide.makeOwn')}</Button></Allowed></Group>}
        </Step>
        <Step nth={3} done={false} title={t('guide.run')}><Text size="sm">{t('guide.runHelp')}</Text></Step>
      </Stack>
    </Card>
  );
}

const LOOK_MS = 1500;

/** Looks for regions while some are late, also where no event tells them. */
function useRegionsOf(late: boolean): void {
  useEffect(() => {
    if (!late) return;
    const timer = setInterval(() => void queries.invalidateQueries({ queryKey: ['regions'] }, { cancelRefetch: false }), LOOK_MS);
    return () => clearInterval(timer);
  }, [late]);
}

/** A place on each of the first clouds: the one that is read first in simulated ones, else one whose prices are known. */
function firstPlaces(regions: readonly Region[], offered: readonly { connection: string; region: string }[]): { connection: string; region: string }[] {
  const known = offered.filter(({ connection, region }) => regions.some((item) => item.connection === connection && item.id === region));
  const clouds = [...new Set(regions.map(({ cloud }) => cloud))];
  const others = clouds.flatMap((cloud) => {
    const own = regions.filter((region) => region.cloud === cloud && region.enabled);
    const best = own.find(({ specCount }) => specCount > 0) ?? own[0];
    return best ? [{ connection: best.connection, region: best.id }] : [];
  });
  const all = [...known, ...others.filter(({ connection }) => !known.some((place) => place.connection === connection))];
  return all.slice(0, FIRST_CLOUDS);
}

function Step({ nth, done, title, children }: { nth: number; done: boolean; title: string; children: ReactNode }) {
  return (
    <Group align="flex-start" wrap="nowrap" gap="sm">
      <ThemeIcon radius="xl" size={28} variant={done ? 'filled' : 'light'} color={done ? 'teal' : undefined}>{done ? <Check size={16} aria-hidden /> : <Text size="sm" fw={700} c="inherit">{nth}</Text>}</ThemeIcon>
      <Stack gap={8} flex={1} pt={2}><Title order={3} size="h6">{title}</Title>{children}</Stack>
    </Group>
  );
}
