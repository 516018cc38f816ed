import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { configTable } from '../../src/platform/config/config.js';

const readme = readFileSync('README.md', 'utf8');
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** Everything in the text that the pattern's first group holds, each once. */
const all = (pattern: RegExp): string[] => [...new Set([...readme.matchAll(pattern)].map(([, found]) => found as string))];

describe('the README', () => {
  it('has the settings of the code, with their meaning and default', () => {
    const rows = configTable().map(({ variable, meaning, fallback }) => `| \`${variable}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${meaning} |`);
    const [, told] = /<!-- settings[^>]*-->\n([\s\S]*?)\n<!-- \/settings -->/.exec(readme) ?? [];
    expect(told?.split('\n')).toEqual(['| variable | default | meaning |', '|---|---|---|', ...rows]);
  });

  it('names only commands that package.json has', () => {
    // `npm run x`, and the further names of a list such as `bench:api`, `bench:driver`.
    const named = [...all(/npm run (?:--silent )?([a-z][\w:-]*)/g), ...all(/`(bench:[\w-]+)`/g), ...all(/npm (start|test)\b/g)];
    expect(named).toEqual(expect.arrayContaining(['demo', 'crash', 'bench:idle', 'start']));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('links only to what is there', () => {
    const links = all(/\]\(([^)#]+)(?:#[^)]*)?\)/g).filter((link) => !/^[a-z]+:/.test(link));
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((link) => !existsSync(link))).toEqual([]);
  });
});
