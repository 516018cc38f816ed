import { isDriverError } from '../../errors.js';
import type { IamRole, IamUser } from '../../iam.js';
import { ensure, ensureSame, show, skip } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { textsOf } from '../plain.js';
import { doorOf, fixture, listAll, runTags, use } from '../fixtures.js';
import type { Part } from './exact.js';
import { setExactly } from './exact.js';

type Identity = 'iam-user' | 'iam-role';
const policies = (kind: Identity): Part<string> => ({ kind, method: 'setPolicies', request: (policyIds) => ({ policyIds }), text: (id) => id, tell: (thing) => (thing as unknown as IamUser).policyIds });

/** The run's user as it is now. */
const user = async (context: CheckContext): Promise<IamUser> => (await doorOf(context, 'iam-user').get((await use(context, 'iam-user')).id)) as unknown as IamUser;

/** A key of the run's user, for as long as `work` takes. */
async function withKey(context: CheckContext, work: (key: { keyId: string; secret: string }) => Promise<void>): Promise<void> {
  const { id, region } = await use(context, 'iam-user');
  const key = await context.call('iam-user.createKey', { region, id });
  ensure(typeof key?.keyId === 'string' && key.keyId !== '' && typeof key.secret === 'string' && key.secret.length >= 8, 'createKey gave no key with a secret');
  try {
    await work(key);
  } finally {
    await context.call('iam-user.deleteKey', { region, id, keyId: key.keyId }).catch(() => undefined);
  }
}

const check = (capability: Identity, what: string, sentence: string, run: Check['run'], needs: Check['needs'] = []): Check => ({ id: `${capability}.${what}`, capability, sentence, needs, run });

/** Policies of a kind: exactly those that are set. */
const policyChecks = (kind: Identity): Check[] => {
  const given = async (context: CheckContext): Promise<string[]> => (await context.place()).policyIds ?? skip('needs place.policyIds, two policies that exist');
  return [
    check(kind, 'set-policies', `makes the policies of an ${kind} exactly those that are set`, async (context) => {
      const [one = '', other = ''] = await given(context);
      const thing = await use(context, kind);
      for (const value of [[one, other], [other], []]) await setExactly(context, policies(kind), thing, value);
    }),
    check(kind, 'set-policies-again', `sets the same policies of an ${kind} again without complaint`, async (context) => {
      const thing = await use(context, kind);
      await setExactly(context, policies(kind), thing, (await given(context)).slice(0, 1), 2);
      await setExactly(context, policies(kind), thing, []);
    }),
  ];
};

/** What users and roles keep beside their lifecycle. */
export const iamChecks: Check[] = [
  check('iam-user', 'key', 'makes a key of a user, and lists its id', (context) =>
    withKey(context, ({ keyId }) => context.eventually(async () => ensure((await user(context)).keyIds.includes(keyId), `${keyId} is not among the keys`)))),
  check('iam-user', 'key-untold', 'tells the secret of a key once, and never again', (context) =>
    withKey(context, async ({ secret }) => ensure(!textsOf([await user(context), await listAll(context, 'iam-user', { tags: runTags(context) })]).includes(secret), 'the secret is in a later answer'))),
  check('iam-user', 'delete-key', 'deletes a key of a user, also twice', async (context) => {
    const { id, region } = await use(context, 'iam-user');
    await withKey(context, async ({ keyId }) => {
      for (let time = 0; time < 2; time++) await context.call('iam-user.deleteKey', { region, id, keyId });
      await context.until('the key goes', async () => ((await user(context)).keyIds.includes(keyId) ? undefined : true));
    });
  }),
  ...policyChecks('iam-user'),
  check('iam-role', 'trust', 'makes a role for those who were named', async (context) => {
    const { request, things } = await fixture(context, 'iam-role');
    const { trust } = things[0] as unknown as IamRole;
    ensure(same(trust, request.trust as string), `asked ${show(request.trust)}, got ${show(trust)}`);
  }),
  ...policyChecks('iam-role'),
  check('iam-role', 'assume', 'gives a short-lived credential of the role that the cloud takes, where it can', async (context) => {
    const { id, region } = await use(context, 'iam-role');
    const { credential, expiresAt } = await context.call('iam-role.assume', { region, id, durationSeconds: 900, sessionName: `kit-${context.run}` });
    const missing = context.manifest.credential.filter(({ name, required }) => required && !credential[name]).map(({ name }) => name);
    ensureSame(missing, [], 'credential fields without a value');
    const seconds = (Date.parse(expiresAt) - Date.now()) / 1_000;
    ensure(seconds > 0 && seconds <= 960, `asked 900 s, it ends in ${show(seconds)} s`);
    const session = await context.connect({ ...(await context.options.connect()), credential });
    // A new credential is not known everywhere at once.
    await context.until('the credential is taken', async () => context.call('account.verify', {}, { session }).then(() => true as const, (error: unknown) => (isDriverError(error) && error.code === 'UNAUTHENTICATED' ? undefined : Promise.reject(error))));
  }, ['account']),
];

/** Whether two documents say the same: clouds write JSON in an order of their own. */
function same(one: string, other: string): boolean {
  const plain = (text: string): string => {
    try {
      return JSON.stringify(sorted(JSON.parse(text)));
    } catch {
      return text;
    }
  };
  return plain(one) === plain(other);
}
const sorted = (value: unknown): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value) ? value : Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, member]) => [key, sorted(member)]));
