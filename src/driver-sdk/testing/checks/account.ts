import { ensure, ensureRefused, ensureSame, show, skip } from '../assert.js';
import type { Check } from '../context.js';
import { KINDS } from '../fixtures.js';

/** Who the credential is. */
export const accountChecks: Check[] = [
  {
    id: 'account.verify', capability: 'account', sentence: 'tells the account of a right credential, the same each time',
    run: async (context) => {
      const identity = await context.call('account.verify', {});
      ensure(typeof identity?.accountId === 'string' && identity.accountId !== '', `accountId is ${show(identity?.accountId)}`);
      ensureSame(await context.call('account.verify', {}), identity, 'asked again');
    },
  },
  {
    id: 'account.wrong-credential', capability: 'account', sentence: 'answers UNAUTHENTICATED to a wrong credential', needs: ['broken'],
    run: async (context) => {
      await context.session();
      const session = await context.connect(await context.broken());
      await ensureRefused(context.call('account.verify', {}, { session }), ['UNAUTHENTICATED'], 'account.verify');
    },
  },
  {
    id: 'account.wrong-credential-list', capability: 'account', sentence: 'answers UNAUTHENTICATED to any call with a wrong credential', needs: ['broken'],
    run: async (context) => {
      await context.session();
      const session = await context.connect(await context.broken());
      const { region } = await context.place();
      const kinds = KINDS.filter((name) => context.has(name));
      if (kinds.length === 0) skip('needs a kind that can be listed');
      for (const kind of kinds) await ensureRefused(context.invoke(`${kind}.list`, { region, ...(kind === 'node-group' && { clusterId: 'none' }) }, { session }), ['UNAUTHENTICATED'], `${kind}.list`);
    },
  },
];
