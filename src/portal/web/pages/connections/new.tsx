import { Alert, Badge, Button, Card, Group, Loader, SimpleGrid, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { Cable, Puzzle } from 'lucide-react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { queries } from '../../app/queries';
import { connectionsCreate } from '../../generated/sdk.gen';
import { useSaid } from '../../i18n/said';
import { useT } from '../../i18n/words';
import { MayNot } from '../../patterns/allowed';
import { Empty } from '../../patterns/empty';
import { ErrorNote } from '../../patterns/error';
import { Page } from '../../patterns/page';
import { State } from '../../patterns/state';
import { type Draft, commandOf, createBody, defaultsOf, shownBody } from './draft';
import { ConnectionForm } from './form';
import { type Driver, useConnections, useDrivers } from './queries';
import { useConnectionWords } from './words';

/** A name that is free, e.g. `aws`, then `aws-2`. */
function freeName(wanted: string, taken: readonly string[]): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!taken.includes(name)) return name;
  }
}

/** Connects a cloud: which, then the form that its driver asks for. */
export function NewConnectionPage() {
  const t = useConnectionWords();
  const said = useSaid();
  const say = useT();
  const [params, setParams] = useSearchParams();
  const { data: drivers, error, refetch } = useDrivers();
  const { data: connections } = useConnections();
  const driver = drivers?.find(({ name, state }) => name === params.get('driver') && state === 'ready');
  return (
    <Page title={t('new')} about={t('about')}>
      <MayNot permission="connection:create" />
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!error && (!drivers || !connections) && <Group justify="center" py="xl"><Loader role="status" aria-label={say('list.loading')} /></Group>}
      {drivers && connections && !driver && <Choice drivers={drivers} choose={(name) => setParams({ driver: name })} />}
      {driver && connections && (
        <Stack gap="md">
          <Group gap="sm"><Badge size="lg" variant="light" tt="none" leftSection={<Puzzle size={14} aria-hidden />}>{said(driver.title) || driver.name} {driver.version}</Badge><Button variant="subtle" size="compact-sm" onClick={() => setParams({})}>{t('choose.change')}</Button></Group>
          <Form key={`${driver.name} ${driver.hash}`} driver={driver} taken={connections.map(({ name }) => name)} />
        </Stack>
      )}
    </Page>
  );
}

function Form({ driver, taken }: { driver: Driver; taken: string[] }) {
  const go = useNavigate();
  const say = useT();
  const begin: Draft = { name: freeName(driver.cloud ?? driver.name, taken), workspaceId: null, credential: defaultsOf(driver.credential), options: defaultsOf(driver.options), endpoint: '', regions: [], verify: true, newCredential: true };
  const send = async (draft: Draft): Promise<void> => {
    const made = await connectionsCreate({ body: createBody(draft, driver), query: { verify: draft.verify ? 'true' : 'false' } });
    await queries.invalidateQueries({ queryKey: ['connections'] });
    await go(`/connections/${made.id}`);
  };
  return (
    <ConnectionForm
      driver={driver} begin={begin} existing={false} send={send} cancel={<Button variant="default" component={Link} to="/connections">{say('action.cancel')}</Button>}
      code={(draft) => ({ request: { method: 'POST', path: `/v1/connections${draft.verify ? '' : '?verify=false'}`, body: shownBody(createBody(draft, driver), driver) }, cli: commandOf('create', draft.name, draft, driver) })}
    />
  );
}

/** A card for each driver: those that work are chosen, the others say why they do not. */
function Choice({ drivers, choose }: { drivers: readonly Driver[]; choose(name: string): void }) {
  const t = useConnectionWords();
  const said = useSaid();
  const toDrivers = <Button variant="light" size="xs" component={Link} to="/drivers">{t('choose.drivers')}</Button>;
  const ready = drivers.filter(({ state }) => state === 'ready');
  return (
    <>
      <Title order={2} size="h4" mb="sm">{t('choose')}</Title>
      {ready.length === 0 && <Empty title={t('choose.none')} help={t('choose.noneHelp')} action={toDrivers} />}
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 4 }}>
        {ready.map((driver) => (
          <UnstyledButton key={driver.name} onClick={() => choose(driver.name)} data-driver={driver.name}>
            <Card withBorder radius="lg" h="100%" className="choice">
              <Group gap="xs" mb={4} wrap="nowrap"><Cable size={20} aria-hidden color="var(--mantine-primary-color-filled)" /><Text fw={650} className="ellipsis">{said(driver.title) || driver.name}</Text></Group>
              <Text size="xs" c="dimmed">{driver.name} {driver.version}</Text>
            </Card>
          </UnstyledButton>
        ))}
        {ready.length > 0 && <Card withBorder radius="lg"><Text fw={650} size="sm">{t('choose.more')}</Text><Text size="xs" c="dimmed" mb="xs">{t('choose.moreHelp')}</Text>{toDrivers}</Card>}
      </SimpleGrid>
      {drivers.filter(({ state }) => state !== 'ready').map((driver) => <Alert key={`${driver.name} ${driver.why}`} mt="sm" color="gray" title={<Group gap="xs">{said(driver.title) || driver.name}<State state={driver.state} /></Group>}>{driver.why}</Alert>)}
    </>
  );
}
