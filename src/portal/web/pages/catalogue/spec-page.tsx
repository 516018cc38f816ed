import { Button, Card, Grid, Group, Loader, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, Plus } from 'lucide-react';
import { Link, useSearchParams } from 'react-router';
import { useFormat } from '../../i18n/format';
import { Allowed } from '../../patterns/allowed';
import { Empty } from '../../patterns/empty';
import { ErrorNote } from '../../patterns/error';
import { Facts } from '../../patterns/facts';
import { Page } from '../../patterns/page';
import { Ago } from '../../patterns/time';
import { PriceHistory } from './history';
import { PriceAge } from './price';
import { type Spec, findSpec, gib, perMonth, wizardWithSpec } from './spec';
import { useCatalogueWords } from './words';

/** One spec in one region: what it is, what it costs by each purchase. */
export function SpecPage() {
  const t = useCatalogueWords();
  const [params] = useSearchParams();
  const place = { connection: params.get('connection') ?? '', region: params.get('region') ?? '', id: params.get('id') ?? '' };
  const { data, error, refetch } = useQuery({ queryKey: ['specs', 'one', place], queryFn: async () => ({ spec: await findSpec(place), spot: await findSpec(place, 'spot') }) });
  const spec = data?.spec;
  const back = <Button size="xs" variant="default" component={Link} to="/catalogue" leftSection={<ArrowLeft size={14} aria-hidden />}>{t('back')}</Button>;
  return (
    <Page
      title={place.id || t('specs')} about={spec ? `${spec.connection} · ${spec.cloud} · ${spec.region}` : place.region}
      actions={<>{back}{spec && <Allowed permission="mci:create"><Button size="xs" component={Link} to={wizardWithSpec(spec)} leftSection={<Plus size={14} aria-hidden />}>{t('use.mci')}</Button></Allowed>}</>}
    >
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!data && !error && <Group justify="center" py="xl"><Loader aria-label={place.id} /></Group>}
      {data && !spec && <Empty title={t('missing')} help={t('missingHelp')} action={back} />}
      {spec && (
        <Grid gap="md">
          <Grid.Col span={{ base: 12, md: 6 }}><Size spec={spec} /></Grid.Col>
          <Grid.Col span={{ base: 12, md: 6 }}><Prices spec={spec} spot={data.spot} /></Grid.Col>
          <Grid.Col span={{ base: 12, md: data.spot?.price ? 6 : 12 }}><PriceHistory spec={spec} purchase="on-demand" /></Grid.Col>
          {data.spot?.price && <Grid.Col span={{ base: 12, md: 6 }}><PriceHistory spec={spec} purchase="spot" /></Grid.Col>}
        </Grid>
      )}
    </Page>
  );
}

function Size({ spec }: { spec: Spec }) {
  const t = useCatalogueWords();
  const format = useFormat();
  const size = (value: number | undefined) => (value === undefined ? null : t('unit.gib', { value: format.number(value, 1) }));
  return (
    <Card withBorder radius="lg" h="100%">
      <Title order={2} size="h5" mb="sm">{t('spec.size')}</Title>
      <Facts cols={{ base: 2, sm: 3 }} facts={[
        [t('column.vcpu'), format.number(spec.vcpu, 2)], [t('column.memory'), size(gib(spec.memoryMiB))], [t('column.cpu'), spec.architecture],
        [t('column.gpu'), spec.gpuCount > 0 ? t('gpu', { count: spec.gpuCount, model: spec.gpuModel ?? 'GPU' }) : null], [t('column.disk'), size(spec.localDiskGiB)], [t('column.network'), spec.networkPerformance],
        [t('column.zones'), spec.zones?.join(', ') ?? t('zones.all')], [t('column.read'), <Ago key="read" at={spec.syncedAt} />],
      ]} />
    </Card>
  );
}

function Prices({ spec, spot }: { spec: Spec; spot: Spec | null }) {
  const t = useCatalogueWords();
  const format = useFormat();
  const facts = (price: Spec['price']) => (price ? [
    [t('column.price'), format.money(price.perHour, price.currency)], [t('column.month'), format.monthly(perMonth(price.perHour), price.currency)], [t('column.age'), <PriceAge key="age" price={price} />], [t('column.source'), price.source],
  ] as const : [[t('column.price'), t('price.none')]] as const);
  return (
    <Card withBorder radius="lg" h="100%">
      <Title order={2} size="h5" mb="sm">{t('spec.price')}</Title>
      <Title order={3} size="h6" mb={4}>{t('purchase.on-demand')}</Title>
      <Facts cols={{ base: 2, sm: 4 }} facts={facts(spec.price)} />
      {spot?.price && <><Title order={3} size="h6" mt="md" mb={4}>{t('purchase.spot')}</Title><Facts cols={{ base: 2, sm: 4 }} facts={facts(spot.price)} /></>}
    </Card>
  );
}
