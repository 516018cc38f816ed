import { type Argument, type Flag, Flags } from './flags.js';
import { wrongUsage } from './failure.js';
import { didYouMean } from './suggest.js';

/** Flags that every command takes, before or behind its words. */
export const EVERYWHERE: Flag[] = [
  { name: 'output', short: 'o', type: 'text', value: 'FORMAT', values: ['table', 'json', 'yaml', 'csv', 'name'], description: 'How the result is written' },
  { name: 'columns', type: 'list', commas: true, value: 'LIST', description: 'Columns of a table or of CSV, by title or by path: name,price.perHour' },
  { name: 'no-header', type: 'boolean', description: 'A table or CSV without its first line' },
  { name: 'limit', type: 'number', value: 'N', description: 'At most so many items of a list; without it all pages are read' },
  { name: 'quiet', short: 'q', type: 'boolean', description: 'Nothing but results and errors' },
  { name: 'project', type: 'text', value: 'NAME', description: 'Project to work in', completes: 'project' },
  { name: 'profile', type: 'text', value: 'NAME', description: 'Profile to use', completes: 'profile' },
  { name: 'url', type: 'text', value: 'URL', description: 'Address of the server' },
  { name: 'timeout', type: 'text', value: 'TIME', description: 'Longest time for all of it: 90s, 5m, 2h' },
  { name: 'debug', type: 'boolean', description: 'Tells each request on stderr, without secrets' },
  { name: 'help', short: 'h', type: 'boolean', description: 'Help for this command' },
];

/** What a command line was taken apart into. */
export interface Parsed { flags: Flags; arguments: string[]; rest: string[] }

/** Parts a token of the command line: name, and value where it holds one. */
function partsOf(token: string): { name: string; value?: string; short: boolean } | undefined {
  const long = /^--([^=]+)(?:=([\s\S]*))?$/.exec(token);
  if (long) return { name: long[1] as string, ...(long[2] !== undefined && { value: long[2] }), short: false };
  const short = /^-([A-Za-z])(?:=?([\s\S]+))?$/.exec(token);
  return short ? { name: short[1] as string, ...(short[2] !== undefined && { value: short[2] }), short: true } : undefined;
}

function find(flags: readonly Flag[], name: string, short: boolean): { flag: Flag; negated: boolean } | undefined {
  const flag = flags.find((candidate) => (short ? candidate.short === name : candidate.name === name));
  if (flag) return { flag, negated: false };
  const positive = !short && name.startsWith('no-') ? flags.find((candidate) => candidate.type === 'boolean' && candidate.name === name.slice(3)) : undefined;
  return positive && { flag: positive, negated: true };
}

/** Takes up to two words that name the command off a command line; flags that hold everywhere may stand before them. */
export function takeWords(args: readonly string[], isOneWord: (word: string) => boolean): { words: string[]; others: string[] } {
  const words: string[] = [];
  const others: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const token = args[index] as string;
    const wanted = words.length === 0 ? 1 : isOneWord(words[0] as string) ? 1 : 2;
    if (token === '--' || (words.length >= wanted && words.length > 0)) return { words, others: [...others, ...args.slice(index)] };
    const parts = partsOf(token);
    if (!parts) {
      words.push(token);
      continue;
    }
    others.push(token);
    const known = find(EVERYWHERE, parts.name, parts.short);
    if (known && known.flag.type !== 'boolean' && parts.value === undefined && index + 1 < args.length) others.push(args[++index] as string);
  }
  return { words, others };
}

/** Takes a command line apart. @throws Failure (usage) for a flag that is not known, lacks its value, or has a wrong one, and for arguments too few or too many */
export function parse(args: readonly string[], known: readonly Flag[], wanted: readonly Argument[], takesRest: boolean): Parsed {
  const flags = [...known, ...EVERYWHERE.filter((flag) => !known.some(({ name }) => name === flag.name))];
  const values = new Map<string, string | number | boolean | string[]>();
  const positionals: string[] = [];
  let rest: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const token = args[index] as string;
    if (token === '--') {
      rest = args.slice(index + 1);
      break;
    }
    const parts = partsOf(token);
    if (!parts) {
      positionals.push(token);
      continue;
    }
    const shown = parts.short ? `-${parts.name}` : `--${parts.name}`;
    const found = find(flags, parts.name, parts.short);
    if (!found) throw wrongUsage(`there is no flag ${shown}${didYouMean(shown, flags.map(({ name }) => `--${name}`))}`);
    const { flag, negated } = found;
    if (flag.type === 'boolean') {
      // `-q` may stand together with others only as a flag of its own: `-qo json` is rare enough to be refused.
      if (parts.value !== undefined && !['true', 'false'].includes(parts.value)) throw wrongUsage(`${shown} is true or false, not "${parts.value}"`);
      values.set(flag.name, (parts.value !== 'false') !== negated);
      continue;
    }
    const value = parts.value ?? args[++index];
    if (value === undefined) throw wrongUsage(`${shown} needs a value${flag.value ? `: ${shown} ${flag.value}` : ''}`);
    add(values, flag, shown, value);
  }
  const isHelp = values.get('help') === true;
  if (!isHelp) count(positionals, wanted);
  if (rest.length > 0 && !takesRest) {
    positionals.push(...rest);
    rest = [];
    if (!isHelp) count(positionals, wanted);
  }
  return { flags: new Flags(values), arguments: positionals, rest };
}

function add(values: Map<string, string | number | boolean | string[]>, flag: Flag, shown: string, value: string): void {
  if (flag.type === 'number') {
    if (value.trim() === '' || !Number.isFinite(Number(value))) throw wrongUsage(`${shown} is a number, not "${value}"`);
    values.set(flag.name, Number(value));
    return;
  }
  const items = flag.type === 'list' && flag.commas ? value.split(',').map((item) => item.trim()).filter((item) => item !== '') : [value];
  for (const item of items) if (flag.values && !flag.values.includes(item)) throw wrongUsage(`${shown} is one of ${flag.values.join(', ')}, not "${item}"${didYouMean(item, flag.values)}`);
  if (flag.type === 'list') values.set(flag.name, [...((values.get(flag.name) as string[] | undefined) ?? []), ...items]);
  else values.set(flag.name, value);
}

function count(given: readonly string[], wanted: readonly Argument[]): void {
  const least = wanted.filter((argument) => argument.required).length;
  const missing = wanted.filter((argument) => argument.required)[given.length];
  if (given.length < least && missing) throw wrongUsage(`${missing.name} is missing`);
  if (given.length > wanted.length && !wanted.at(-1)?.many) throw wrongUsage(wanted.length === 0 ? `it takes no argument, and "${given[0]}" is one` : `"${given[wanted.length]}" is one argument too many`);
}

/** Milliseconds of `90s`, `5m`, `2h`, `250ms`, or of plain seconds. */
export function durationOf(text: string, flag: string): number {
  const [, figure, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (figure === undefined) throw wrongUsage(`--${flag} is a time such as 90s, 5m or 2h, not "${text}"`);
  return Number(figure) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit ?? 's'] as number);
}
