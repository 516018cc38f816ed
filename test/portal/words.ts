import { build } from 'esbuild';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];
type Areas = Record<string, Record<Language, Record<string, string>>>;
/** Says a word of the portal as a person reads it there. @throws Error where the area or key is unknown. */
export type Say = (area: string, key: string, values?: Record<string, string | number>) => string;

const WEB = resolve('src/portal/web');

/** Every word of the portal, as its pages define them: journeys look for what people read, in both languages, and follow when a word changes. */
export async function readWords(): Promise<(language: Language) => Say> {
  const files = readdirSync(WEB, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('words.ts') && !path.startsWith('generated')).map((path) => join(WEB, path));
  const { outputFiles } = await build({
    stdin: { contents: `globalThis.__portalWords = {};\n${files.map((file) => `await import(${JSON.stringify(file)});`).join('\n')}`, resolveDir: WEB },
    bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'silent',
    plugins: [{
      name: 'words',
      setup: ({ onLoad }) => onLoad({ filter: /i18n\/define\.ts$/ }, () => ({ contents: 'export const defineWords = (area, words) => { globalThis.__portalWords[area] = words; return () => undefined; };' })),
    }],
  });
  await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')}`);
  const areas = (globalThis as unknown as { __portalWords: Areas }).__portalWords;
  return (language) => (area, key, values = {}) => {
    const words = areas[area]?.[language];
    const form = typeof values.count === 'number' ? new Intl.PluralRules(language).select(values.count) : 'other';
    const text = words?.[key] ?? words?.[`${key}_${form}`] ?? words?.[`${key}_other`];
    if (text === undefined) throw new Error(`the portal has no word "${key}" in the area "${area}"`);
    return text.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => String(values[name] ?? ''));
  };
}
