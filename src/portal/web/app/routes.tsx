import { createBrowserRouter } from 'react-router';
import { HomePage } from '../pages/home/home';
import { PageBroke, PageMissing } from '../patterns/error';
import { Shell } from './shell';

/** While the first page is loaded; a moment is too short for a word. */
const Nothing = (): null => null;

/** Every page of the application; those beside the map are loaded when they are asked for. `../../pages.ts` names their first parts. */
export const router = createBrowserRouter([
  { path: '/login', lazy: async () => ({ Component: (await import('../pages/login/login')).LoginPage }), ErrorBoundary: PageBroke, HydrateFallback: Nothing },
  {
    path: '/',
    Component: Shell,
    HydrateFallback: Nothing,
    ErrorBoundary: PageBroke,
    // Within the frame, so that the menu stays where a page breaks.
    children: [{ ErrorBoundary: PageBroke, children: [
      { index: true, Component: HomePage },
      { path: 'connections', lazy: async () => ({ Component: (await import('../pages/connections/list')).ConnectionsPage }) },
      { path: 'connections/new', lazy: async () => ({ Component: (await import('../pages/connections/new')).NewConnectionPage }) },
      { path: 'connections/:connection', lazy: async () => ({ Component: (await import('../pages/connections/connection')).ConnectionPage }) },
      { path: 'connections/:connection/edit', lazy: async () => ({ Component: (await import('../pages/connections/edit')).EditConnectionPage }) },
      { path: 'platform', lazy: async () => ({ Component: (await import('../pages/platform/platform')).PlatformPage }) },
      { path: 'catalogue', lazy: async () => ({ Component: (await import('../pages/catalogue/catalogue')).CataloguePage }) },
      { path: 'catalogue/compare', lazy: async () => ({ Component: (await import('../pages/catalogue/compare')).ComparePage }) },
      { path: 'catalogue/spec', lazy: async () => ({ Component: (await import('../pages/catalogue/spec-page')).SpecPage }) },
      { path: 'operations', lazy: async () => ({ Component: (await import('../pages/operations/operations')).OperationsPage }) },
      { path: 'operations/:id', lazy: async () => ({ Component: (await import('../pages/operations/operation')).OperationPage }) },
      { path: 'mcis/new', lazy: async () => ({ Component: (await import('../pages/make/make')).MakePage }) },
      { path: 'drivers', lazy: async () => ({ Component: (await import('../pages/drivers/drivers')).DriversPage }) },
      { path: 'drivers/:driver', lazy: async () => ({ Component: (await import('../pages/drivers/driver')).DriverPage }) },
      { path: 'mcis', lazy: async () => ({ Component: (await import('../pages/mcis/list')).MciListPage }) },
      { path: 'mcis/:name/vms/:vm/terminal', lazy: async () => ({ Component: (await import('../pages/mcis/terminal')).TerminalPage }) },
      { path: 'mcis/:name/:tab?', lazy: async () => ({ Component: (await import('../pages/mcis/detail')).MciPage }) },
      { path: '*', Component: PageMissing },
    ] }],
  },
]);
