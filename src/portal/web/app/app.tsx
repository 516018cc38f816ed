import { MantineProvider, mergeThemeOverrides } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { useMemo } from 'react';
import { RouterProvider } from 'react-router';
import '../i18n';
import { useT } from '../i18n/words';
import { queries } from './queries';
import { router } from './routes';
import { SessionProvider } from './session';
import { contrast, theme } from './theme';

/** The application: theme, queries, session, pages. */
export function App() {
  const t = useT();
  // The button that closes a notification has no words of its own to be named by.
  const named = useMemo(() => mergeThemeOverrides(theme, { components: { Notification: { defaultProps: { closeButtonProps: { 'aria-label': t('action.close') } } } } }), [t]);
  return (
    <MantineProvider theme={named} cssVariablesResolver={contrast} defaultColorScheme="auto">
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queries}>
        <SessionProvider>
          <RouterProvider router={router} />
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
