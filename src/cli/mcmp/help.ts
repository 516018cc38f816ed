import { EVERYWHERE } from './arguments.js';
import { everyCommand, everyNoun, findCommand, nounOf } from './catalogue.js';
import { type Command, titleOf } from './command.js';
import { type Argument, type Flag } from './flags.js';
import { EXIT_MEANING, wrongUsage } from './failure.js';
import { didYouMean } from './suggest.js';
import { type Terminal, wrap } from './terminal.js';

const INDENT = '  ';

/** Lines of two columns, the second wrapped under itself. */
function pairs(rows: readonly [string, string][], columns: number, most = 30): string[] {
  const width = Math.min(most, Math.max(...rows.map(([left]) => left.length)));
  const indent = ' '.repeat(INDENT.length + width + 2);
  return rows.map(([left, right]) => `${INDENT}${left.length > width ? `${left}\n${indent}` : `${left.padEnd(width)}  `}${wrap(right, columns, indent)}`.trimEnd());
}

const EXIT_ROWS = Object.entries(EXIT_MEANING).map(([code, meaning]): [string, string] => [code, meaning]);

/** Topics of the help that are no command. */
const TOPICS: Record<string, (columns: number) => string[]> = {
  'exit-codes': (columns) => ['Exit codes, by which a script tells what went wrong:', '', ...pairs(EXIT_ROWS, columns)],
  environment: (columns) => ['Environment variables; flags go before them, and they before the profile:', '', ...pairs([
    ['MCMP_URL', 'address of the server'], ['MCMP_TOKEN', 'access token, in place of a login'], ['MCMP_PROFILE', 'profile to use'], ['MCMP_PROJECT', 'project to work in'],
    ['XDG_CONFIG_HOME', 'where your config folder is; ~/.config without it. `mcmp` is the folder in it'], ['NO_COLOR', 'no colours'], ['NODE_EXTRA_CA_CERTS', 'file with the certificate of a private CA'],
  ], columns)],
  commands: () => everyCommand().map((command) => titleOf(command)).sort(),
};

/** What `mcmp` says of itself. */
function overview(columns: number): string[] {
  const words = everyCommand().filter(({ verb }) => verb === undefined).map(({ noun, summary }): [string, string] => [noun, summary]);
  return [
    'Many unlike clouds, run as one: the command line of M-CMP.', '', 'Usage: mcmp NOUN VERB [ARGUMENTS] [FLAGS]', '', 'Begin:',
    ...pairs([['mcmp login URL', 'logs in'], ['mcmp connection create aws --driver aws', 'connects a cloud account'], ["mcmp spec list --vcpu 4 --region 'ap-*' --sort price", 'finds where'], ['mcmp mci create -f web.yaml --dry-run', 'shows the plan'], ['mcmp mci create -f web.yaml --watch', 'makes it'], ['mcmp vm ssh front-1', 'opens a shell']], columns, 52),
    '', 'Nouns:', ...pairs(everyNoun().map(({ noun, summary }) => [noun, summary]), columns), '', 'Other commands:', ...pairs([...words, ['help', 'Explains a noun, a command or a topic.']], columns),
    '', 'Flags of every command:', ...pairs(EVERYWHERE.map((flag) => [shape(flag), about(flag)]), columns),
    '', '`mcmp help NOUN` lists its verbs, `mcmp help NOUN VERB` explains one; further topics: exit-codes, environment, commands.',
  ];
}

const shape = ({ name, short, value, type }: Flag): string => `${short ? `-${short}, ` : '    '}--${name}${type === 'boolean' ? '' : ` ${value ?? 'VALUE'}`}`;
const about = ({ description, values, default: fallback, type }: Flag): string => [description, values && `one of ${values.join(', ')}`, fallback !== undefined && `default ${fallback}`, type === 'list' && 'may be repeated'].filter(Boolean).join('; ');
const argument = ({ name, required, many }: Argument): string => (required ? name : `[${name.replace(/^\[|\]$/g, '')}]`) + (many ? ' …' : '');

function nounHelp(noun: string, columns: number): string[] {
  const verbs = everyCommand().filter((command) => command.noun === noun && command.verb !== undefined);
  const summary = everyNoun().find((item) => item.noun === noun)?.summary;
  return [`${noun}${summary ? `: ${summary}` : ''}`, '', `Usage: mcmp ${noun} VERB`, '', ...pairs(verbs.map(({ verb, summary: text }) => [verb as string, text]), columns), '', `\`mcmp help ${noun} VERB\` explains one.`];
}

function commandHelp(command: Command, columns: number): string[] {
  const { summary, about: more = [], flags, examples = [], rest, permission, columns: members } = command;
  const usage = ['mcmp', titleOf(command), ...command.arguments.map(argument), ...(flags.length > 0 ? ['[FLAGS]'] : []), ...(rest === undefined ? [] : [`[-- ${rest}]`])].join(' ');
  return [
    wrap(summary, columns), '', `Usage: ${usage}`, ...more.flatMap((text) => ['', wrap(text, columns)]),
    ...(flags.length > 0 ? ['', 'Flags:', ...pairs(flags.map((flag) => [shape(flag), about(flag)]), columns)] : []),
    ...(examples.length > 0 ? ['', 'Examples:', ...examples.map((text) => `${INDENT}${/\| mcmp /.test(text) ? text : `mcmp ${text}`}`)] : []),
    ...(members && members.length > 0 ? ['', wrap(`Columns: ${members.map((text) => text.replace(/^[^:|]+:/, '').replace(/\|.*$/, '')).join(', ')}; --columns takes any member that -o json shows.`, columns)] : []),
    ...(permission === undefined ? [] : ['', `Needs the permission ${permission}.`]),
    '', 'Flags of every command, such as -o and --project: `mcmp help`.',
  ];
}

/** The help of these words: of everything, a noun, a command or a topic. @throws Failure (usage) where there is no such thing */
export function helpOf(words: readonly string[], terminal: Terminal): string {
  const columns = Math.min(terminal.columns ?? 100, 110);
  const [first] = words;
  if (first === undefined) return overview(columns).join('\n');
  const topic = TOPICS[first];
  if (topic) return topic(columns).join('\n');
  const command = findCommand(words);
  if (command) return commandHelp(command, columns).join('\n');
  const noun = nounOf(first);
  const known = everyNoun().map((item) => item.noun);
  if (known.includes(noun) && words.length === 1) return nounHelp(noun, columns).join('\n');
  throw noCommand(words);
}

/** The words name no command. */
export function noCommand([first = '', second]: readonly string[]): Error {
  const noun = nounOf(first);
  const nouns = everyNoun().map((item) => item.noun);
  // `mcmp show mci`, as other programs have it.
  const turned = second === undefined ? undefined : findCommand([second, first]);
  if (!nouns.includes(noun) && turned?.verb !== undefined) return wrongUsage(`there is no command "${first}"; the noun stands first: mcmp ${titleOf(turned)}`);
  if (!nouns.includes(noun)) return wrongUsage(`there is no command "${first}"${didYouMean(first, [...nouns, ...everyCommand().map((command) => command.noun)])}`, '`mcmp help` shows what there is.');
  const verbs = everyCommand().flatMap((command) => (command.noun === noun && command.verb !== undefined ? [command.verb] : []));
  return wrongUsage(`"${noun}" has no verb "${second}"${didYouMean(second ?? '', verbs)}`, `It has ${verbs.join(', ')}.`);
}
