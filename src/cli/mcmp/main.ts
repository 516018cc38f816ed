import version from 'mcmp:version';
import { parse, takeWords } from './arguments.js';
import { everyNoun, findCommand, isOneWord, nounOf } from './catalogue.js';
import { Flags } from './flags.js';
import { complete } from './complete.js';
import { EXIT, Failure, Refusal } from './failure.js';
import { helpOf, noCommand } from './help.js';
import { Session } from './session.js';
import { Terminal } from './terminal.js';
import { asCommands } from './wording.js';

/** Longest wait for the server while a word is completed. */
const COMPLETION_MS = '1500ms';

/** Runs one command line. @returns the exit code. @throws Failure */
async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  if (args[0] === '__complete') return completeWords(args.slice(1), terminal);
  if (args.includes('--version') && args[0] === '--version') args = ['version'];
  const { words, others } = takeWords(args, isOneWord);
  const [first, second] = words;
  const wantsHelp = others.some((token) => token === '--help' || token === '-h') && !others.includes('--');
  if (first === 'version') {
    terminal.result(version);
    return EXIT.ok;
  }
  if (first === undefined || first === 'help') {
    const topic = first === 'help' ? others.filter((token) => !token.startsWith('-')) : [];
    terminal.result(helpOf(topic, terminal));
    return first === undefined && !wantsHelp ? EXIT.usage : EXIT.ok;
  }
  const command = findCommand(words);
  if (!command) {
    const isNoun = everyNoun().some(({ noun }) => noun === nounOf(first));
    if (!isNoun || second !== undefined) throw noCommand(words);
    terminal.result(helpOf([first], terminal));
    return wantsHelp ? EXIT.ok : EXIT.usage;
  }
  try {
    const parsed = parse(others, command.flags, command.arguments, command.rest !== undefined);
    if (parsed.flags.truth('help')) {
      terminal.result(helpOf(words, terminal));
      return EXIT.ok;
    }
    const session = new Session(parsed.flags, terminal);
    return (await command.run({ arguments: parsed.arguments, rest: parsed.rest, flags: parsed.flags, session })) ?? EXIT.ok;
  } catch (error) {
    if (error instanceof Failure && error.exit === EXIT.usage) throw new Failure(EXIT.usage, error.message, [...error.help, `mcmp help ${words.join(' ')}`]);
    if (error instanceof Refusal && error.problem.status === 403 && command.permission !== undefined) throw new Refusal(error.problem, [...error.help, `This command needs the permission ${command.permission}; \`mcmp whoami\` shows your role.`]);
    throw error;
  }
}

/** What may stand in place of the last word, a line each with its meaning behind a tab. */
async function completeWords(words: readonly string[], terminal: Terminal): Promise<number> {
  const session = new Session(new Flags(new Map([['timeout', COMPLETION_MS]])), terminal);
  const candidates = await complete(words, session).catch(() => []);
  terminal.result(candidates.map(({ word, about }) => (about ? `${word}\t${about.replace(/\s+/g, ' ')}` : word)).join('\n'));
  return EXIT.ok;
}

/** Tells why a call failed. @returns the exit code */
function tell(error: unknown, terminal: Terminal): number {
  if (error instanceof Refusal) {
    const { code, errors = [], requestId, operationId } = error.problem;
    const fields = errors.map(({ field, rule, help }) => `${field}: ${rule}${help ? `; ${help}` : ''}`);
    // A refusal for one field says it in its sentence too.
    const sentence = errors.some(({ rule }) => error.message.includes(rule)) ? [] : [error.message];
    terminal.error(asCommands([...sentence, ...fields].join('\n')), [...error.help, ...(operationId === undefined ? [] : [`Operation: mcmp operation show ${operationId}`]), terminal.paint('dim', `${code}${requestId === undefined ? '' : `, request ${requestId}`}`, 'error')]);
    return error.exit;
  }
  if (error instanceof Failure) {
    terminal.error(asCommands(error.message), error.help);
    return error.exit;
  }
  terminal.error(`something went wrong that nobody foresaw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return EXIT.failed;
}

// A reader that has enough, such as `head`, ends the call; it is no failure.
for (const stream of [process.stdout, process.stderr]) stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed));

const terminal = new Terminal();
process.exitCode = await run(process.argv.slice(2), terminal).catch((error: unknown) => tell(error, terminal));
// Connections are kept for the next request; there is none. What was written to a pipe goes out first.
process.stdout.write('', () => process.stderr.write('', () => {
  // A shell ends its loop only where Ctrl-C ended what it ran; it tells 130 all the same.
  if (process.exitCode === EXIT.interrupted) process.kill(process.pid, 'SIGINT');
  process.exit();
}));
