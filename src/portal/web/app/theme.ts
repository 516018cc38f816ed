import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from '@mantine/core';

const sea: MantineColorsTuple = ['#e6f7fa', '#d3ebf0', '#a8d5df', '#79becd', '#54abbe', '#3c9fb5', '#2c98b0', '#1b8098', '#0b7285', '#00626f'];

/** Greys of the dark, of the hue of the ground and the map. */
const slate: MantineColorsTuple = ['#cdd4db', '#b6bfc8', '#828d98', '#69747f', '#3a4550', '#303a44', '#252d35', '#1c232a', '#171d23', '#12171c'];

/** One look for all pages; dark and light follow the system until a person chooses. Above the luminance threshold black text, below it white, has 4.5:1. */
export const theme = createTheme({
  colors: { sea, dark: slate },
  primaryColor: 'sea',
  primaryShade: 8,
  autoContrast: true,
  luminanceThreshold: 0.18,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'Inter, Pretendard, "Noto Sans KR", system-ui, -apple-system, "Segoe UI", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", "Noto Sans Mono CJK KR", monospace',
  headings: { fontWeight: '650' },
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 200 } },
    // Its label is read only where it has a role.
    Loader: { defaultProps: { role: 'status' } },
    Modal: { defaultProps: { centered: true }, styles: { title: { fontWeight: 650 } } },
  },
});

const COLORS = ['gray', 'red', 'grape', 'blue', 'cyan', 'teal', 'green', 'yellow', 'orange', 'sea'];
/** Of tinted badges and notes in the light, where the darkest shade of a colour is still too pale. */
const INKS: Record<string, string> = { yellow: '#7a4a00', orange: '#9c3306', green: '#1f6b2d', teal: '#06694b', red: '#b32020', blue: '#12599c', grape: '#862e9c', gray: '#3d454c' };

/** Quiet text, placeholders, errors and tinted grounds with at least 4.5 : 1: the library's own are paler than WCAG 2.2 AA allows. */
export const contrast: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--portal-ground': '#f6f8fa', '--mantine-color-dimmed': '#59636d', '--mantine-color-placeholder': '#66707a', '--mantine-color-error': '#c92a2a',
    ...Object.fromEntries(COLORS.flatMap((name) => [[`--mantine-color-${name}-light`, `var(--mantine-color-${name}-0)`], [`--mantine-color-${name}-light-hover`, `var(--mantine-color-${name}-1)`], [`--mantine-color-${name}-light-color`, INKS[name] ?? `var(--mantine-color-${name}-9)`]])),
  },
  dark: { '--portal-ground': '#14181d', '--mantine-color-gray-light': '#323c46', '--mantine-color-gray-light-hover': '#3a4550', '--mantine-color-gray-light-color': '#d6dde4', '--mantine-color-dimmed': '#a9b1b9', '--mantine-color-placeholder': '#9aa3ab', '--mantine-color-error': '#ff9a9a' },
});
