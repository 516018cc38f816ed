import operations from 'mcmp:operations';
import { type Command, titleOf } from './command.js';
import { api } from './commands/api.js';
import { completion } from './commands/completion.js';
import { connectionCommands } from './commands/connection.js';
import { login, logout, whoami } from './commands/login.js';
import { mciCommands } from './commands/mci.js';
import { mciCreateCommands } from './commands/mci-create.js';
import { operationWatch } from './commands/operation.js';
import { profileCommands } from './commands/profile.js';
import { schemaCommand } from './commands/schema.js';
import { vmCommands } from './commands/vm.js';
import { commandOf } from './generic.js';
import { NOUN_ALIASES, NOUNS, REFINED, VERB_ALIASES } from './refined.js';

/** Operations that a command of one word is the way to, or several commands are; sessions are for browsers alone, and a shell is opened by `vm ssh`. */
const COVERED = ['Iam_token', 'Mci_act', 'Session_begin', 'Session_show', 'Session_end', 'Terminal_open'];

/** Commands made by hand; where one has the name of an operation's command it takes its place. */
const BY_HAND: Command[] = [login, logout, whoami, ...profileCommands, ...mciCreateCommands, ...mciCommands, ...vmCommands, ...connectionCommands, operationWatch, api, schemaCommand, completion];

function all(): Command[] {
  const byHand = new Set(BY_HAND.map(titleOf));
  const made = operations.filter(({ id }) => !COVERED.includes(id)).map((operation) => commandOf(operation, REFINED[operation.id])).filter((command) => !byHand.has(titleOf(command)));
  return [...BY_HAND, ...made];
}

let commands: Command[] | undefined;

/** Every command, those made by hand first. */
export const everyCommand = (): Command[] => (commands ??= all());

/** Nouns in the order of the help, with what each is. */
export function everyNoun(): { noun: string; summary: string }[] {
  const found = new Set(everyCommand().flatMap(({ noun, verb }) => (verb === undefined ? [] : [noun])));
  const rest = [...found].filter((noun) => !(noun in NOUNS) && noun !== 'profile').map((noun) => ({ noun, summary: '' }));
  return [...Object.entries(NOUNS).filter(([noun]) => found.has(noun)).map(([noun, summary]) => ({ noun, summary })), ...rest, { noun: 'profile', summary: 'servers that you work with' }];
}

/** Whether a word is a command by itself. */
export const isOneWord = (word: string): boolean => ['help', 'version'].includes(word) || everyCommand().some((command) => command.verb === undefined && command.noun === word);

/** The noun that a person means. */
export const nounOf = (word: string): string => NOUN_ALIASES[word] ?? word;

/** The command of these words, if there is one; plurals and other usual verbs are understood. */
export function findCommand(words: readonly string[]): Command | undefined {
  const [first = '', second] = words;
  if (isOneWord(first)) return everyCommand().find((command) => command.verb === undefined && command.noun === first);
  const noun = nounOf(first);
  const find = (verb: string | undefined): Command | undefined => everyCommand().find((command) => command.noun === noun && command.verb === verb);
  return second === undefined ? undefined : (find(second) ?? find(VERB_ALIASES[second]));
}
