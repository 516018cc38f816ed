import { Box, SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** What is known of one thing, as terms and values; what is not known is left out by the caller or shown as a dash. */
export function Facts({ facts, cols = { base: 1, xs: 2, md: 3 } }: { facts: readonly (readonly [term: string, value: ReactNode])[]; cols?: Record<string, number> }) {
  return (
    <SimpleGrid cols={cols} spacing="md" verticalSpacing="sm" component="dl" m={0}>
      {facts.map(([term, value]) => (
        <Box key={term} miw={0}>
          <Text component="dt" size="xs" c="dimmed">{term}</Text>
          <Text component="dd" m={0} size="sm" style={{ overflowWrap: 'anywhere' }}>{value === null || value === undefined || value === '' ? '—' : value}</Text>
        </Box>
      ))}
    </SimpleGrid>
  );
}
