import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

/** Frame of a page: its title (also the browser's), what it is about, and what one can do there. */
export function Page({ title, about, actions, children }: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => { document.title = `${title} · M-CMP`; }, [title]);
  return (
    <Box p={{ base: 'md', md: 'lg' }} maw="var(--page-max)" mx="auto">
      <Group justify="space-between" align="flex-start" mb="md" gap="sm">
        <Stack gap={2} miw={0} style={{ flex: '1 1 320px' }}>
          <Title order={1} size="h3" className="ellipsis" title={title}>{title}</Title>
          {about && <Text size="sm" c="dimmed" component="div">{about}</Text>}
        </Stack>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Box>
  );
}
