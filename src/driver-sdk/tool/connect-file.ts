import { z } from 'zod';
import { Refused } from './command.js';
import { fileNamed } from './files.js';

const Texts = z.record(z.string(), z.string());
const Place = z.strictObject({
  region: z.string(), zone: z.string().optional(), specId: z.string(), otherSpecId: z.string().optional(), imageId: z.string(), sshUser: z.string(), networkCidr: z.string().optional(), publicKey: z.string().optional(),
  rootDiskGiB: z.int().optional(), diskGiB: z.int().optional(), nodeSpecId: z.string().optional(), databaseSpecId: z.string().optional(), databaseEngine: z.string().optional(), domain: z.string().optional(), trust: z.string().optional(),
  policyIds: z.array(z.string()).length(2).optional(), functions: z.record(z.string(), z.unknown()).optional(),
});
const Connect = z.strictObject({
  credential: Texts, endpoint: z.string().optional(), options: Texts.default({}),
  /** Credential fields that the cloud refuses; those that are absent are as in `credential`. */
  broken: Texts.optional(),
  place: Place, pollMs: z.int().min(1).optional(), timeoutMs: z.int().min(1).optional(), expensive: z.boolean().optional(),
});

/** What `mcmp-driver test` is told of the account and the place: the text of the file of `--connect`, checked. */
export type ConnectFile = z.infer<typeof Connect>;

/** Reads JSON that a person named. @throws Refused */
async function jsonOf<T>(path: string, what: string, schema: z.ZodType<T>): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse((await fileNamed(path, what)).toString('utf8'));
  } catch (error) {
    if (error instanceof Refused) throw error;
    // The parser's own message would show a piece of the file, which holds secrets.
    throw new Refused(`${what} ${path} is no JSON`, path);
  }
  const { success, data, error } = schema.safeParse(value);
  if (!success) throw new Refused(`${what} ${path}: ${error.issues.map(({ path: at, message }) => `${at.join('.') || 'the whole'}: ${message}`).join('; ')}`, path);
  return data;
}

/** Reads the file of `--connect`. @throws Refused with the member that is wrong, never with its value */
export const connectFile = (path: string): Promise<ConnectFile> => jsonOf(path, 'the connection', Connect);

/** Reads the file of `--except`: `{ "check id": "reason" }`. @throws Refused */
export const exceptFile = (path: string): Promise<Record<string, string>> => jsonOf(path, 'the exceptions', Texts);
