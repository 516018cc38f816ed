import { existsSync, readFileSync, readdirSync } from 'node:fs';
import type { Capability, Manifest } from '@mcmp/driver-sdk';
import { describe, expect, it } from '@jest/globals';
import { sectionOf, withSection } from '../drivers/page.js';

const page = readFileSync('drivers/README.md', 'utf8');
const manifests = readdirSync('drivers').filter((name) => existsSync(`drivers/${name}/driver.json`) && existsSync(`drivers/${name}/src/index.ts`)).sort().map((name) => JSON.parse(readFileSync(`drivers/${name}/driver.json`, 'utf8')) as Manifest);
const rows = sectionOf(page).split('\n').map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
const help = '`npm run drivers:grade` brings the matrix of drivers/README.md up to date, and so does `npm run drivers:grade -- --page-only`, which shows what has no report as unproven';

describe(`the matrix of grades (${help})`, () => {
  it('has a column for each driver', () => expect(rows[0]).toEqual(['capability', ...manifests.map(({ name }) => name)]));

  it('tells of each driver what it declares, and of nothing else', () => {
    const shown = manifests.map((_, index) => rows.slice(4).filter((row) => row[index + 1] !== '').map(([capability]) => capability as Capability).sort());
    expect(shown).toEqual(manifests.map(({ capabilities }) => [...capabilities].sort()));
  });

  it('claims no proof without a number, and no other words', () => {
    const cells = rows.slice(4).flatMap((row) => row.slice(1)).filter((cell) => cell !== '');
    expect(cells.filter((cell) => !/^(unproven|(real-service|independent-emulator|contract-wire|simulator) [1-9]\d*(, partly (real-service|independent-emulator|contract-wire|simulator) [1-9]\d* of \d+)?|partly (real-service|independent-emulator|contract-wire|simulator) [1-9]\d* of \d+)(, \*\*\d+ failed at [a-z-]+\*\*)?$/.test(cell))).toEqual([]);
  });

  it('is replaced as a whole, and nothing around it', () => {
    const changed = withSection(page, '| new |');
    expect(sectionOf(changed)).toBe('| new |');
    expect(withSection(changed, sectionOf(page))).toBe(page);
  });
});
