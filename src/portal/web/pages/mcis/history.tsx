import { ActionIcon, Card, Group, Loader, Stack, Text, Tooltip, UnstyledButton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { CornerUpLeft } from 'lucide-react';
import type { MciCommandLinesResponse } from '../../generated/types.gen';
import { useFormat } from '../../i18n/format';
import { useT } from '../../i18n/words';
import { ErrorNote } from '../../patterns/error';
import { useCommandWords } from './command-words';
import { sum } from './figures';

/** Commands before, the newest first. */
export function History({ query, shown, show, take }: { query: UseQueryResult<MciCommandLinesResponse>; shown: string | undefined; show(id: string): void; take(command: string): void }) {
  const t = useCommandWords();
  const say = useT();
  const format = useFormat();
  if (query.error && !query.data) return <ErrorNote error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Loader aria-label={say('list.loading')} role="status" />;
  if (query.data.items.length === 0) return <Text size="sm" c="dimmed">{t('history.empty')}</Text>;
  return (
    <Stack gap={6} mah={640} style={{ overflow: 'auto' }} p={2}>
      {query.data.items.map(({ operationId, command, createdAt, counts, exitCodes }) => {
        const good = exitCodes.find(({ exitCode }) => exitCode === 0)?.count ?? 0;
        const bad = sum(counts) - good - (counts.running ?? 0) - (counts.queued ?? 0);
        return (
          <Card key={operationId} withBorder p="xs" radius="md" {...(operationId === shown && { style: { borderColor: 'var(--mantine-primary-color-filled)' } })}>
            <Group wrap="nowrap" gap={4} align="flex-start">
              <UnstyledButton onClick={() => show(operationId)} aria-pressed={operationId === shown} style={{ flex: 1, minWidth: 0 }}>
                <Text size="sm" className="mono" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>{command}</Text>
                <Text size="xs" c="dimmed">{format.ago(createdAt)} · {t('ok', { count: good })}{bad > 0 && ` · ${t('bad', { count: bad })}`}</Text>
              </UnstyledButton>
              <Tooltip label={t('again')}><ActionIcon variant="subtle" color="gray" aria-label={`${t('again')}: ${command.slice(0, 60)}`} onClick={() => take(command)}><CornerUpLeft size={15} aria-hidden /></ActionIcon></Tooltip>
            </Group>
          </Card>
        );
      })}
    </Stack>
  );
}
