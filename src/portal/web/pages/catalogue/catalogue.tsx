import { Tabs } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { Page } from '../../patterns/page';
import { Images } from './images';
import { Specs } from './specs';
import { useCatalogueWords } from './words';

/** What all clouds offer: specs and images. */
export function CataloguePage() {
  const t = useCatalogueWords();
  const [params, setParams] = useSearchParams();
  const tab = params.get('tab') === 'images' ? 'images' : 'specs';
  // Each of the two has filters of its own; only place and words go along.
  const choose = (next: string | null): void => setParams((before) => {
    const kept = ['q', 'cloud', 'region', 'architecture'].flatMap((key): [string, string][] => { const value = before.get(key); return value ? [[key, value]] : []; });
    return new URLSearchParams([...(next === 'images' ? [['tab', 'images']] : []), ...kept]);
  });
  return (
    <Page title={t('title')} about={t('about')}>
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List mb="md"><Tabs.Tab value="specs">{t('specs')}</Tabs.Tab><Tabs.Tab value="images">{t('images')}</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="specs"><Specs /></Tabs.Panel>
        <Tabs.Panel value="images"><Images /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}
