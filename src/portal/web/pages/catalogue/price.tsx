import { Badge, Group, Text, Tooltip } from '@mantine/core';
import { useFormat } from '../../i18n/format';
import type { Spec } from './spec';
import { useCatalogueWords } from './words';

/** How old a price is, and who said it. */
export function PriceAge({ price }: { price: Spec['price'] }) {
  const t = useCatalogueWords();
  const format = useFormat();
  if (!price) return <Text size="sm" c="dimmed">—</Text>;
  return (
    <Tooltip label={`${price.source} · ${format.time(price.asOf)}${price.simulated ? ` · ${t('price.simulatedHelp')}` : ''}`} multiline maw={360}>
      <Group gap={6} wrap="nowrap" tabIndex={0}>
        <Text size="sm" className="ellipsis">{price.ageDays === 0 ? t('age.today') : t('age', { count: price.ageDays })}</Text>
        {price.simulated && <Badge size="xs" variant="light" color="gray" tt="none" style={{ flexShrink: 0 }}>{t('price.simulated')}</Badge>}
      </Group>
    </Tooltip>
  );
}
