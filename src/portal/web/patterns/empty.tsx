import { Center, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { Inbox } from 'lucide-react';
import type { ReactNode } from 'react';

/** Where there is nothing yet: what would be here, and what to do next. */
export function Empty({ title, help, action, icon }: { title: string; help?: ReactNode; action?: ReactNode; icon?: ReactNode }) {
  return (
    <Center py={48} px="md">
      <Stack align="center" gap="sm" maw={460}>
        <ThemeIcon size={52} radius="xl" variant="light">{icon ?? <Inbox size={26} aria-hidden />}</ThemeIcon>
        <Title order={2} size="h4" ta="center">{title}</Title>
        {help && <Text size="sm" c="dimmed" ta="center" component="div">{help}</Text>}
        {action}
      </Stack>
    </Center>
  );
}
