import { parseArgs } from 'node:util';
import { type Answer, type Call, type Command, WrongUsage } from './command.js';

/** The commands, each loaded when it is asked for. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  create: async () => (await import('./create.js')).create,
  pack: async () => (await import('./pack.js')).pack,
  keygen: async () => (await import('./keygen.js')).keygen,
  verify: async () => (await import('./verify.js')).verify,
  test: async () => (await import('./test.js')).test,
  repository: async () => (await import('./repository.js')).repository,
};

const COMMON = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;

async function overview(): Promise<string> {
  const lines: string[] = [];
  for (const [name, load] of Object.entries(COMMANDS)) lines.push(`  ${name.padEnd(12)}${(await load()).summary}`);
  return ['Makes, packs, signs and publishes drivers of M-CMP.', '', 'Usage: mcmp-driver COMMAND …', '', ...lines, '', '"mcmp-driver COMMAND --help" tells more. Exit codes: 0 done, 1 refused, 2 wrong usage.'].join('\n');
}

function parsed(command: Command, args: string[]): { values: Call['values']; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({ args, options: { ...command.options, ...COMMON }, allowPositionals: true });
    if (values.help !== true && positionals.length !== command.arguments.length) throw new WrongUsage(command.arguments.length === 0 ? 'it takes no arguments, only options' : `it takes ${command.arguments.join(' and ')}`);
    return { values, positionals };
  } catch (error) {
    throw new WrongUsage((error as Error).message);
  }
}

/** Where a run writes: lines without their end. */
export interface Output { out(line: string): void; error(line: string): void }
const CONSOLE: Output = { out: (line) => process.stdout.write(`${line}\n`), error: (line) => process.stderr.write(`${line}\n`) };

/** What failed, as data; a failure that nobody foresaw keeps its stack. */
function failureOf(error: unknown): { code: 1 | 2; message: string; data: Record<string, unknown> } {
  const { name, message, file, rule, stack } = error as Error & { file?: string; rule?: string; code?: string };
  const known = ['WrongUsage', 'Refused', 'BundleError'].includes(name) || typeof (error as { code?: unknown }).code === 'string';
  return { code: name === 'WrongUsage' ? 2 : 1, message: known ? message : (stack ?? message), data: { ok: false, error: message, ...(file !== undefined && { file }), ...(rule !== undefined && { rule }) } };
}

/** Runs one call of `mcmp-driver`; gives its exit code: 0 done, 1 refused, 2 wrong usage. */
export async function main(args: string[], output: Output = CONSOLE): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    output.out(await overview());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    output.error(`mcmp-driver: there is no command "${name}"; there are ${Object.keys(COMMANDS).join(', ')}`);
    return 2;
  }
  const command = await load();
  const json = rest.includes('--json');
  try {
    const { values, positionals } = parsed(command, rest);
    if (values.help === true) {
      output.out(command.help);
      return 0;
    }
    const answer: Answer = await command.run({ values, positionals, print: (line) => (json ? undefined : output.out(line)) });
    if (json) output.out(JSON.stringify({ ok: answer.refused !== true, ...answer.data }));
    else for (const line of answer.lines) (answer.refused ? output.error : output.out)(line);
    return answer.refused ? 1 : 0;
  } catch (error) {
    const { code, message, data } = failureOf(error);
    if (json) output.out(JSON.stringify(data));
    else output.error(`mcmp-driver ${name}: ${message}`);
    if (code === 2 && !json) output.error(command.help.split('\n', 1)[0] ?? '');
    return code;
  }
}
