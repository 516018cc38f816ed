import { Button, Group, Loader } from '@mantine/core';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { queries } from '../../app/queries';
import { connectionsUpdate } from '../../generated/sdk.gen';
import type { ConnectionsUpdateData } from '../../generated/types.gen';
import { useT } from '../../i18n/words';
import { MayNot } from '../../patterns/allowed';
import { Empty } from '../../patterns/empty';
import { ErrorNote } from '../../patterns/error';
import { Page } from '../../patterns/page';
import { type Draft, commandOf, createBody, defaultsOf, shownBody } from './draft';
import { ConnectionForm } from './form';
import { type Connection, type Driver, useConnection, useDrivers, useRegions } from './queries';
import { useConnectionWords } from './words';

/** Only what differs from the connection as it is, so that the catalogue is not read anew without need. */
function changeOf(draft: Draft, driver: Driver, connection: Connection): NonNullable<ConnectionsUpdateData['body']> {
  const { credential, options = {} } = createBody(draft, driver);
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  const sorted = (values: Record<string, string>): [string, string][] => Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    ...(draft.name !== connection.name && { name: draft.name }),
    ...(draft.newCredential && { credential }),
    ...(draft.endpoint !== (connection.endpoint ?? '') && { endpoint: draft.endpoint === '' ? null : draft.endpoint }),
    ...(!same(sorted(options), sorted(connection.options)) && { options }),
    ...(!same(draft.regions, connection.regions) && { regions: draft.regions }),
  };
}

/** Changes a connection, or gives it a new credential (`?credential=new`). */
export function EditConnectionPage() {
  const t = useConnectionWords();
  const say = useT();
  const go = useNavigate();
  const { connection: reference = '' } = useParams();
  const [params] = useSearchParams();
  const { data: connection, error, refetch } = useConnection(reference);
  const drivers = useDrivers();
  const { data: regions } = useRegions();
  const driver = drivers.data?.find(({ name, state }) => name === connection?.driver && state === 'ready');
  const why = error ?? drivers.error;
  if (why) return <Page title={t('act.edit')}><ErrorNote error={why} retry={() => void (error ? refetch() : drivers.refetch())} /></Page>;
  if (!connection || !drivers.data) return <Group justify="center" py="xl"><Loader role="status" aria-label={say('list.loading')} /></Group>;
  const title = t('form.change', { name: connection.name });
  if (!driver) return <Page title={title}><Empty title={t('choose.none')} help={drivers.data.find(({ name }) => name === connection.driver)?.why ?? t('choose.noneHelp')} action={<Button component={Link} to={`/drivers/${connection.driver}`}>{t('choose.drivers')}</Button>} /></Page>;
  const begin: Draft = {
    name: connection.name, workspaceId: null, credential: defaultsOf(driver.credential), options: { ...Object.fromEntries(driver.options.map(({ name }) => [name, ''])), ...connection.options }, endpoint: connection.endpoint ?? '', regions: connection.regions,
    verify: true, newCredential: params.get('credential') === 'new',
  };
  const send = async (draft: Draft): Promise<void> => {
    await connectionsUpdate({ path: { connection: connection.id }, body: changeOf(draft, driver, connection), query: { verify: draft.verify ? 'true' : 'false' } });
    await queries.invalidateQueries({ queryKey: ['connections'] });
    await go(`/connections/${connection.id}`);
  };
  return (
    <Page title={title}>
      <MayNot permission="connection:update" />
      <ConnectionForm
        key={connection.id} driver={driver} begin={begin} existing send={send} regionIds={regions?.filter(({ connectionId }) => connectionId === connection.id).map(({ id }) => id) ?? []}
        cancel={<Button variant="default" component={Link} to={`/connections/${reference}`}>{say('action.cancel')}</Button>}
        code={(draft) => ({ request: { method: 'PATCH', path: `/v1/connections/${connection.name}${draft.verify ? '' : '?verify=false'}`, body: shownBody(changeOf(draft, driver, connection), driver) }, cli: commandOf('update', connection.name, draft, driver) })}
      />
    </Page>
  );
}
