import type { HandlerGroups, ResourceKind, Session } from '@mcmp/driver-sdk';
import { RESOURCE_KINDS } from '@mcmp/driver-sdk';
import driver from '../src/index.js';
import type { BoxWorld, Personality } from '../world/index.js';
import { placeIn } from './kit-stage.js';
import { PUBLIC_KEY } from './tiny.js';

export const never = new AbortController().signal;
/** A session whose groups are all there, as those of the box's driver are. */
export type Whole = { traits: Session['traits']; close(): Promise<void> } & Required<HandlerGroups>;

/** Connects to one cloud of a plain wire. */
export const connect = async (world: BoxWorld, port: number, cloud: string, account: string): Promise<Whole> =>
  (await driver.connect({ credential: world.credential(cloud, account), endpoint: `http://127.0.0.1:${port}`, options: { cloud } })) as unknown as Whole;

const healthCheck = { protocol: 'tcp' as const, intervalSeconds: 10, timeoutSeconds: 5, healthyThreshold: 2, unhealthyThreshold: 3 };
export const LISTENERS = [{ protocol: 'tcp' as const, port: 80, targetPort: 8080, healthCheck }];

/** Ids of what was made, and what asks for one more of a kind. */
export interface Stage { ids: Partial<Record<ResourceKind, string>>; region: string; request(kind: ResourceKind, name: string): Record<string, unknown> }

/** Makes one thing of each kind that the cloud has, in the SDK's order, each on those before it. */
export async function makeAll(session: Whole, personality: Personality): Promise<Stage> {
  const { region, zone, specId, imageId, sshUser } = placeIn(personality);
  const zones = personality.regions[0]?.zones ?? [];
  const { lacks = [], subnetsForServices = 1 } = session.traits;
  const ids: Stage['ids'] = {};
  const subnetIds: string[] = [];
  const on = (kind: ResourceKind): string => ids[kind] ?? '';
  let ranges = 0;
  const place = () => ({ networkId: on('network'), subnetIds });
  const firstNodes = { name: 'first-nodes', specId, size: 2, minSize: 1, maxSize: 3 };
  const FIELDS: Record<ResourceKind, () => Record<string, unknown>> = {
    network: () => ({ cidr: '10.20.0.0/16' }), subnet: () => ({ networkId: on('network'), cidr: `10.20.${(ranges += 1)}.0/24`, zone: zones[(ranges - 1) % zones.length] }),
    'internet-gateway': () => ({}), 'nat-gateway': () => ({ subnetId: on('subnet') }), 'route-table': () => ({ networkId: on('network') }), 'security-group': () => ({ networkId: on('network'), description: 'd', rules: [] }),
    'key-pair': () => ({ publicKey: PUBLIC_KEY }), 'placement-group': () => ({ policy: 'spread' }), 'network-interface': () => ({ subnetId: on('subnet'), securityGroupIds: [on('security-group')] }),
    vm: () => ({
      zone, specId, imageId, networkId: on('network'), subnetId: on('subnet'), securityGroupIds: [on('security-group')], keyPairId: on('key-pair'), publicKey: PUBLIC_KEY, sshUser, publicAddress: true, ...(ids['placement-group'] && { placementGroupId: ids['placement-group'] }),
    }),
    disk: () => ({ sizeGiB: 20, zone }), 'public-ip': () => ({}), snapshot: () => ({ diskId: on('disk') }), 'custom-image': () => ({ vmId: on('vm') }),
    'load-balancer': () => ({ ...place(), type: 'network', scheme: 'public', listeners: LISTENERS, vmIds: [on('vm')] }),
    cluster: () => ({ ...place(), ...(session.traits.clusterNeedsNodes && { firstNodeGroup: firstNodes }) }), 'node-group': () => ({ clusterId: on('cluster'), specId, size: 1, minSize: 1, maxSize: 2, subnetIds: subnetIds.slice(0, 1), labels: { pool: 'a' } }),
    bucket: () => ({}), 'file-system': () => ({ ...place(), securityGroupIds: [on('security-group')], protocol: 'nfs', sizeGiB: 500 }),
    database: () => ({ ...place(), securityGroupIds: [on('security-group')], engine: 'postgres', specId: 'db.small', storageGiB: 20, user: 'app', password: 'correct-horse-battery', public: false }),
    queue: () => ({ fifo: false }), 'dns-zone': () => ({ domain: `${personality.cloud}.example.org`, private: false }), 'vpn-gateway': () => ({ networkId: on('network') }),
    'vpn-connection': () => ({ vpnGatewayId: on('vpn-gateway'), peerAddress: '203.0.113.9', peerCidrs: ['192.168.0.0/16'], localCidrs: ['10.20.0.0/16'], preSharedKey: 'a-secret.of_both'.replace('-', '_').replace('-', '_') }),
    'iam-user': () => ({}), 'iam-role': () => ({ trust: 'account:123456789012' }),
  };
  const request = (kind: ResourceKind, name: string): Record<string, unknown> => ({ region, token: `${name}-${kind}`, tags: { 'mcmp-project': name }, ...(kind === 'vm' ? { names: [name] } : { name }), ...FIELDS[kind]() });
  const make = async (kind: ResourceKind, name: string): Promise<string> => {
    const answer = (await (session[kind] as unknown as { create(request: object, signal: AbortSignal): Promise<unknown> }).create(request(kind, name), never)) as { id: string; items?: { id: string }[] };
    return answer.items?.[0]?.id ?? answer.id;
  };
  for (const kind of RESOURCE_KINDS.filter((each) => !lacks.includes(each))) {
    ids[kind] = await make(kind, 'stage');
    if (kind !== 'subnet') continue;
    subnetIds.push(ids.subnet ?? '');
    while (subnetIds.length < Math.max(2, subnetsForServices)) subnetIds.push(await make('subnet', 'other'));
  }
  return { ids, region, request };
}
