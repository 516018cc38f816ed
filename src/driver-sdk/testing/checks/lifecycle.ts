import type { ResourceKind } from '../../kinds.js';
import { ensure, ensureNoTwin, ensureRefused, ensureSame, ensureSameSet, show, skip } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { consequence } from '../context.js';
import type { Draft, Thing } from '../fixtures.js';
import { doorOf, draft, fixture, isLive, listAll, make, makeSecond, runTags, second, strangerOf, use } from '../fixtures.js';
import { deleteSecond, remove } from '../removal.js';

const idsOf = (things: readonly Thing[]): string[] => things.map((thing) => thing.id);

/** Whether a thing carries these tags, others aside. */
const carries = (thing: Thing, tags: Record<string, string>): boolean => Object.entries(tags).every(([key, value]) => thing.tags?.[key] === value);

/** Says no more than `what` where the trait does not name the kind. */
async function onlyWith(context: CheckContext, trait: 'idempotencyToken' | 'uniqueName', kind: ResourceKind): Promise<void> {
  if (!(await context.traits())[trait].includes(kind)) skip(`traits.${trait} does not name ${kind}`);
}

/** Holds that exactly one thing, or one batch, was made of a request. */
export async function ensureOne(context: CheckContext, kind: ResourceKind, request: Draft): Promise<void> {
  const wanted = request.names?.length ?? 1;
  const truth = await context.options.faults?.count?.(kind, request.tags);
  ensure(truth === undefined || truth === wanted, `the cloud holds ${truth} instead of ${wanted}`);
  await context.eventually(async () => ensureSame((await listAll(context, kind, { tags: request.tags })).filter(isLive).length, wanted, `${kind}s of one request`));
}

/** Removes whatever a request made. */
export async function removeAll(context: CheckContext, kind: ResourceKind, request: Draft): Promise<void> {
  for (const thing of (await listAll(context, kind, { tags: request.tags })).filter(isLive)) await remove(context, kind, thing.id);
}

/** What every kind keeps from create to delete. */
export function lifecycleChecks(kind: ResourceKind): Check[] {
  const check = (what: string, sentence: string, run: Check['run']): Check => ({ id: `${kind}.${what}`, capability: kind, sentence, run });
  return [
    check('create', `makes a ${kind}, and tells its id, region, tags and the provider's state`, async (context) => {
      const { request, answers } = await make(context, kind);
      ensureNoTwin(idsOf(answers), 'ids');
      ensureSame(answers.length, request.names?.length ?? 1, 'things made');
      for (const answer of answers) {
        ensureSame(answer.region, request.region, 'region');
        ensure(carries(answer, request.tags), `tags: expected ${show(request.tags)}, got ${show(answer.tags)}`);
        ensure(typeof answer.providerState === 'string' && answer.providerState !== '', `providerState is ${show(answer.providerState)}`);
      }
    }),
    check('name', `makes a second ${kind}, called by the name that was asked`, async (context) => {
      const { request, thing } = await makeSecond(context, kind);
      ensureSame(thing.name, request.name, 'name');
    }),
    check('get', `gets the ${kind} that was made, with its tags`, async (context) => {
      const { request, things } = await fixture(context, kind);
      for (const { id } of things) {
        const seen = await doorOf(context, kind).get(id);
        ensureSame([seen.id, seen.region], [id, request.region], 'id and region');
        ensure(carries(seen, request.tags), `tags: expected ${show(request.tags)}, got ${show(seen.tags)}`);
      }
    }),
    check('get-unknown', `answers NOT_FOUND, with the provider's code, for a ${kind} that does not exist`, async (context) => {
      const error = await ensureRefused(doorOf(context, kind).get(strangerOf((await use(context, kind)).id)), ['NOT_FOUND'], `${kind}.get of an unknown id`);
      ensure(typeof error.detail?.providerCode === 'string' && error.detail.providerCode !== '', `the error has no providerCode: ${show(error.detail)}`);
    }),
    check('list-by-ids', `lists exactly the ${kind}s of the ids that it knows`, async (context) => {
      const ids = idsOf((await fixture(context, kind)).things);
      await context.eventually(async () => {
        const { items } = await doorOf(context, kind).list({ ids: [...ids, strangerOf(ids[0] as string)] });
        ensureSameSet(idsOf(items), ids, 'ids');
      });
    }),
    check('list-by-tags', `lists exactly the ${kind}s that carry the tags`, async (context) => {
      const { request, things } = await fixture(context, kind);
      await second(context, kind).catch(() => undefined);
      await context.eventually(async () => {
        const found = (await listAll(context, kind, { tags: request.tags })).filter(isLive);
        ensureSameSet(idsOf(found), idsOf(things), 'ids');
        ensure(found.every((thing) => carries(thing, request.tags)), `the list tells other tags: ${show(found[0]?.tags)}`);
      });
    }),
    check('list-both', `lists no ${kind} whose id fits and whose tags do not`, async (context) => {
      const { id } = await use(context, kind);
      const { items } = await doorOf(context, kind).list({ ids: [id], tags: { ...runTags(context), 'mcmp-id': 'another' } });
      ensureSame(idsOf(items), [], 'ids');
    }),
    check('pages', `lists each ${kind} once, in pages of the size that was asked`, async (context) => {
      await fixture(context, kind);
      await second(context, kind);
      await context.eventually(async () => {
        const whole = (await listAll(context, kind, { tags: runTags(context) })).filter(isLive);
        ensure(whole.length > 1, `only ${whole.length} of the run's ${kind}s are listed`);
        const pageSize = whole.length > 2 ? 2 : 1;
        const seen: Thing[] = [];
        let pageToken: string | undefined;
        do {
          const page = await doorOf(context, kind).list({ tags: runTags(context), pageSize, ...(pageToken !== undefined && { pageToken }) });
          ensure(page.items.length <= pageSize, `a page of ${pageSize} has ${page.items.length} items`);
          seen.push(...page.items);
          ensureNoTwin(idsOf(seen), kind);
          pageToken = page.nextPageToken;
          ensure(pageToken === undefined || (typeof pageToken === 'string' && pageToken !== ''), `nextPageToken is ${show(pageToken)}`);
        } while (pageToken !== undefined);
        ensureSameSet(idsOf(seen.filter(isLive)), idsOf(whole), 'small pages against a big one');
      });
    }),
    check('page-token', `refuses a page token of a ${kind} list that it never gave`, async (context) => {
      await ensureRefused(doorOf(context, kind).list({ pageToken: 'never-given' }), ['INVALID_REQUEST'], 'a strange page token');
    }),
    check('token-again', `gives the same ${kind} to the same token, where the traits say so`, async (context) => {
      await onlyWith(context, 'idempotencyToken', kind);
      const { request, things } = await fixture(context, kind);
      ensureSame(idsOf(await doorOf(context, kind).create(request)), idsOf(things), 'ids');
      await ensureOne(context, kind, request);
    }),
    check('token-at-once', `makes one ${kind} of two requests at once with one token, where the traits say so`, async (context) => {
      await onlyWith(context, 'idempotencyToken', kind);
      const request = await draft(context, kind, 'twin');
      const outcomes = await Promise.allSettled([doorOf(context, kind).create(request), doorOf(context, kind).create(request)]);
      const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? idsOf(outcome.value) : []));
      for (const outcome of outcomes) if (outcome.status === 'rejected') await ensureRefused(Promise.reject(outcome.reason), ['CONFLICT'], 'the later of the two');
      ensure(made.length > 0 && new Set(made).size === 1, `ids of one token: ${show(made)}`);
      await ensureOne(context, kind, request);
      await removeAll(context, kind, request);
    }),
    check('unique-name', `refuses a second ${kind} of one name, where the traits say so`, async (context) => {
      await onlyWith(context, 'uniqueName', kind);
      const { request } = await fixture(context, kind);
      const other = { ...(await draft(context, kind, 'name')), name: request.name, ...(request.names && { names: request.names.slice(0, 1) }) };
      await ensureRefused(doorOf(context, kind).create(other), ['ALREADY_EXISTS'], `a second ${kind} of the same name`);
    }),
    check('delete', `deletes a ${kind} for good`, async (context) => {
      const { request } = await deleteSecond(context, kind);
      const truth = await context.options.faults?.count?.(kind, request.tags);
      ensure(truth === undefined || truth === 0, `the cloud still holds ${truth}`);
    }),
    check('delete-again', `deletes a ${kind} that is gone without complaint, twice`, async (context) => {
      const { thing } = await deleteSecond(context, kind).catch((error: unknown) => {
        throw consequence(`a ${kind} that is gone`, error);
      });
      await doorOf(context, kind).delete(thing.id);
      await doorOf(context, kind).delete(thing.id);
    }),
  ];
}
