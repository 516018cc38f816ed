import { makeCards } from './cards.js';
import { carries } from './holding.js';
import { checkQuotas } from './quotas.js';
import { ruleOf } from './rules/index.js';
import type { Made } from './rules/index.js';
import type { Step } from './step.js';
import { WorldError } from './types.js';
import type { Attributes, CreateThing, Kind, Span, Thing } from './types.js';

/** Makes a thing with all the checks of its cloud, or gives the one that this token made before. */
export function create<K extends Made>(step: Step, kind: K, input: CreateThing<K>): Thing<K> {
  const { token, ...request } = input;
  const [thing] = once(step, kind, token, request, () => {
    const rule = ruleOf(kind);
    // A copy: what the thing becomes must not change what was asked.
    const attributes = rule.check(step, structuredClone(input.attributes), input.name);
    checkName(step, { kind, attributes }, input.name);
    checkQuotas(step, [{ measure: kind, amount: 1 }, ...(rule.claims?.(attributes) ?? [])]);
    const made = born(step, kind, input, attributes);
    rule.begin?.(step, made);
    if (rule.cards) giveCards(step, made);
    step.holding.add(made);
    const ms = step.draw(spanOf(step, 'create', rule.create));
    if (rule.create === undefined) Object.assign(made, { state: 'available', ready: true });
    else step.begin(made, 'pending', ms, 'available');
    return [made];
  });
  return thing as Thing<K>;
}

/** What a managed thing took for itself goes back where its interfaces find no room. */
function giveCards<K extends Made>(step: Step, owner: Thing<K>): void {
  try {
    makeCards(step, owner, (kind, name, attributes) => born(step, kind, { name, tags: {} }, attributes));
  } catch (error) {
    ruleOf(owner.kind).end?.(step.engine, owner);
    throw error;
  }
}

/** Length of a change by the rule of a kind; nothing where it has none. */
export const spanOf = (step: Step, what: 'create' | 'delete', span: Span | 'plain' | undefined): Span => (span === 'plain' ? step.personality.delays[what] : (span ?? [0, 0]));

/** Runs `work` once per token, where the cloud honours tokens for the kind. @throws WorldError INVALID_REQUEST, reason `token-mismatch`. */
export function once<K extends Kind>(step: Step, kind: K, token: string | undefined, request: unknown, work: () => Thing<K>[]): Thing<K>[] {
  const key = `${step.call.cloud}/${step.call.account}/${step.regionOf(kind)}/${kind}/${token}`;
  const honoured = token !== undefined && (step.personality.idempotencyToken as Kind[]).includes(kind);
  const known = honoured ? step.engine.tokens.find(key, request) : undefined;
  const things = (known ?? work()) as Thing<K>[];
  if (honoured && !known) step.engine.tokens.remember(key, request, things);
  for (const thing of things) {
    step.made.add(thing);
    step.touch(thing);
  }
  return things;
}

/** A thing as it comes into the world. */
export function born<K extends Kind>(step: Step, kind: K, input: { name: string; tags: Record<string, string>; token?: string }, attributes: Attributes[K]): Thing<K> {
  const token = input.token ?? step.call.token;
  return {
    // A bucket's name is its id, in every cloud.
    kind, id: kind === 'bucket' ? input.name : step.newId(kind), name: input.name, cloud: step.call.cloud, account: step.call.account, region: step.regionOf(kind), serial: ++step.engine.serial, tags: { ...input.tags },
    state: 'pending' as Thing<K>['state'], ...(token !== undefined && { token }), createdAt: step.engine.date(), since: step.engine.now(), visibleAt: step.visibleAt(), attributes,
  };
}

/** @throws WorldError ALREADY_EXISTS where the cloud keeps names of this kind unique. Seen or not: the cloud knows what it has. */
export function checkName(step: Step, thing: { kind: Kind; attributes?: Attributes[Kind] }, name: string, self?: Thing): void {
  if (name === '' || !(step.personality.uniqueName as Kind[]).includes(thing.kind)) return;
  for (const other of step.holding.named(thing, step.regionOf(thing.kind), name)) {
    if (other !== self && other.state !== 'terminated') throw new WorldError('ALREADY_EXISTS', `a ${thing.kind} named '${name}' exists already`, { kind: thing.kind, id: other.id, field: 'name' });
  }
}

/** Changes name, tags or attributes of what is there; attributes of some kinds take effect a while later. @throws WorldError CONFLICT while it is being made or changed. */
export function change<K extends Kind>(step: Step, kind: K, id: string, wanted: { name?: string; tags?: Record<string, string>; removeTags?: string[]; attributes?: Partial<Attributes[K]> }): Thing<K> {
  const thing = step.find(kind, id);
  if (wanted.name !== undefined && wanted.name !== thing.name) checkName(step, thing, wanted.name, thing);
  const rule = kind === 'vm' ? undefined : ruleOf(kind as Made);
  const { attributes } = wanted;
  if (attributes && rule?.update && thing.state !== 'available') throw new WorldError('CONFLICT', `the ${kind} '${id}' is ${thing.state}`, { kind, id });
  const along = attributes && rule?.change?.(step, thing as Thing<Made>, attributes);
  step.holding.update(thing, () => {
    thing.name = wanted.name ?? thing.name;
    thing.tags = { ...thing.tags, ...wanted.tags };
    for (const key of wanted.removeTags ?? []) delete thing.tags[key];
    Object.assign(thing.attributes, attributes, along);
  });
  if (attributes && rule?.update) step.begin(thing, 'pending', step.draw(rule.update), 'available');
  step.touch(thing);
  return thing;
}

/** Things that a caller sees, narrowed. */
export function list<K extends Kind>(step: Step, kind: K, filter: { ids?: string[]; tags?: Record<string, string>; where?: (thing: Thing<K>) => boolean } = {}): Thing<K>[] {
  const region = step.regionOf(kind);
  const { ids, tags = {}, where } = filter;
  const found = ids
    ? [...new Set(ids)].flatMap((id) => step.holding.find(kind, id, region) ?? []).filter((thing) => carries(thing, tags)).sort((one, other) => one.serial - other.serial)
    : Object.keys(tags).length > 0 ? step.holding.tagged(kind, region, tags) : [...step.holding.of(kind, region)];
  return found.filter((thing) => step.sees(thing) && (!where || where(thing)));
}

