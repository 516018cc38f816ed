import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from '@mantine/core';

const sea: MantineColorsTuple = ['#e6f7fa', '#d3ebf0', '#a8d5df', '#79becd', '#54abbe', '#3c9fb5', '#2c98b0', '#1b8098', '#0b7285', '#00626f'];

/** One look for all pages; dark and light follow the system until a person chooses. Above the luminance threshold black text, below it white, has 4.5:1. */
export const theme = createTheme({
  colors: { sea },
  primaryColor: 'sea',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  luminanceThreshold: 0.18,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'Inter, Pretendard, "Noto Sans KR", system-ui, -apple-system, "Segoe UI", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, "JetBrains Mono", Menlo, Consolas, "Noto Sans Mono CJK KR", monospace',
  headings: { fontWeight: '650' },
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 200 } },
    Modal: { defaultProps: { centered: true } },
  },
});

/** A light button under the pointer is a little too dark for WCAG AA (4.5:1) in Mantine's own shade; other tints are mended in `portal.css`. */
export const variables: CSSVariablesResolver = () => ({ variables: {}, light: { '--mantine-color-sea-light-hover': '#bfe2ea', '--mantine-primary-color-light-hover': '#bfe2ea' }, dark: {} });
