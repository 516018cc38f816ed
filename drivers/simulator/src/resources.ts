import { isDriverError } from '@mcmp/driver-sdk';
import type { ById, CreateRequest, HandlerGroups, Lifecycle, Page, ResourceKind, Traits, VmHandlers, VmState } from '@mcmp/driver-sdk';
import type { PlainClient } from './client.js';
import { mapPage, toResource, toVm } from './map.js';
import type { Resource, Row } from './map.js';

type Kind = Exclude<ResourceKind, 'vm'>;
const nothing = (): void => undefined;
/** What is gone is deleted. */
const gone = (error: unknown): void => {
  if (!isDriverError(error) || error.code !== 'NOT_FOUND') throw error;
};

/** A call whose answer is handed on as it is: rows of the wire are rows of the SDK. */
export const pass = (client: PlainClient, method: string) => <T>(request: object, signal: AbortSignal): Promise<T> => client.call<T>(method, request, signal);
/** A call that tells nothing. */
export const tell = (client: PlainClient, method: string) => (request: object, signal: AbortSignal): Promise<void> => client.call(method, request, signal).then(nothing);

/** Create, get, list and delete of one kind: the wire mirrors the SDK's requests. Each create is one call, so that resuming is finding. */
function lifecycle<T extends { name: string }, C extends Partial<CreateRequest>>(client: PlainClient, kind: ResourceKind, map: (row: Row<T>) => T): Lifecycle<T, C> {
  return {
    create: async ({ resume, ...request }, signal) => {
      const within = kind === 'node-group' ? { clusterId: (request as { clusterId?: string }).clusterId } : {};
      const found = resume ? (await client.call<Page<Row<T>>>(`${kind}.list`, { region: request.region, tags: request.tags, ...within }, signal)).items.find((row) => (row as { name?: string }).name === request.name) : undefined;
      return map(found ?? (await client.call<Row<T>>(`${kind}.create`, request, signal)));
    },
    get: async (request, signal) => map(await client.call<Row<T>>(`${kind}.get`, request, signal)),
    list: async (request, signal) => mapPage(await client.call<Page<Row<T>>>(`${kind}.list`, request, signal), map),
    delete: (request, signal) => client.call(`${kind}.delete`, request, signal).then(nothing, gone),
  };
}

/** One kind: its lifecycle, and further calls that answer with the thing. */
function group<K extends Kind>(client: PlainClient, kind: K, ...verbs: string[]): HandlerGroups[K] {
  const map = toResource(kind);
  const further = verbs.map((verb) => [verb, async (request: object, signal: AbortSignal) => map(await client.call<Row<Resource<K>>>(`${kind}.${verb}`, request, signal))] as const);
  return { ...lifecycle(client, kind, map as never), ...Object.fromEntries(further) } as unknown as HandlerGroups[K];
}

function vms(client: PlainClient, states: Record<string, VmState>): VmHandlers {
  const map = toVm(states);
  const act = (action: string) => (request: ById, signal: AbortSignal): Promise<void> => client.call(`vm.${action}`, request, signal).then(nothing);
  return {
    ...lifecycle(client, 'vm', map),
    create: async ({ resume: _resume, ...request }, signal) => ({ items: (await client.call<{ items: Parameters<typeof map>[0][] }>('vm.create', request, signal)).items.map(map) }),
    start: act('start'), stop: act('stop'), reboot: act('reboot'), resize: act('resize'),
  };
}

/** Where subnets span the region, a zone that was asked says nothing. */
function subnets(client: PlainClient, { subnetScope }: Traits): HandlerGroups['subnet'] {
  const handlers = group(client, 'subnet');
  return { ...handlers, create: ({ zone, ...request }, signal) => handlers.create({ ...request, ...(zone !== undefined && subnetScope === 'zone' && { zone }) }, signal) };
}

/** What the account keeps in its cloud. */
export const resources = (client: PlainClient, traits: Traits, vmStates: Record<string, VmState>, assumesRoles: boolean) => ({
  network: group(client, 'network'),
  subnet: subnets(client, traits),
  'internet-gateway': group(client, 'internet-gateway', 'attach', 'detach'),
  'nat-gateway': group(client, 'nat-gateway'),
  'route-table': group(client, 'route-table', 'setRoutes', 'setSubnets'),
  'security-group': group(client, 'security-group', 'setRules'),
  'key-pair': group(client, 'key-pair'),
  'placement-group': group(client, 'placement-group'),
  'network-interface': group(client, 'network-interface', 'attach', 'detach'),
  vm: vms(client, vmStates),
  disk: group(client, 'disk', 'attach', 'detach', 'resize'),
  'public-ip': group(client, 'public-ip', 'associate', 'disassociate'),
  snapshot: group(client, 'snapshot'),
  'custom-image': group(client, 'custom-image'),
  'load-balancer': { ...group(client, 'load-balancer', 'setListeners', 'setTargets'), health: pass(client, 'load-balancer.health') },
  cluster: { ...group(client, 'cluster'), versions: pass(client, 'cluster.versions'), upgrade: tell(client, 'cluster.upgrade'), kubeconfig: pass(client, 'cluster.kubeconfig') },
  'node-group': { ...group(client, 'node-group', 'resize'), upgrade: tell(client, 'node-group.upgrade') },
  bucket: group(client, 'bucket', 'setVersioning'),
  'file-system': group(client, 'file-system'),
  database: { ...group(client, 'database', 'resize'), engines: pass(client, 'database.engines'), start: tell(client, 'database.start'), stop: tell(client, 'database.stop') },
  queue: group(client, 'queue'),
  'dns-zone': group(client, 'dns-zone'),
  'vpn-gateway': group(client, 'vpn-gateway'),
  'vpn-connection': group(client, 'vpn-connection'),
  'iam-user': { ...group(client, 'iam-user', 'setPolicies'), createKey: pass(client, 'iam-user.createKey'), deleteKey: tell(client, 'iam-user.deleteKey') },
  // Where roles are not taken by a call, the method is absent.
  'iam-role': { ...group(client, 'iam-role', 'setPolicies'), ...(assumesRoles && { assume: pass(client, 'iam-role.assume') }) },
}) satisfies Partial<HandlerGroups>;
