import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { Empty } from '../../patterns/empty';
import { useCatalogueWords } from './words';

/** Where no connection has been read yet. */
export function NothingOffered() {
  const t = useCatalogueWords();
  return <Empty title={t('empty')} help={t('emptyHelp')} action={<Button component={Link} to="/connections">{t('empty.connect')}</Button>} />;
}
