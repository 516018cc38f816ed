import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Going, onTerminal } from './mcmp.js';
import { type Stage, furnish, openStage, shellOf } from './stage.js';

/** How each shell is set up as `mcmp help completion` says, in files of its own. */
const SHELLS: Record<string, { command: string; file: string; text: string }> = {
  bash: { command: 'bash --noprofile --rcfile "$HOME/rc/bashrc"', file: 'rc/bashrc', text: "PS1='ready> '\nsource <(mcmp completion bash)\n" },
  zsh: { command: 'env ZDOTDIR="$HOME/rc" zsh -d', file: 'rc/.zshrc', text: "PS1='ready> '\nautoload -Uz compinit && compinit -u\nsource <(mcmp completion zsh)\n" },
  fish: { command: 'fish', file: 'fish/config.fish', text: "function fish_prompt; echo -n 'ready> '; end\nset -g fish_greeting\nmcmp completion fish | source\n" },
};

/** What is typed, a tab where the shell completes, and what the line then gives. */
const LINES: [what: string, typed: string, gives: RegExp][] = [
  ['a noun and a verb', 'mcmp prof\tli\t', /NAME +CURRENT +URL/],
  ['a flag, and one of its values', 'mcmp mci list --no-head\t -o js\t', /"name": "web"/],
  ['the name of an MCI', 'mcmp mci show we\t', /name +web\s/],
  ['the name of a VM', 'mcmp vm show web/f\t1', /name +front-1\s/],
  ['the name of a connection', 'mcmp connection show ko\t', /name +korea\s/],
];

const PATIENCE_MS = 30_000;
/** How long a person waits after each tab, the first time, the second, and the third. */
const PAUSES_MS = [0, 3000, 15_000];

let stage: Stage;
let environment: Record<string, string>;
beforeAll(async () => {
  stage = await openStage();
  environment = shellOf(stage);
  await furnish(stage);
  await stage.mcmp.run(['mci', 'create', '-f', stage.pathOf('web.yaml')]);
});
afterAll(() => stage?.end());

let session: Going | undefined;
afterEach(() => { session?.process.kill('SIGKILL'); });

const isHere = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined;
for (const shell of Object.keys(SHELLS)) if (!isHere(shell)) process.stderr.write(`${shell} is not installed: its completion is not tried${process.env.CI ? ', which is a failure here' : ''}\n`);

describe.each(Object.entries(SHELLS).filter(([shell]) => process.env.CI !== undefined || isHere(shell)))('in %s', (_shell, { command, file, text }) => {
  it.each(LINES)('a tab completes %s', async (_what, typed, gives) => {
    const path = join(stage.mcmp.folder, file);
    mkdirSync(join(path, '..'), { recursive: true });
    // Where this folder is missing, fish reads all manual pages, beside everything and long after.
    mkdirSync(join(stage.mcmp.folder, '.local/share/fish/generated_completions'), { recursive: true });
    writeFileSync(path, text);
    // A shell that is busy completing may take what is typed meanwhile for something else, as it may with a person: then the line is typed again, with pauses.
    let seen = '';
    for (const pauseMs of PAUSES_MS) {
      session = onTerminal(command, environment);
      await session.said(/ready> /);
      for (const part of `${typed}\r`.split(/(?<=\t)/)) {
        session.type(part);
        if (part.endsWith('\t')) await delay(pauseMs);
      }
      const given = await Promise.race([session.said(gives).then(() => true, () => false), delay(PATIENCE_MS, false)]);
      session.process.kill('SIGKILL'); // its shell then has no terminal, and ends; one that is asked to may not hear it
      seen = (await session.ended).stdout;
      if (given) break;
    }
    expect(seen).toMatch(gives);
  }, 6 * PATIENCE_MS);
});
