import type { ResourceKind } from '../../kinds.js';
import { isDriverError } from '../../errors.js';
import { answers, fail, KINDS, lost, methods, neighbour, ofKinds, refusals } from './alter.js';
import type { Row, WrongDriver } from './alter.js';

const every = (method: string): string[] => KINDS.map((kind) => `${kind}.${method}`);
const tokens = { idempotencyToken: [...KINDS] as ResourceKind[], uniqueName: [] };
const names = { idempotencyToken: [], uniqueName: [...KINDS] as ResourceKind[] };
const nonce = (): string => Math.random().toString(36).slice(2);
const ENOUGH_KEY = `ssh-ed25519 ${'A'.repeat(64)}`;
const NOT_USED = { idempotencyToken: [], uniqueName: [] };

/** Wrong lives of things, from create to delete. */
export const wrongKinds: WrongDriver[] = [
  answers('a create that tells another region', every('create'), ofKinds('create'), (row) => ({ ...row, region: 'elsewhere' })),
  answers('things under names of their own', every('get'), ofKinds('name'), (row) => ({ ...row, name: 'own-name' })),
  answers('a get that tells another region', every('get'), ofKinds('get'), (row) => ({ ...row, region: 'elsewhere' })),
  refusals('a refusal without the code of the provider', every('get'), 'NOT_FOUND', ofKinds('get-unknown'), () => fail('NOT_FOUND', 'not there', {})),
  methods('a create that ignores its token', every('create'), [...ofKinds('token-again'), ...ofKinds('token-at-once'), ...lost()], (original) => (request, signal) => original({ ...request, token: nonce() }, signal), tokens),
  methods('a create that looks before it makes, so that two at once both make', every('create'), [...ofKinds('token-at-once'), ...lost()], (original) => {
    const done = new Map<unknown, unknown>();
    return async (request, signal) => {
      if (!done.has(request.token)) done.set(request.token, await original({ ...request, token: nonce() }, signal));
      return done.get(request.token);
    };
  }, tokens),
  methods('a create that gives what has the name already', every('create'), ofKinds('unique-name'), (original, _box, name, groups) => async (request, signal) => {
    const list = neighbour(groups, name, 'list');
    return original(request, signal).catch(async (error: unknown) => {
      if (!isDriverError(error) || error.code !== 'ALREADY_EXISTS') throw error;
      const wanted = (request.names as string[] | undefined)?.[0] ?? request.name;
      const { items } = (await list({ region: request.region }, signal)) as { items: Row[] };
      const found = items.find((row) => row.name === wanted);
      return request.names ? { items: [found] } : found;
    });
  }, names),
  methods('a delete that does nothing', every('delete'), [...ofKinds('delete'), ...lost(), ...ofKinds('delete-with-vm', ['security-group', 'subnet']), 'network.delete-with-subnet', ...ofKinds('delete-attached', ['disk', 'network-interface', 'internet-gateway']), 'vpn-gateway.delete-with-connection', 'bucket.delete-with-object', 'dns-zone.delete-with-record', 'kit.nothing-left'], () => async () => undefined, NOT_USED),
  methods('a delete that fails where the thing is gone', every('delete'), ofKinds('delete-again'), (original, _box, name, groups) => async (request, signal) => {
    await neighbour(groups, name, 'get')(request, signal);
    return original(request, signal);
  }),
  refusals('a delete that takes away what others need', ['network.delete', 'subnet.delete', 'security-group.delete'], 'IN_USE', [...ofKinds('delete-with-vm', ['security-group', 'subnet']), 'network.delete-with-subnet'], () => undefined),
  methods('a network that goes with the subnets in it', ['network.delete'], ['network.delete-with-subnet'], (original, box) => (request, signal) =>
    original(request, signal).catch((error: unknown) => (isDriverError(error) && error.code === 'IN_USE' ? box.cloud.erase(request.id as string) : Promise.reject(error)))),
  refusals('a disk that goes while a VM has it', 'disk.delete', 'IN_USE', ['disk.delete-attached'], () => undefined),
  answers('a network of another range', 'network.get', ['network.range'], (row) => ({ ...row, cidr: '10.0.0.0/8' })),
  refusals('a range that is made right in silence', 'network.create', 'INVALID_REQUEST', ['network.range-wrong'], (_error, request, original, signal) => original({ ...request, cidr: '10.9.0.0/16' }, signal)),
  answers('a subnet without its zone', 'subnet.get', ['subnet.place'], ({ zone: _, ...row }) => row),
  refusals('a subnet in whatever network there is', 'subnet.create', 'NOT_FOUND', ['subnet.unknown-network'], async (_error, request, original, signal, groups) => {
    const { items } = await groups.network.list({ region: request.region as string }, signal);
    return original({ ...request, networkId: items[0]?.id }, signal);
  }),
  refusals('a subnet that is another one, where its range is wrong', 'subnet.create', 'INVALID_REQUEST', ['subnet.outside', 'subnet.overlap'], async (_error, request, _original, signal, groups) =>
    (await groups.subnet.list({ region: request.region as string }, signal)).items[0]),
  methods('a group without the rules out', ['security-group.create'], ['security-group.rules'], (original) => (request, signal) =>
    original({ ...request, rules: (request.rules as Row[]).filter((rule) => rule.direction === 'ingress') }, signal)),
  methods('rules that are only added', ['security-group.setRules'], ofKinds('set-rules', ['security-group']).concat('security-group.set-rules-again', 'security-group.no-rules', 'security-group.rules-wrong'), (original, _box, name, groups) => async (request, signal) => {
    const now = (await neighbour(groups, name, 'get')(request, signal)) as { rules: Row[] };
    return original({ ...request, rules: [...now.rules, ...(request.rules as Row[])] }, signal);
  }),
  methods('rules that cannot be set again', ['security-group.setRules'], ['security-group.set-rules-again'], (original, _box, name, groups) => async (request, signal) => {
    const now = (await neighbour(groups, name, 'get')(request, signal)) as { rules: Row[] };
    return JSON.stringify(now.rules) === JSON.stringify(request.rules) ? fail('ALREADY_EXISTS') : original(request, signal);
  }),
  methods('rules that cannot be taken away', ['security-group.setRules'], ['security-group.no-rules'], (original, _box, name, groups) => (request, signal) =>
    (request.rules as Row[]).length > 0 ? original(request, signal) : neighbour(groups, name, 'get')(request, signal)),
  refusals('ports that are turned round in silence', 'security-group.setRules', 'INVALID_REQUEST', ['security-group.rules-wrong'], (_error, request, original, signal) => original({ ...request, rules: [] }, signal)),
  answers('a fingerprint that changes', 'key-pair.get', ['key-pair.fingerprint'], (row) => ({ ...row, fingerprint: nonce() })),
  refusals('a key that is none, taken', 'key-pair.create', 'INVALID_REQUEST', ['key-pair.wrong-key'], (_error, request, original, signal) => original({ ...request, publicKey: ENOUGH_KEY }, signal)),
  methods('a create that loses its tags', ['subnet.create'], ['subnet.create', 'subnet.get', 'subnet.list-by-tags', 'subnet.pages', 'tag.set-subnet', 'tag.remove-subnet', ...lost(['subnet']), 'kit.nothing-left'], (original) => (request, signal) => original({ ...request, tags: {} }, signal)),
];
