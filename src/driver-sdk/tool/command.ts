import type { ParseArgsConfig } from 'node:util';

/** Values of a command's options, by their long names. */
export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** What a command is asked, and where it may tell how far it is. */
export interface Call {
  values: Values;
  positionals: string[];
  /** Writes a line for a person; nothing where the answer is asked for as JSON. */
  print(line: string): void;
}

/** What a command found: lines for a person, and the same as data for `--json`. */
export interface Answer {
  lines: string[];
  data: Record<string, unknown>;
  /** True where the answer is a "no": the exit code is 1. */
  refused?: boolean;
}

/** One command of `mcmp-driver`, in a file of its own. */
export interface Command {
  /** What it does, as one line of the list of commands. */
  summary: string;
  /** The lines of its help: first the usage, then what there is to know. */
  help: string;
  /** Its options, beside `--json` and `--help`. */
  options: NonNullable<ParseArgsConfig['options']>;
  /** Names of its arguments; all are needed. */
  arguments: string[];
  /** Does it. @throws WrongUsage for arguments that make no sense, Refused or a BundleError for what cannot be done */
  run(call: Call): Promise<Answer>;
}

/** The call itself is wrong: exit code 2. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}

/** What was asked cannot be done, as a sentence for the person who asked: exit code 1. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(message: string, readonly file?: string) {
    super(message);
  }
}

/** The text of an option that may be absent. @throws WrongUsage where it is empty */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw new WrongUsage(`--${name} needs a value`);
  return value;
}
