import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Ended, hear, openMcmp } from './mcmp.js';

/** Nothing listens there: a command line that was understood ends with 8, or with 0 where it needs no server. */
const mcmp = openMcmp('http://127.0.0.1:9');
const files = join(mcmp.folder, 'files');
const programs = join(mcmp.folder, 'programs');
let commands: string[] = [];
const helps = new Map<string, string>();

/** Examples that end otherwise here, and why. */
const OTHERWISE: Record<string, [code: number, said: RegExp]> = {
  'mcmp login': [2, /no terminal to ask for "User name/],
  'mcmp login https://mcmp.example.com --profile work': [2, /no terminal to ask for "User name/],
  'mcmp profile use work': [4, /no profile "work"/],
  'mcmp profile set work --project shop --output json': [2, /no profile "work" yet: --url names its server/],
  'mcmp user create mina --role operator --workspaces retail': [2, /no terminal to ask for the password on[\s\S]*--password-file/],
  'mcmp user create ci --role viewer --password-file -': [2, /stdin holds no password/],
};

/** Runs this for each, a few at a time: there are few processors, and more would wait for each other. */
async function forEach<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  await Promise.all([1, 2, 3].map(async () => { for (let item = left.shift(); item !== undefined; item = left.shift()) await run(item); }));
}

/** The examples in a help text, as a person copies them. */
const examplesIn = (help: string): string[] => (/\nExamples:\n((?: {2}.*\n)+)/.exec(help)?.[1] ?? '').split('\n').map((line) => line.trim()).filter((line) => line !== '');

/** Flags in a help text with a value that each takes. */
function flagsIn(help: string): string[] {
  const [, text] = /\nFlags:\n([\s\S]*?)\n\n/.exec(help) ?? [];
  return (text?.split(/\n(?= {2}(?:-\w, | {4})--)/) ?? []).flatMap((entry) => {
    const [, short, name, value] = /^ *(?:-(\w), )?--([\w-]+)(?: ([A-Z][^ ]*))?/.exec(entry) ?? [];
    const [, first] = /one of ([\w.-]+)/.exec(entry.replace(/\s+/g, ' ')) ?? [];
    const given = value === undefined ? [] : [first ?? (value === 'N' ? '1' : 'a=1')];
    return [`--${name}`, ...given, ...(short === undefined ? [] : [`-${short}`, ...given])];
  });
}

beforeAll(async () => {
  for (const folder of [files, programs]) mkdirSync(folder);
  const program = (name: string, script: string): void => {
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(programs, name), 0o755);
  };
  program('mcmp', `exec '${process.execPath}' '${resolve('dist/mcmp.mjs')}' "$@"`);
  program('pass', 'echo "{}"');
  for (const name of ['web.yaml', 'web.json']) copyFileSync(join('src/cli/mcmp/examples', name), join(files, name));
  for (const name of ['aws.json', 'new.json', 'report.json']) writeFileSync(join(files, name), '{}', { mode: 0o600 });
  for (const name of ['acme-1.2.0.mcmp', 'acme.pub', 'password.txt']) writeFileSync(join(files, name), 'text\n', { mode: 0o600 });
  commands = (await mcmp.run(['help', 'commands'])).stdout.trim().split('\n').map((line) => line.trim());
  await forEach(commands, async (command) => { helps.set(command, (await mcmp.run(['help', ...command.split(' ')])).stdout); });
});
afterAll(() => mcmp.end());

describe('what the help prints', () => {
  it('explains every command with its usage', () => {
    const isWhole = (command: string, help: string): boolean => help.includes(`\nUsage: mcmp ${command}`) && !/undefined|\[object|\{\{/.test(help);
    expect(helps.size).toBeGreaterThan(80);
    expect([...helps].filter(([command, help]) => !isWhole(command, help)).map(([command]) => command)).toEqual([]);
  });

  it('is taken: every example, as a shell reads it', async () => {
    const examples = [...new Set([...helps.values()].flatMap(examplesIn))];
    expect(examples.length).toBeGreaterThan(70);
    expect(Object.keys(OTHERWISE).filter((example) => !examples.includes(example))).toEqual([]);
    const faults: string[] = [];
    await forEach(examples, async (example) => {
      const { code, stdout, stderr }: Ended = await hear('bash', ['-c', `cd '${files}' && ${example}`], { ...mcmp.environment, PATH: `${programs}:${process.env.PATH}`, MCMP_TOKEN: 'token' }, '').ended;
      const [wanted, said] = OTHERWISE[example] ?? [];
      const good = wanted === undefined ? code === 0 || (code === 8 && stderr.includes('127.0.0.1:9')) : code === wanted && (said as RegExp).test(stderr);
      if (!good) faults.push(`${example}: ${code} ${stderr}${stdout.slice(0, 200)}`);
    });
    expect(faults).toEqual([]);
  });

  it('is taken: every flag of every command', async () => {
    const faults: string[] = [];
    await forEach(commands, async (command) => {
      const flags = flagsIn(helps.get(command) as string);
      const { code, stderr } = await mcmp.run([...command.split(' '), ...flags, '--help']);
      if (code !== 0) faults.push(`${command} ${flags.join(' ')}: ${code} ${stderr}`);
    });
    expect(faults).toEqual([]);
    expect(flagsIn(helps.get('mci create') as string)).toEqual(expect.arrayContaining(['-f', '--dry-run', '--on-partial-failure', 'continue', '-w']));
  });
});
