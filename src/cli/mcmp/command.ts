import type { Argument, Flag, Flags } from './flags.js';
import type { Session } from './session.js';

/** What a command was told. */
export interface Call {
  arguments: string[];
  /** What stood behind `--`. */
  rest: string[];
  flags: Flags;
  session: Session;
}

/** One command: `mcmp NOUN VERB`, or one word such as `mcmp login`. */
export interface Command {
  noun: string;
  /** Absent for a command of one word. */
  verb?: string;
  summary: string;
  /** What there is to know beside the summary, in paragraphs. */
  about?: string[];
  arguments: Argument[];
  flags: Flag[];
  /** Whether it takes what stands behind `--`, and what that is. */
  rest?: string;
  /** Calls that do something useful, without the leading `mcmp`. */
  examples?: string[];
  /** Ids of the operations of the open API that it is the way to. */
  operations: string[];
  /** Permission that the caller's role must hold. */
  permission?: string;
  /** Members shown in a table. */
  columns?: string[];
  /** Gives the exit code; nothing is 0. @throws Failure */
  run(call: Call): Promise<number | void>;
}

/** `mci create`, or `login`. */
export const titleOf = ({ noun, verb }: Pick<Command, 'noun' | 'verb'>): string => (verb === undefined ? noun : `${noun} ${verb}`);
