import { ensureSame, ensureSameSet, show } from '../assert.js';
import type { CheckContext } from '../context.js';
import type { ResourceKind } from '../../kinds.js';
import type { Thing } from '../fixtures.js';
import { doorOf, settled } from '../fixtures.js';

/** One part of a thing that can be set: how it is set, and how it is told, as texts in any order. */
export interface Part<T> {
  kind: ResourceKind;
  /** e.g. `setTargets`. */
  method: string;
  /** Members of the request beside region and id. */
  request: (value: T[]) => object;
  tell: (thing: Thing) => string[];
  text: (value: T) => string;
}

/** Sets a part of a thing, `times` over, and holds a later get to exactly that. @throws CheckFailure where it is not so in time. */
export async function setExactly<T>(context: CheckContext, part: Part<T>, { id, region }: { id: string; region: string }, value: T[], times = 1): Promise<void> {
  const { kind, method } = part;
  for (let time = 0; time < times; time++) {
    const answer = (await context.invoke(`${kind}.${method}`, { region, id, ...part.request(value) })) as Thing;
    ensureSame(answer?.id, id, `id of the answer to ${kind}.${method}`);
    await settled(context, kind, id);
  }
  let seen: string[] = [];
  const wanted = value.map(part.text);
  await context.until(`${kind}.${method} holds`, async () => {
    seen = part.tell(await doorOf(context, kind).get(id));
    return sameSet(seen, wanted) ? true : undefined;
  }).catch((error: unknown) => {
    ensureSameSet(seen, wanted, `${kind} after ${method}(${show(value)})`);
    throw error;
  });
}

const sameSet = (one: string[], other: string[]): boolean => JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
