import type { ResourceKind } from '../../kinds.js';
import { isDriverError } from '../../errors.js';
import type { Tags } from '../../shapes.js';
import { ensure, ensureRefused, ensureSame, ensureSameSet, skip } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { consequence } from '../context.js';
import { doorOf, KINDS, listAll, runTags, strangerOf, use } from '../fixtures.js';

/** The kit's own tags of a thing; clouds may add theirs. */
const seen = (tags: Tags): string[] => Object.entries(tags).filter(([key]) => key.startsWith('kit-') || key === 'mcmp-project').map((pair) => pair.join('='));
const own = (context: CheckContext): string => Object.entries(runTags(context)).map((pair) => pair.join('=')).join();

async function ensureTags(context: CheckContext, kind: ResourceKind, id: string, expected: string[]): Promise<void> {
  await context.eventually(async () => ensureSameSet(seen((await doorOf(context, kind).get(id)).tags), expected, `tags of the ${kind}`));
}

/** Changes tags; a kind that cannot is left out. */
async function change(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => (isDriverError(error) && error.code === 'UNSUPPORTED' ? skip(error.message) : Promise.reject(error)));
}

/** What names a thing for its tags: a node group is one of its cluster. */
async function named(context: CheckContext, kind: ResourceKind): Promise<{ region: string; kind: ResourceKind; id: string; clusterId?: string }> {
  const { region, id, clusterId } = await use(context, kind);
  return { region, kind, id, ...(kind === 'node-group' && clusterId !== undefined && { clusterId }) };
}

/** The thing with two tags of the kit, for a check that is about something else. */
async function tagged(context: CheckContext, kind: ResourceKind): ReturnType<typeof named> {
  const thing = await named(context, kind);
  await change(context.call('tag.set', { ...thing, tags: { 'kit-one': '1', 'kit-two': '2' } })).catch((error: unknown) => {
    throw consequence('a thing with tags', error);
  });
  return thing;
}

const check = (what: string, kind: ResourceKind, sentence: string, run: Check['run']): Check => ({ id: `tag.${what}-${kind}`, capability: 'tag', sentence, needs: [kind], run });

/** What later changes of tags keep, for every kind. */
export const tagChecks: Check[] = KINDS.flatMap((kind) => [
  check('set', kind, `sets tags of a ${kind} and leaves the others`, async (context) => {
    const thing = await named(context, kind);
    await change(context.call('tag.set', { ...thing, tags: { 'kit-one': '1', 'kit-two': '2' } }));
    await change(context.call('tag.set', { ...thing, tags: { 'kit-two': 'b' } }));
    await ensureTags(context, kind, thing.id, [own(context), 'kit-one=1', 'kit-two=b']);
    await context.eventually(async () => ensureSame((await listAll(context, kind, { tags: { ...runTags(context), 'kit-two': 'b' } })).map(({ id }) => id), [thing.id], 'found by the new tag'));
  }),
  check('remove', kind, `removes tags of a ${kind}, absent ones without complaint`, async (context) => {
    const thing = await tagged(context, kind);
    await change(context.call('tag.remove', { ...thing, keys: ['kit-one', 'kit-absent'] }));
    await ensureTags(context, kind, thing.id, [own(context), 'kit-two=2']);
    await change(context.call('tag.remove', { ...thing, keys: ['kit-two'] }));
    await ensureTags(context, kind, thing.id, [own(context)]);
  }),
]).concat([
  {
    id: 'tag.name', capability: 'tag', sentence: 'renames a VM where its name is a tag, else leaves it, and keeps its tags', needs: ['vm'],
    run: async (context) => {
      const { region, id, name } = await use(context, 'vm');
      const wanted = `kit-${context.run}-renamed`;
      await change(context.call('tag.set', { region, kind: 'vm', id, tags: {}, name: wanted }));
      const now = await context.eventually(() => doorOf(context, 'vm').get(id));
      ensure([name, wanted].includes(now.name), `the name was ${name}, ${wanted} was asked, it is ${now.name}`);
      ensureSame(now.tags['mcmp-project'], runTags(context)['mcmp-project'], 'the owner tag afterwards');
    },
  },
  {
    id: 'tag.unknown-cluster', capability: 'tag', sentence: 'answers NOT_FOUND for tags of a node group of a cluster that does not exist', needs: ['node-group'],
    run: async (context) => {
      const thing = await named(context, 'node-group');
      const work = context.call('tag.set', { ...thing, clusterId: strangerOf(thing.clusterId ?? ''), tags: { 'kit-one': '1' } });
      await change(ensureRefused(work, ['NOT_FOUND', 'UNSUPPORTED'], 'tag.set of a node group of an unknown cluster').then(({ code, message }) => (code === 'UNSUPPORTED' ? skip(message) : undefined)));
    },
  },
  {
    id: 'tag.unknown', capability: 'tag', sentence: 'answers NOT_FOUND for tags of a thing that does not exist', needs: ['vm'],
    run: async (context) => {
      const { region, id } = await use(context, 'vm');
      await ensureRefused(context.call('tag.set', { region, kind: 'vm', id: strangerOf(id), tags: { 'kit-one': '1' } }), ['NOT_FOUND'], 'tag.set of an unknown VM');
    },
  },
]);
