import { Anchor, Card, Group, SimpleGrid, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { LATEST_OPERATIONS } from '../../app/asked';
import { useFormat } from '../../i18n/format';
import { useKind } from '../../patterns/kind-words';
import { State } from '../../patterns/state';
import { useHomeWords } from './words';

/** Under the map: what was done last, where anything was. */
export function LatestOperations() {
  const t = useHomeWords();
  const kindOf = useKind();
  const format = useFormat();
  const { data } = useQuery(LATEST_OPERATIONS);
  if (!data || data.items.length === 0) return null;
  return (
    <Card withBorder radius="lg" mt="md">
      <Group justify="space-between" mb="xs"><Title order={2} size="h5">{t('operations')}</Title><Anchor component={Link} to="/operations" size="xs">{t('operations.all')}</Anchor></Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl" verticalSpacing={8}>
        {data.items.map((operation) => (
          <Group key={operation.id} justify="space-between" wrap="nowrap" gap="xs">
            <div style={{ minWidth: 0 }}>
              <Anchor component={Link} to={`/operations/${operation.id}`} size="sm" className="ellipsis" display="block" title={operation.target.name}>{operation.target.name}</Anchor>
              <Text size="xs" c="dimmed" className="ellipsis">{kindOf(operation.kind)} · {format.ago(operation.createdAt)}</Text>
            </div>
            <State state={operation.state} of="operation" />
          </Group>
        ))}
      </SimpleGrid>
    </Card>
  );
}
