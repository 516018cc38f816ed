import type { ResourceKind } from '../../kinds.js';
import { isDriverError } from '../../errors.js';
import { CheckFailure, show, showError } from '../assert.js';
import type { Check, CheckContext, JournalEntry } from '../context.js';
import { fixture, KINDS } from '../fixtures.js';
import { notPlain, textsOf } from '../plain.js';

const VM_STATES = ['creating', 'running', 'suspending', 'suspended', 'resuming', 'rebooting', 'terminating', 'terminated', 'failed', 'pending'];
const STATES = ['pending', 'available', 'in-use', 'deleting', 'failed'];
/** Kinds that have a state more. */
const MORE_STATES: Record<string, string[]> = { database: ['suspended'] };
/** Methods that answer the thing, or things of the kind, that they are called for. */
const TELLS = /\.(create|get|list|attach|detach|associate|disassociate|resize|set[A-Z]\w*)$/;
/** Methods whose answer is a secret by its nature. */
const TELLS_SECRETS = ['iam-user.createKey', 'iam-role.assume', 'cluster.kubeconfig', 'object.sign'];
const DETAILS: Record<string, (value: unknown) => boolean> = {
  providerCode: (value) => typeof value === 'string' && value !== '', providerRequestId: (value) => typeof value === 'string', field: (value) => typeof value === 'string', quotaId: (value) => typeof value === 'string',
  httpStatus: (value) => Number.isInteger(value) && (value as number) >= 100 && (value as number) <= 599, retryAfterMs: (value) => Number.isFinite(value) && (value as number) >= 0,
};

/** Makes sure that the journal has something to look at, also where this check runs alone. */
async function withCalls(context: CheckContext): Promise<JournalEntry[]> {
  const kind = KINDS.find((name) => context.has(name) && name !== 'vm');
  if (context.journal.length === 0 && kind) {
    const region = (await context.place()).region;
    await fixture(context, kind).catch(() => undefined);
    await context.invoke(`${kind}.get`, { region, id: 'no-such-thing' }).catch(() => undefined);
  }
  return context.journal;
}

/** Errors that drivers threw; what an abort caused is the kit's own. */
const errorsOf = (journal: JournalEntry[]): JournalEntry[] => journal.filter(({ error }) => error !== undefined && (error as { name?: unknown } | null)?.name !== 'AbortError');

/** The kind of the things that an answer holds; undefined where it holds something else. */
const kindOf = (method: string): ResourceKind | undefined => {
  const kind = method.split('.')[0] as ResourceKind;
  return KINDS.includes(kind) && TELLS.test(method) ? kind : undefined;
};

/** Everything of one kind within an answer. */
function thingsOf({ method, answer }: JournalEntry): { state?: unknown }[] {
  const { items } = (answer ?? {}) as { items?: unknown };
  const all: unknown[] = Array.isArray(items) ? items : /\.(list|listZones)$/.test(method) ? [] : [answer];
  return all.filter((thing): thing is { state?: unknown } => typeof thing === 'object' && thing !== null);
}

/** The first entry that breaks a rule, told with its method. */
function each(journal: JournalEntry[], wrong: (entry: JournalEntry) => string | undefined): void {
  for (const entry of journal) {
    const why = wrong(entry);
    if (why !== undefined) throw new CheckFailure(`${entry.method}: ${why}`);
  }
}

const check = (subject: 'answers' | 'errors', what: string, sentence: string, test: (journal: JournalEntry[], context: CheckContext) => void): Check => ({
  id: `${subject}.${what}`, capability: subject, sentence, run: async (context) => test(await withCalls(context), context),
});

/** What every answer and every error of the run keep; so these come after all others. */
export const conductChecks: Check[] = [
  check('answers', 'plain', 'answers in plain data that crosses a process border', (journal) =>
    each(journal.filter((entry) => !('error' in entry)), ({ answer }) => notPlain(answer))),
  check('answers', 'vm-states', 'tells states of VMs in the words of the SDK', (journal) =>
    each(journal.filter(({ method }) => kindOf(method) === 'vm'), (entry) => {
      const wrong = thingsOf(entry).find(({ state }) => !VM_STATES.includes(state as string));
      return wrong && `the state is ${show(wrong.state)}`;
    })),
  check('answers', 'states', 'tells states of everything else in the words of the SDK', (journal) =>
    each(journal.filter(({ method }) => !['vm', undefined].includes(kindOf(method))), (entry) => {
      const words = [...STATES, ...(MORE_STATES[kindOf(entry.method) ?? ''] ?? [])];
      const wrong = thingsOf(entry).find(({ state }) => !words.includes(state as string));
      return wrong && `the state is ${show(wrong.state)}`;
    })),
  check('answers', 'provider-states', 'keeps the state word of the provider beside its own', (journal) =>
    each(journal.filter(({ method }) => kindOf(method) !== undefined), (entry) => {
      const wrong = thingsOf(entry).find((thing) => typeof (thing as { providerState?: unknown }).providerState !== 'string');
      return wrong && `providerState is missing: ${show(wrong)}`;
    })),
  check('answers', 'no-secret', 'answers no secret that it was given', (journal, context) =>
    each(journal.filter(({ method }) => !TELLS_SECRETS.includes(method)), ({ answer }) => ([...context.secrets].some((secret) => textsOf(answer).includes(secret)) ? 'a secret is in the answer' : undefined))),
  check('errors', 'driver-error', 'throws nothing but DriverErrors with a code of the SDK', (journal) => each(errorsOf(journal), ({ error }) => (isDriverError(error) ? undefined : `it threw ${showError(error)}`))),
  check('errors', 'message', 'says in each error what went wrong', (journal) =>
    each(errorsOf(journal), ({ error }) => (typeof (error as Error)?.message === 'string' && (error as Error).message.trim() !== '' ? undefined : 'the message is empty'))),
  check('errors', 'copy', 'throws errors that are the same after a copy by JSON', (journal) =>
    each(errorsOf(journal).filter(({ error }) => isDriverError(error)), ({ error }) => {
      const { name, code, message, detail } = error as { name: string; code: string; message: string; detail?: unknown };
      const copy = JSON.parse(JSON.stringify({ name, code, message, detail })) as { detail?: unknown };
      return isDriverError(copy) && notPlain(detail) === undefined && JSON.stringify(copy.detail) === JSON.stringify(detail) ? undefined : `the detail is no plain data: ${notPlain(detail) ?? show(detail)}`;
    })),
  check('errors', 'detail', 'tells details by the names and in the units of the SDK', (journal) =>
    each(errorsOf(journal), ({ error }) => {
      const wrong = Object.entries((error as { detail?: Record<string, unknown> })?.detail ?? {}).find(([key, value]) => value !== undefined && !DETAILS[key]?.(value));
      return wrong && `detail.${wrong[0]} is ${show(wrong[1])}`;
    })),
  check('errors', 'known', 'knows the code of each refusal that the kit provokes', (journal) =>
    each(errorsOf(journal), ({ error }) => ((error as { code?: unknown })?.code === 'UNKNOWN' ? `UNKNOWN is told: ${showError(error)}` : undefined))),
  check('errors', 'no-secret', 'puts no secret that it was given into an error', (journal, context) =>
    each(errorsOf(journal), ({ error }) => ([...context.secrets].some((secret) => textsOf(error).includes(secret)) ? 'a secret is in the error' : undefined))),
];
