/** What a script can tell a call of `mcmp` by; `mcmp help exit-codes` and the README show this table. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  denied: 3,
  notFound: 4,
  conflict: 5,
  invalid: 6,
  cloud: 7,
  unavailable: 8,
  interrupted: 130,
} as const;

/** One sentence for each exit code. */
export const EXIT_MEANING: Record<number, string> = {
  [EXIT.ok]: 'done',
  [EXIT.failed]: 'the operation failed or was cancelled, or something nobody foresaw',
  [EXIT.usage]: 'the command line itself is wrong',
  [EXIT.denied]: 'not logged in, or not allowed',
  [EXIT.notFound]: 'there is no such thing',
  [EXIT.conflict]: 'it exists already, is in use, or was changed by somebody else',
  [EXIT.invalid]: 'a field breaks a rule; the message names file, line, column and field',
  [EXIT.cloud]: 'the cloud refused or failed: credential, quota, capacity, its own error',
  [EXIT.unavailable]: 'the server does not answer, fails or is too busy, or the time of --timeout is over',
  [EXIT.interrupted]: 'ended by Ctrl-C; what was begun goes on in the server',
};

/** Something that ends the program with a message for a person: what is wrong, then lines that help. */
export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(readonly exit: number, message: string, readonly help: string[] = []) {
    super(message);
  }
}

/** The command line is wrong. */
export const wrongUsage = (message: string, ...help: string[]): Failure => new Failure(EXIT.usage, message, help);

/** An error answer of the open API (`application/problem+json`, RFC 9457). */
export interface ProblemBody {
  status: number;
  code: string;
  detail: string;
  requestId?: string;
  operationId?: string;
  errors?: { field: string; rule: string; help?: string }[];
}

/** A refusal of the server; keeps the body, so that its fields can be found again in the file that was sent. */
export class Refusal extends Failure {
  constructor(readonly problem: ProblemBody, help: string[] = []) {
    super(exitOf(problem), problem.detail, help);
  }
}

/** Codes that say that a cloud would not, whatever their HTTP status. */
const CLOUD_CODES = ['CLOUD_ERROR', 'QUOTA_EXCEEDED', 'OUT_OF_CAPACITY', 'PAYMENT_REQUIRED'];

function exitOf({ status, code }: ProblemBody): number {
  if (CLOUD_CODES.includes(code) || status === 424) return EXIT.cloud;
  if (status === 401 || status === 403) return EXIT.denied;
  if (status === 404 || status === 410) return EXIT.notFound;
  if (status === 409) return EXIT.conflict;
  if (status === 429 || status >= 500) return EXIT.unavailable;
  return EXIT.invalid;
}
