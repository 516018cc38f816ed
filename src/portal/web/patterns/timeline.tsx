import { Box, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFormat } from '../i18n/format';

/** One thing that happened. */
export interface Happened {
  id: string;
  /** ISO 8601. */
  at: string;
  title: ReactNode;
  note?: ReactNode;
  /** Seconds since what came before. */
  seconds?: number;
  tone?: 'good' | 'bad' | 'warn' | 'busy' | 'plain';
}

const COLORS = { good: 'teal', bad: 'red', warn: 'orange', busy: 'blue', plain: 'gray' } as const;

/** What happened, in order, the first thing first. */
export function Timeline({ items, label }: { items: readonly Happened[]; label: string }) {
  const format = useFormat();
  return (
    <Box component="ol" aria-label={label} m={0} p={0} style={{ listStyle: 'none' }}>
      {items.map(({ id, at, title, note, seconds, tone = 'plain' }, index) => (
        <Box component="li" key={id} pos="relative" pl={24} pb={index === items.length - 1 ? 0 : 14} data-tone={tone}>
          {index < items.length - 1 && <Box aria-hidden pos="absolute" left={6} top={14} bottom={-4} style={{ borderLeft: '2px solid var(--mantine-color-default-border)' }} />}
          <Box aria-hidden pos="absolute" left={1} top={5} w={12} h={12} style={{ borderRadius: 12, background: `var(--mantine-color-${COLORS[tone]}-6)` }} />
          <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
            <Text size="sm" fw={600} component="div" style={{ minWidth: 0, overflowWrap: 'anywhere' }}>{title}</Text>
            <Text size="xs" c="dimmed" className="tabular" style={{ whiteSpace: 'nowrap' }}><time dateTime={at}>{format.clock(at)}</time>{seconds !== undefined && seconds >= 1 && ` · +${format.duration(seconds)}`}</Text>
          </Group>
          {note && <Text size="xs" c="dimmed" component="div" style={{ overflowWrap: 'anywhere' }}>{note}</Text>}
        </Box>
      ))}
    </Box>
  );
}
