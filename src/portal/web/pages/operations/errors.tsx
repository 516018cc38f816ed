import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { Lightbulb } from 'lucide-react';
import { useAdvice } from '../../patterns/api-words';
import type { Operation } from './types';
import { useOperationWords } from './words';

/** Why targets failed, by code, with what would help. */
export function Errors({ errors }: { errors: Operation['errors'] }) {
  const t = useOperationWords();
  const advice = useAdvice();
  return (
    <Card withBorder radius="lg">
      <Title order={2} size="h5" mb="sm">{t('errors')}</Title>
      <Stack gap="md">
        {errors.map(({ code, count, message, help, targets }) => (
          <div key={code} data-code={code}>
            <Group gap="xs"><Badge color="red" variant="light" tt="none" className="mono">{code}</Badge><Text size="sm" fw={600}>{t('errors.count', { count })}</Text></Group>
            <Text size="sm" mt={4} style={{ overflowWrap: 'anywhere' }}>{message}</Text>
            {advice(code, help) && <Group gap={6} mt={4} wrap="nowrap" align="flex-start"><Lightbulb size={15} aria-hidden style={{ flexShrink: 0, marginTop: 3 }} /><Text size="sm"><b>{t('errors.help')}:</b> {advice(code, help)}</Text></Group>}
            {targets.length > 0 && <Text size="xs" c="dimmed" mt={4} style={{ overflowWrap: 'anywhere' }}>{targets.join(', ')}{count > targets.length && `, ${t('errors.more', { count: count - targets.length })}`}</Text>}
          </div>
        ))}
      </Stack>
    </Card>
  );
}
