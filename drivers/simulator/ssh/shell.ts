import { setImmediate as nextTurn } from 'node:timers/promises';
import { BUILTINS } from './commands.js';
import type { Outcome } from './commands.js';
import { homeOf, readFile, readFolder, resolvePath } from './machine.js';
import type { Machine } from './machine.js';
import { parse, SyntaxProblem } from './parse.js';
import type { Command, Pipeline, Word } from './parse.js';

/** Most bytes of output of one run, of a pipe and of one word. */
export const OUTPUT_LIMIT = 256 * 1024;
const WORD_LIMIT = 16 * 1024;
const SCRIPT_LIMIT = 32 * 1024;
const VARIABLE_LIMIT = 4 * 1024;
const VARIABLES_LIMIT = 100;
const DEPTH_LIMIT = 8;

/** Where output goes; it may be called often. */
export interface Output { out(text: string): void; err(text: string): void }

class TooDeep extends Error {}

/** A small shell in JavaScript over an invented machine. It has never heard of the computer that it runs on: no process, no file, no environment, no network. */
export class Shell {
  /** Set by `exit`; the one who runs the shell ends then. */
  exited = false;
  private user: string;
  private folder: string;
  private status = 0;
  private readonly variables: Map<string, string>;

  constructor(private readonly machine: Machine, private readonly depth = 0, from?: Shell) {
    this.user = from?.user ?? machine.user;
    this.folder = from?.folder ?? homeOf(machine.user);
    this.variables = new Map(from?.variables ?? [
      ['HOME', homeOf(machine.user)], ['HOSTNAME', machine.hostname], ['LANG', 'C.UTF-8'], ['PATH', '/usr/local/bin:/usr/bin:/bin'], ['SHELL', '/bin/bash'], ['USER', machine.user],
    ]);
  }

  get prompt(): string {
    const home = homeOf(this.user);
    return `${this.user}@${this.machine.hostname}:${this.folder === home ? '~' : this.folder}${this.user === 'root' ? '#' : '$'} `;
  }

  /** Runs a line or script and gives its exit status. Output beyond the limit is dropped with a word about it. */
  async run(script: string, output: Output, signal: AbortSignal): Promise<number> {
    const limited = limit(output);
    try {
      if (script.length > SCRIPT_LIMIT) throw new SyntaxProblem('line too long for this simulated VM');
      if (this.depth > DEPTH_LIMIT) throw new TooDeep();
      for (const pipeline of parse(script)) {
        await nextTurn(); // A long script must not hold up the other VMs.
        if (signal.aborted) this.status = 130;
        if (this.exited || signal.aborted) break;
        if (pipeline.when === 'success' ? this.status === 0 : pipeline.when === 'failure' ? this.status !== 0 : true) this.status = await this.runPipeline(pipeline, limited, signal);
      }
    } catch (error) {
      if (error instanceof TooDeep && this.depth > 0) throw error;
      if (!(error instanceof SyntaxProblem || error instanceof TooDeep)) throw error;
      limited.err(`bash: ${error instanceof TooDeep ? 'too deeply nested for this simulated VM' : error.message}\n`);
      this.status = 2;
    }
    return this.status;
  }

  private async runPipeline({ commands }: Pipeline, output: Output, signal: AbortSignal): Promise<number> {
    let stdin = '';
    let code = 0;
    for (const [index, command] of commands.entries()) {
      const isLast = index === commands.length - 1;
      let piped = '';
      // As in bash, every part of a longer pipe is a shell of its own: its `cd` and `exit` stay there.
      const shell = commands.length === 1 ? this : new Shell(this.machine, this.depth, this);
      const outcome = await shell.runCommand(command, stdin, signal);
      for (const [stream, text] of [[1, outcome.out], [2, outcome.err]] as const) {
        if (!text) continue;
        const target = targetOf(command, stream);
        if (target === 1 && !isLast) piped += text;
        else if (target === 1) output.out(text);
        else if (target === 2) output.err(text);
      }
      stdin = piped.slice(0, OUTPUT_LIMIT);
      code = outcome.code ?? 0;
    }
    return code;
  }

  private async runCommand(command: Command, stdin: string, signal: AbortSignal): Promise<Outcome> {
    let input = stdin;
    for (const { stream, to } of command.redirects) {
      if (typeof to === 'number') continue;
      const [file = ''] = await this.expand(to, signal);
      const path = resolvePath(this.folder, homeOf(this.user), file);
      if (stream !== 0 && path !== '/dev/null') return { err: `bash: ${file}: Read-only file system\n`, code: 1 };
      const text = readFile(this.machine, path);
      if (text === undefined) return { err: `bash: ${file}: No such file or directory\n`, code: 1 };
      if (stream === 0) input = text;
    }
    let size = 0;
    const words: string[] = [];
    const assigned: [string, string][] = [];
    for (const word of command.words) {
      const expanded = await this.expand(word, signal);
      const assignment = words.length === 0 && word[0] && 'text' in word[0] && !word[0].quoted ? /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(word[0].text) : null;
      if (assignment?.[1]) assigned.push([assignment[1], expanded.join(' ').slice(assignment[0].length)]);
      else for (const each of expanded) words.push(each);
      size += expanded.reduce((sum, each) => sum + each.length, 0);
      if (size > OUTPUT_LIMIT) return { err: `bash: ${words[0] ?? ''}: Argument list too long\n`.slice(0, 200), code: 126 };
    }
    const [name, ...args] = words;
    if (name === undefined) {
      for (const [variable, value] of assigned) this.setVariable(variable, value);
      return {};
    }
    return this.dispatch(name, args, input, assigned, signal);
  }

  private async dispatch(name: string, args: string[], stdin: string, assigned: [string, string][], signal: AbortSignal): Promise<Outcome> {
    switch (name) {
      case 'cd': return this.changeFolder(args[0] ?? '~');
      case 'exit': {
        this.exited = true;
        return { code: args[0] === undefined ? this.status : Number.isInteger(Number(args[0])) ? Number(args[0]) & 255 : 2 };
      }
      case 'export':
        for (const arg of args) if (arg.includes('=')) this.setVariable(arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1));
        return {};
      case 'sudo': {
        const start = args.findIndex((arg) => !arg.startsWith('-'));
        const rest = start < 0 ? [] : args.slice(start);
        if (rest[0] === undefined) return { err: 'usage: sudo command\n', code: 1 };
        const shell = new Shell(this.machine, this.depth + 1, this);
        shell.user = 'root';
        if (shell.depth > DEPTH_LIMIT) throw new TooDeep();
        return shell.dispatch(rest[0], rest.slice(1), stdin, [], signal);
      }
      case 'bash': case 'sh': {
        const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
        const { out, err, code } = await this.inner(at < 0 ? stdin : (args[at + 1] ?? ''), signal);
        return { out, err, code };
      }
      case 'which': case 'command': {
        const wanted = args.find((arg) => !arg.startsWith('-')) ?? '';
        return BUILTINS.has(wanted) ? { out: `/usr/bin/${wanted}\n` } : { code: 1 };
      }
    }
    const builtin = BUILTINS.get(name.replace(/^\/(usr\/)?bin\//, ''));
    if (!builtin) return { err: `bash: ${name}: ${name.includes('/') ? 'No such file or directory' : 'command not found'}\n`, code: 127 };
    const variables = assigned.length ? new Map([...this.variables, ...assigned]) : this.variables;
    return builtin({ machine: this.machine, args, stdin, user: this.user, folder: this.folder, variables, signal });
  }

  private changeFolder(to: string): Outcome {
    const path = resolvePath(this.folder, homeOf(this.user), to);
    if (!readFolder(this.machine, path)) return { err: `bash: cd: ${to}: No such file or directory\n`, code: 1 };
    this.folder = path;
    return {};
  }

  /** Runs a script in a shell of its own and keeps what it says. */
  private async inner(script: string, signal: AbortSignal): Promise<{ out: string; err: string; code: number }> {
    let out = '';
    let err = '';
    const shell = new Shell(this.machine, this.depth + 1, this);
    const code = await shell.run(script, { out: (text) => { out += text; }, err: (text) => { err += text; } }, signal);
    return { out, err, code };
  }

  private async expand(word: Word, signal: AbortSignal): Promise<string[]> {
    const fields: string[] = [];
    let current: string | undefined;
    for (const part of word) {
      const text = 'text' in part ? part.text : 'variable' in part ? this.valueOf(part.variable) : (await this.inner(part.command, signal)).out.replace(/\n+$/, '');
      if ('text' in part || part.quoted) current = (current ?? '') + text;
      else {
        // What an unquoted expansion gives falls into fields at its blanks.
        const pieces = text.split(/\s+/);
        for (const [index, piece] of pieces.entries()) {
          if (index > 0 && current !== undefined) { fields.push(current); current = undefined; }
          if (piece !== '') current = (current ?? '') + piece;
        }
      }
      current = current?.slice(0, WORD_LIMIT);
    }
    if (current !== undefined) fields.push(current);
    return fields;
  }

  private setVariable(variable: string, value: string): void {
    if (this.variables.has(variable) || this.variables.size < VARIABLES_LIMIT) this.variables.set(variable, value.slice(0, VARIABLE_LIMIT));
  }

  private valueOf(variable: string): string {
    if (variable === '?') return String(this.status);
    if (variable === '$') return '1';
    return this.variables.get(variable) ?? '';
  }
}

/** Where a stream of a command ends up: 1, 2 or nowhere; redirects are read from left to right. */
function targetOf(command: Command, stream: 1 | 2): 1 | 2 | undefined {
  const targets: Record<1 | 2, 1 | 2 | undefined> = { 1: 1, 2: 2 };
  for (const redirect of command.redirects) if (redirect.stream !== 0) targets[redirect.stream] = typeof redirect.to === 'number' ? targets[redirect.to] : undefined;
  return targets[stream];
}

function limit(output: Output): Output {
  let left = OUTPUT_LIMIT;
  const pass = (write: (text: string) => void) => (text: string): void => {
    if (left <= 0) return;
    write(text.slice(0, left));
    left -= text.length;
    if (left <= 0) output.err('\nbash: output truncated on this simulated VM\n');
  };
  return { out: pass((text) => output.out(text)), err: pass((text) => output.err(text)) };
}
