import type { ResourceKind } from '../../kinds.js';
import { ensure, ensureRefused, ensureSame, show } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { doorOf, draft, fixture, isLive, KINDS, listAll, settled } from '../fixtures.js';
import { ensureOne, removeAll } from './lifecycle.js';

/** Takes the troubles back, whatever becomes of the check. */
const cleared = (run: (context: CheckContext) => Promise<void>) => async (context: CheckContext): Promise<void> => {
  try {
    await run(context);
  } finally {
    await context.options.faults?.clear?.();
  }
};

/** A create whose answer is lost, then what the platform does: repeat by token, or look by tag and make it where it is not found. */
const lostCreate = (kind: ResourceKind) => cleared(async (context) => {
  const request = await draft(context, kind, 'lost');
  const find = async () => (await listAll(context, kind, { tags: request.tags })).filter(isLive);
  const { idempotencyToken, consistencyWindowMs } = await context.traits();
  await context.options.faults?.loseNextAnswer?.(`${kind}.create`);
  const lost = await doorOf(context, kind).create(request).catch((error: unknown) => ensureRefused(Promise.reject(error), ['UNAVAILABLE', 'TIMEOUT'], 'a create whose answer was lost'));
  if (!Array.isArray(lost)) {
    const found = idempotencyToken.includes(kind) ? [] : await context.until('found by tag', async () => nonEmpty(await find()), consistencyWindowMs).catch(() => []);
    if (found.length === 0) await doorOf(context, kind).create(request);
  }
  await ensureOne(context, kind, request);
  for (const { id } of await find()) await settled(context, kind, id);
  await removeAll(context, kind, request);
});
const nonEmpty = <T>(items: T[]): T[] | undefined => (items.length > 0 ? items : undefined);

/** A read whose answer is throttled. */
async function throttled(context: CheckContext) {
  const { region } = await context.place();
  await context.options.faults?.throttleNext?.('network.list');
  return ensureRefused(context.call('network.list', { region }, { patient: false }), ['RATE_LIMITED'], 'a throttled call');
}

/** Behaviour in troubles that a box makes. */
export const faultChecks: Check[] = [
  ...KINDS.map((kind): Check => ({
    id: `faults.lost-${kind}`, capability: 'faults', sentence: `makes one ${kind} in spite of a lost answer: by its token, or found by its tags`, needs: [kind, 'faults.loseNextAnswer'], run: lostCreate(kind),
  })),
  { id: 'faults.throttled', capability: 'faults', sentence: 'tells RATE_LIMITED', needs: ['network', 'faults.throttleNext'], run: cleared(async (context) => void (await throttled(context))) },
  {
    id: 'faults.retry-after', capability: 'faults', sentence: 'tells after which time the cloud allows a repeat', needs: ['network', 'faults.throttleNext'],
    run: cleared(async (context) => {
      const { detail } = await throttled(context);
      ensure(Number(detail?.retryAfterMs) > 0, `retryAfterMs is ${show(detail?.retryAfterMs)}`);
    }),
  },
  {
    id: 'faults.out-of-capacity', capability: 'faults', sentence: 'tells OUT_OF_CAPACITY, and makes nothing', needs: ['vm', 'faults.outOfCapacity'],
    run: cleared(async (context) => {
      const { region, zone } = await context.place();
      const request = await draft(context, 'vm', 'full', Math.min(2, (await context.traits()).vmBatch));
      await context.options.faults?.outOfCapacity?.(region, zone);
      await ensureRefused(doorOf(context, 'vm').create(request), ['OUT_OF_CAPACITY'], 'a batch for a full zone');
      ensureSame((await context.options.faults?.count?.('vm', request.tags)) ?? (await listAll(context, 'vm', { tags: request.tags })).filter(isLive).length, 0, 'VMs made');
    }),
  },
  {
    id: 'faults.truth', capability: 'faults', sentence: 'lists as many VMs as the cloud holds', needs: ['vm', 'faults.count'],
    run: async (context) => {
      const { request } = await fixture(context, 'vm');
      const truth = await context.options.faults?.count?.('vm', request.tags);
      ensureSame((await listAll(context, 'vm', { tags: request.tags })).filter(isLive).length, truth, 'VMs listed against VMs held');
    },
  },
];
