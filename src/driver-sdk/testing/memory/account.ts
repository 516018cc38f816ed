import type { Quota } from '../../catalog.js';
import type { HandlerGroups } from '../../driver.js';
import * as catalog from './catalog.js';
import { ACCOUNT, Refusal } from './cloud.js';
import type { MemoryDoor } from './door.js';
import { refuse } from './ranges.js';

type Account = Pick<HandlerGroups, 'account' | 'region' | 'spec' | 'image' | 'price' | 'quota' | 'metric' | 'event' | 'charge' | 'iam-user' | 'iam-role' | 'function'>;

const idOf = (row: { id: string }): string => row.id;
const nonce = (): string => Math.random().toString(36).slice(2, 12);

/** Who the account is, what it may use, what happened in it, what it pays, and who may enter. */
export function accountGroups(door: MemoryDoor): Account {
  const { cloud } = door;
  return {
    account: { verify: (_request, signal) => door.ask('account.verify', signal, () => ({ accountId: ACCOUNT.id })) },
    region: {
      list: door.pages('region.list', idOf, () => catalog.REGIONS),
      listZones: door.pages('region.listZones', idOf, ({ region }: { region: string }) => catalog.zones(region)),
    },
    spec: { list: door.pages('spec.list', idOf, ({ region }: { region: string }) => catalog.specs(region)) },
    image: {
      list: door.pages('image.list', idOf, ({ region, ids }: { region: string; ids?: string[] }) => {
        const own = cloud.of('custom-image', region).map(({ id, name }) => ({ id, region, name, osFamily: 'ubuntu', osVersion: '24.04', architecture: 'amd64' as const, sshUser: 'ubuntu' }));
        return ids ? [...catalog.images(region), ...own].filter(({ id }) => ids.includes(id)) : catalog.images(region);
      }),
    },
    price: { list: door.pages('price.list', (row) => row.specId, ({ region, purchase }: { region: string; purchase: 'on-demand' | 'spot' }) => catalog.prices(region, purchase)) },
    quota: { list: door.pages<{ region: string }, Quota>('quota.list', idOf, ({ region }) => catalog.quotas(region, (kind) => cloud.of(kind, region).length)) },
    ...tellingGroups(door),
    ...identityGroups(door),
    function: {
      call: ({ name, input }, signal) => door.ask('function.call', signal, () => {
        if (name !== 'measureText') throw new Refusal(404, 'NoSuchThing', `There is no function ${name}.`);
        const { text = '' } = input as { text?: string };
        return { output: { text, letters: text.length } };
      }),
    },
  };
}

/** Metrics, events and charges, all of them made of the time. */
function tellingGroups(door: MemoryDoor): Pick<Account, 'metric' | 'event' | 'charge'> {
  const { cloud } = door;
  return {
    metric: {
      list: door.pages('metric.list', ({ name }) => name, ({ kind }: Parameters<HandlerGroups['metric']['list']>[0]) => catalog.metrics(kind)),
      read: ({ region, kind, ids, name, from, to, periodSeconds }, signal) => door.ask('metric.read', signal, () => {
        if (!catalog.metrics(kind).some((metric) => metric.name === name)) refuse('BadValue', `There is no metric ${name}.`);
        const [step, first, end] = [periodSeconds * 1_000, Date.parse(from), Math.min(Date.parse(to), Date.now())];
        const times = Array.from({ length: Math.max(0, Math.ceil((end - first) / step)) }, (_, index) => Math.ceil(first / step) * step + index * step).filter((at) => at < end);
        const known = new Set(cloud.of(kind, region).map(idOf));
        return { items: ids.map((id) => ({ id, points: known.has(id) ? times.map((at) => ({ at: new Date(at).toISOString(), value: (at / step) % 100 })) : [] })) };
      }),
    },
    event: {
      list: door.pages('event.list', idOf, ({ region, from, to, resourceId }: Parameters<HandlerGroups['event']['list']>[0]) =>
        cloud.happened.filter((event) => event.region === region && event.at >= Date.parse(from) && event.at < Date.parse(to) && (resourceId === undefined || event.resourceId === resourceId))
          .map((event) => ({ ...event, at: new Date(event.at).toISOString(), actor: ACCOUNT.id, failed: false })).reverse()),
    },
    charge: {
      list: door.pages('charge.list', (row) => `${row.from} ${row.service}`, ({ region, from, to }: Parameters<HandlerGroups['charge']['list']>[0]) => catalog.charges(region, Date.parse(from), Date.parse(to))),
    },
  };
}

function identityGroups(door: MemoryDoor): Pick<Account, 'iam-user' | 'iam-role'> {
  const policies = (method: 'iam-user.setPolicies' | 'iam-role.setPolicies') => (request: { region: string; id: string; policyIds: string[] }, signal: AbortSignal) =>
    door.change<never>(method, request, signal, ({ fields }) => void (fields.policyIds = request.policyIds));
  return {
    'iam-user': {
      ...door.single('iam-user', () => ({ policyIds: [], keyIds: [] })),
      createKey: ({ region, id }, signal) => door.ask('iam-user.createKey', signal, () => {
        const { fields } = door.cloud.get('iam-user', region, id);
        const key = { keyId: `key-${nonce()}`, secret: `user-secret-${nonce()}` };
        fields.keyIds = [...(fields.keyIds as string[]), key.keyId];
        return key;
      }),
      deleteKey: async (request, signal) => {
        await door.change('iam-user.deleteKey', request, signal, ({ fields }) => void (fields.keyIds = (fields.keyIds as string[]).filter((keyId) => keyId !== request.keyId)));
      },
      setPolicies: policies('iam-user.setPolicies'),
    },
    'iam-role': {
      ...door.single('iam-role', ({ trust }) => ({ trust, policyIds: [] })),
      setPolicies: policies('iam-role.setPolicies'),
      assume: ({ region, id, durationSeconds }, signal) => door.ask('iam-role.assume', signal, () => {
        const credential = { key: `${door.cloud.get('iam-role', region, id).id.replace(/\d/g, 'x')}-${nonce().replace(/\d/g, 'x')}`, secret: `role-secret-${nonce()}` };
        door.cloud.credentials.set(credential.key, credential.secret);
        return { credential, expiresAt: new Date(Date.now() + durationSeconds * 1_000).toISOString() };
      }),
    },
  };
}
