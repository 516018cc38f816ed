import { isDriverError } from '@mcmp/driver-sdk';
import type { ById, CreateRequest, DiskHandlers, KeyPairHandlers, Lifecycle, NetworkHandlers, Page, PublicIpHandlers, SecurityGroupHandlers, SubnetHandlers, TagHandlers, ResourceKind, Traits, VmHandlers, VmState } from '@mcmp/driver-sdk';
import type { PlainClient } from './client.js';
import { mapPage, toDisk, toKeyPair, toNetwork, toPublicIp, toSecurityGroup, toSubnet, toVm } from './map.js';
import type { Row } from './map.js';

/** Create, get, list and delete of one kind: the wire mirrors the SDK's requests. Each create is one call, so that resuming is finding. */
function lifecycle<T extends { state: unknown; name: string }, C extends Partial<CreateRequest>>(client: PlainClient, kind: ResourceKind, map: (row: Row<T>) => T): Lifecycle<T, C> {
  return {
    create: async ({ resume, ...request }, signal) => {
      const found = resume ? (await client.call<Page<Row<T>>>(`${kind}.list`, { region: request.region, tags: request.tags }, signal)).items.find(({ name }) => name === request.name) : undefined;
      return map(found ?? (await client.call<Row<T>>(`${kind}.create`, request, signal)));
    },
    get: async (request, signal) => map(await client.call<Row<T>>(`${kind}.get`, request, signal)),
    list: async (request, signal) => mapPage(await client.call<Page<Row<T>>>(`${kind}.list`, request, signal), map),
    delete: (request, signal) => client.call(`${kind}.delete`, request, signal).then(nothing, gone),
  };
}
const nothing = (): void => undefined;
/** What is gone is deleted. */
const gone = (error: unknown): void => {
  if (!isDriverError(error) || error.code !== 'NOT_FOUND') throw error;
};

export const networks = (client: PlainClient): NetworkHandlers => lifecycle(client, 'network', toNetwork);
export const keyPairs = (client: PlainClient): KeyPairHandlers => lifecycle(client, 'key-pair', toKeyPair);

/** Where subnets span the region, a zone that was asked says nothing. */
export function subnets(client: PlainClient, { subnetScope }: Traits): SubnetHandlers {
  const handlers: SubnetHandlers = lifecycle(client, 'subnet', toSubnet);
  return { ...handlers, create: ({ zone, ...request }, signal) => handlers.create({ ...request, ...(zone !== undefined && subnetScope === 'zone' && { zone }) }, signal) };
}

export const securityGroups = (client: PlainClient): SecurityGroupHandlers => ({
  ...lifecycle(client, 'security-group', toSecurityGroup),
  setRules: async (request, signal) => toSecurityGroup(await client.call('security-group.setRules', request, signal)),
});

export function vms(client: PlainClient, states: Record<string, VmState>): VmHandlers {
  const map = toVm(states);
  const act = (action: string) => (request: ById, signal: AbortSignal): Promise<void> => client.call(`vm.${action}`, request, signal).then(nothing);
  return {
    ...lifecycle(client, 'vm', map),
    create: async ({ resume: _resume, ...request }, signal) => ({ items: (await client.call<{ items: Parameters<typeof map>[0][] }>('vm.create', request, signal)).items.map(map) }),
    start: act('start'), stop: act('stop'), reboot: act('reboot'), resize: act('resize'),
  };
}

export const disks = (client: PlainClient): DiskHandlers => ({
  ...lifecycle(client, 'disk', toDisk),
  attach: async (request, signal) => toDisk(await client.call('disk.attach', request, signal)),
  detach: async (request, signal) => toDisk(await client.call('disk.detach', request, signal)),
  resize: async (request, signal) => toDisk(await client.call('disk.resize', request, signal)),
});

export const publicIps = (client: PlainClient): PublicIpHandlers => ({
  ...lifecycle(client, 'public-ip', toPublicIp),
  associate: async (request, signal) => toPublicIp(await client.call('public-ip.associate', request, signal)),
  disassociate: async (request, signal) => toPublicIp(await client.call('public-ip.disassociate', request, signal)),
});

/** Names are no tags here; yet a name can be changed with them. */
export const tags = (client: PlainClient): TagHandlers => ({
  set: (request, signal) => client.call('tag.set', request, signal).then(nothing),
  remove: (request, signal) => client.call('tag.remove', request, signal).then(nothing),
});
