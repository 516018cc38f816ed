import { RESOURCE_KINDS } from '@mcmp/driver-sdk';
import { z } from 'zod';
import type { BoxWorld, RegionView } from '../world/index.js';
import { METHODS } from './methods/index.js';
import type { Caller } from './methods/index.js';
import { Cursors } from './pages.js';
import { Refused } from './refused.js';

const word = z.string().min(1).max(200);
/** What a person does in a cloud's own console. What the SDK's request of it has beside these members stands beside them, e.g. `cidr` of a network. */
export const Outside = z.looseObject({
  cloud: word, account: word, region: word.optional(), action: z.enum(['create', 'change', 'delete']), kind: z.enum(RESOURCE_KINDS), id: z.string().max(512).optional(),
  /** What a change is: a method of the kind such as `stop`, `attach`, `setRules`; tags and name where it is absent. */
  verb: z.string().regex(/^[a-zA-Z]{1,31}$/).optional(),
  /** Who is said to have done it. */
  person: word.optional(),
});
export type Outside = z.infer<typeof Outside>;

let made = 0;

/** What a person in a console would fill in: a name, no tags of ours, and for a VM what lies at hand. */
function filledIn(view: RegionView, kind: string, given: Record<string, unknown>): Record<string, unknown> {
  const name = typeof given.name === 'string' ? given.name : `console-${(made += 1)}`;
  if (kind !== 'vm') return { name, tags: {}, ...given };
  const [subnet] = view.list('subnet');
  const spec = view.personality.specs(view.region.id).find(({ architecture, gpuCount }) => architecture === 'amd64' && gpuCount === 0);
  const image = view.personality.images.find(({ architecture }) => architecture === 'amd64');
  return {
    names: [name], tags: {}, specId: spec?.id, imageId: image?.id(view.region.id), subnetId: subnet?.id, networkId: subnet?.attributes.networkId, securityGroupIds: [], keyPairId: view.list('key-pair')[0]?.id ?? 'none', publicAddress: true, ...given,
  };
}

/** Does it, past limits, faults and latency. @throws WorldError as the cloud refuses it; ZodError where members of the request are missing. */
export function actOutside(world: BoxWorld, { cloud, account, region = '', action, kind, verb, person = 'somebody', ...rest }: Outside): unknown {
  const name = action === 'change' ? (verb === undefined ? 'tag.set' : `${kind}.${verb}`) : `${kind}.${action}`;
  const method = METHODS.get(name);
  if (!method) throw new Refused(400, `there is no method '${name}'`);
  const caller: Caller = { account, cursors: new Cursors('', ''), base: 'http://box', secret: '', now: world.date() };
  return world.outside({ cloud, account, region, method: name, api: `Console.${name}`, actor: `console:${person}` }, (view) => {
    const given = { tags: {}, ...rest, region: view.region.id, ...(name === 'tag.set' && { kind }) };
    return structuredClone(method.run(view, method.request.parse(action === 'create' ? { ...filledIn(view, kind, rest), region: view.region.id } : given), caller));
  });
}
