import { type ById, type CreateRequest, type HandlerGroups, type Lifecycle, isDriverError } from '@mcmp/driver-sdk';
import type { Client } from './client.js';
import { type FirewallRow, type KeyRow, type NetworkRow, type Row, type ServerRow, type SubnetRow, fromRule, toKeyPair, toNetwork, toSecurityGroup, toSubnet, toVm } from './map.js';

const pathOf = (kind: string, { region, id }: { region: string; id?: string }): string => `/v1/regions/${region}/${kind}${id === undefined ? '' : `/${encodeURIComponent(id)}`}`;

/** What is gone is deleted. */
const gone = (error: unknown): void => {
  if (!isDriverError(error) || error.code !== 'NOT_FOUND') throw error;
};

/** Get, list and delete of one kind of thing; `show` makes a row of the cloud a thing of the SDK. */
const reads = <R extends Row, T>(client: Client, kind: string, show: (region: string) => (row: R) => T): Omit<Lifecycle<T, never>, 'create'> => ({
  get: async (request, signal) => show(request.region)(await client.send<R>(pathOf(kind, request), signal)),
  list: async ({ region, ids, tags = {}, pageSize, pageToken }, signal) => ids?.length === 0 ? { items: [] } :
    client.page(pathOf(kind, { region }), signal, { limit: pageSize, after: pageToken, id: ids, label: Object.entries(tags).map(([key, value]) => `${key}:${value}`) }, show(region)),
  delete: (request, signal) => client.send<void>(pathOf(kind, request), signal, { method: 'DELETE' }).catch(gone),
});

/** The same with a create of one thing. The cloud keeps request tokens, so that a repeat finds what the first call made. */
const lifecycle = <R extends Row, T, C extends CreateRequest>(client: Client, kind: string, show: (region: string) => (row: R) => T, body: (request: C) => object): Lifecycle<T, C> => ({
  ...reads(client, kind, show),
  create: async (request, signal) => {
    const { region, name, tags, token } = request;
    return show(region)(await client.send<R>(pathOf(kind, { region }), signal, { method: 'POST', token, body: { name, labels: tags, ...body(request) } }));
  },
});

export const networks = (client: Client): HandlerGroups['network'] => lifecycle<NetworkRow, ReturnType<ReturnType<typeof toNetwork>>, Parameters<HandlerGroups['network']['create']>[0]>(client, 'networks', toNetwork, ({ cidr }) => ({ range: cidr }));

export const subnets = (client: Client): HandlerGroups['subnet'] => lifecycle<SubnetRow, ReturnType<ReturnType<typeof toSubnet>>, Parameters<HandlerGroups['subnet']['create']>[0]>(client, 'subnets', toSubnet, ({ networkId, cidr }) => ({ network: networkId, range: cidr }));

export const keyPairs = (client: Client): HandlerGroups['key-pair'] => lifecycle<KeyRow, ReturnType<ReturnType<typeof toKeyPair>>, Parameters<HandlerGroups['key-pair']['create']>[0]>(client, 'keys', toKeyPair, ({ publicKey }) => ({ publicKey }));

export const securityGroups = (client: Client): HandlerGroups['security-group'] => ({
  ...lifecycle<FirewallRow, ReturnType<ReturnType<typeof toSecurityGroup>>, Parameters<HandlerGroups['security-group']['create']>[0]>(client, 'firewalls', toSecurityGroup, ({ networkId, rules }) => ({ network: networkId, rules: rules.map(fromRule) })),
  setRules: async (request, signal) => toSecurityGroup(request.region)(await client.send<FirewallRow>(`${pathOf('firewalls', request)}/rules`, signal, { method: 'PUT', body: { rules: request.rules.map(fromRule) } })),
});

/** VMs: the cloud calls them servers, makes a batch by one call, all or none, and takes an action that is already done. */
export function vms(client: Client): HandlerGroups['vm'] {
  const act = (action: string) => (request: ById, signal: AbortSignal): Promise<void> => client.send(`${pathOf('servers', request)}/${action}`, signal, { method: 'POST' });
  return {
    ...reads<ServerRow, ReturnType<ReturnType<typeof toVm>>>(client, 'servers', toVm),
    create: async ({ region, names, tags, token, zone, specId, imageId, networkId, subnetId, securityGroupIds, keyPairId, userData, publicAddress }, signal) => {
      const body = { names, labels: tags, zone, size: specId, image: imageId, network: networkId, subnet: subnetId, firewalls: securityGroupIds, key: keyPairId, startup: userData, publicAddress };
      const { items } = await client.send<{ items: ServerRow[] }>(pathOf('servers', { region }), signal, { method: 'POST', token, body });
      return { items: items.map(toVm(region)) };
    },
    start: act('start'),
    stop: act('stop'),
    reboot: act('restart'),
  };
}
