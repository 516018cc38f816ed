import { ActionIcon, AppShell, Burger, Group, Kbd, Loader, Menu, NavLink, Text, UnstyledButton, useMantineColorScheme, Box, Center } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { CircleUser, Languages, Search, SunMoon } from 'lucide-react';
import { Suspense, lazy, useState } from 'react';
import { Link, Navigate, Outlet, useLocation, useNavigation } from 'react-router';
import { LANGUAGES, type Language, language, setLanguage } from '../i18n';
import { useT } from '../i18n/words';
import { LiveMark, useLiveEvents } from './live';
import { MENU } from './menu';
import { InProject, ProjectChoice } from './project';
import { useSession } from './session';

const Palette = lazy(() => import('./palette'));

/** Frame of every page: menu, project, search, language, person. Without a session the log-in page comes first, and leads back. */
export function Shell() {
  const { person } = useSession();
  const location = useLocation();
  if (!person) return <Navigate to={`/login?next=${encodeURIComponent(location.pathname + location.search)}`} replace />;
  return <Frame />;
}

/** The world and its MCIs; all other pages are about what projects share. */
const ofProject = (path: string): boolean => path === '/' || /^\/mcis(\/|$)/.test(path);

function Frame() {
  const t = useT();
  const { pathname } = useLocation();
  const { state } = useNavigation();
  const [opened, { toggle, close }] = useDisclosure(false);
  const [calls, setCalls] = useState(0);
  const call = (): void => setCalls((count) => count + 1);
  useHotkeys([['mod + K', call]], []); // from within a field too
  useLiveEvents();
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding={0}>
      <a className="skip" href="#content">{t('skip')}</a>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('menu.open')} />
            <UnstyledButton component={Link} to="/" aria-label="M-CMP" visibleFrom="xs">
              <Group gap={8} wrap="nowrap"><img src="/icon.svg" width={26} height={26} alt="" /><Text fw={750}>M-CMP</Text></Group>
            </UnstyledButton>
            <ProjectChoice />
          </Group>
          <Group gap={8} wrap="nowrap">
            <LiveMark />
            <ActionIcon variant="subtle" color="gray" size="lg" hiddenFrom="sm" aria-label={t('palette')} onClick={call}><Search size={18} aria-hidden /></ActionIcon>
            <UnstyledButton onClick={call} visibleFrom="sm" px="sm" py={6} bd="1px solid var(--mantine-color-default-border)" style={{ borderRadius: 8 }}>
              <Group gap={8}><Search size={15} aria-hidden /><Text size="xs" c="dimmed">{t('palette')}</Text><Kbd size="xs">Ctrl K</Kbd></Group>
            </UnstyledButton>
            <LanguageChoice />
            <ThemeChoice />
            <Person />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('menu')}>
        {MENU.map(({ to, key, Icon }) => {
          const active = to === '/' ? pathname === '/' : pathname.startsWith(to);
          return <NavLink key={to} component={Link} to={to} label={t(key)} active={active} aria-current={active ? 'page' : undefined} leftSection={<Icon size={18} aria-hidden />} onClick={close} style={{ borderRadius: 8 }} />;
        })}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} aria-busy={state !== 'idle'}>
        <Suspense fallback={<Center h="60vh"><Loader aria-label={t('list.loading')} /></Center>}>{ofProject(pathname) ? <InProject><Outlet /></InProject> : <Outlet />}</Suspense>
      </AppShell.Main>
      {calls > 0 && <Suspense fallback={null}><Palette calls={calls} /></Suspense>}
    </AppShell>
  );
}

function LanguageChoice() {
  const t = useT();
  return (
    <Menu>
      <Menu.Target><ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('language')}><Languages size={18} aria-hidden /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(LANGUAGES) as Language[]).map((code) => <Menu.Item key={code} lang={code} fw={language() === code ? 700 : undefined} onClick={() => setLanguage(code)}>{LANGUAGES[code]}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}

function ThemeChoice() {
  const t = useT();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu>
      <Menu.Target><ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('theme')}><SunMoon size={18} aria-hidden /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        {(['light', 'dark', 'auto'] as const).map((scheme) => <Menu.Item key={scheme} fw={colorScheme === scheme ? 700 : undefined} onClick={() => setColorScheme(scheme)}>{t(`theme.${scheme}`)}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}

function Person() {
  const t = useT();
  const { person, end } = useSession();
  return (
    <Menu>
      <Menu.Target><ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('account')}><CircleUser size={20} aria-hidden /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Box px="sm" py={6}><Text size="sm" fw={600}>{person?.username}</Text><Text size="xs" c="dimmed">{t('session.role', { role: person?.role ?? '' })}</Text></Box>
        <Menu.Divider />
        <Menu.Item onClick={() => void end()}>{t('session.logout')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
