import type { Attributes, Kind, RegionView, Thing } from '../world/index.js';
import { clusterUrl } from './kubernetes.js';
import type { Caller } from './methods/method.js';

/** A thing as the plain wire tells it: states in the words of its cloud, what belongs to no caller left out. */
export type Shown = { id: string; name: string; region: string; tags: Record<string, string>; providerState: string; createdAt: string } & Record<string, unknown>;

/** What a member of a thing is made of, beside its attributes. */
interface Context<K extends Kind> { thing: Thing<K>; view: RegionView; caller: Caller }
type Show<K extends Kind> = (attributes: Attributes[K], context: Context<K>) => Record<string, unknown>;
const ready = (thing: Thing): boolean => thing.state !== 'pending';

const SHOW: { [K in Kind]: Show<K> } = {
  network: ({ cidr }) => ({ cidr }),
  subnet: ({ networkId, cidr, zone }) => ({ networkId, cidr, zone }),
  'internet-gateway': ({ networkId }) => ({ networkId }),
  'nat-gateway': ({ networkId, subnetId, publicIp, publicIpId }) => ({ networkId, subnetId, publicIp, publicIpId }),
  // The way within the network is the cloud's own.
  'route-table': ({ networkId, routes, subnetIds }, { view }) => {
    const cidr = view.list('network', { ids: [networkId] })[0]?.attributes.cidr;
    return { networkId, routes: [...(cidr !== undefined && !routes.some(({ target }) => target === 'local') ? [{ cidr, target: 'local' }] : []), ...routes], subnetIds };
  },
  'security-group': ({ networkId, description, rules }) => ({ networkId, description, rules }),
  'key-pair': ({ fingerprint }) => ({ fingerprint }),
  'placement-group': ({ policy }, { view, thing }) => ({ policy, vmIds: view.list('vm', { where: (vm) => vm.attributes.placementGroupId === thing.id && vm.state !== 'terminated' }).map(({ id }) => id) }),
  'network-interface': ({ networkId, subnetId, securityGroupIds, privateIp, macAddress, vmId }) => ({ networkId, subnetId, securityGroupIds, privateIp, macAddress, vmId }),
  vm: ({ specId, imageId, zone, networkId, subnetId, securityGroupIds, keyPairId, placementGroupId, sshUser, rootDiskGiB, privateIp, publicIp, sshPort, batchIndex, failure }, { thing: { state } }) => ({
    specId, imageId, zone, networkId, subnetId, securityGroupIds, keyPairId, placementGroupId, sshUser, rootDiskGiB, privateIp, publicIp, sshPort, batchIndex, ...(state === 'failed' && { failure }),
  }),
  disk: ({ sizeGiB, zone, type, vmId, device }) => ({ sizeGiB, zone, type, vmId, device }),
  'public-ip': ({ address, vmId }) => ({ address, vmId }),
  snapshot: ({ diskId, sizeGiB }, { thing }) => ({ diskId, sizeGiB, progressPercent: ready(thing) ? 100 : 0 }),
  'custom-image': ({ sourceVmId, architecture, minDiskGiB }) => ({ vmId: sourceVmId, architecture, minDiskGiB }),
  'load-balancer': ({ type, scheme, networkId, subnetIds, address, addresses, listeners, vmIds }, { thing }) => ({
    type, scheme, networkId, subnetIds, listeners, vmIds, address: ready(thing) ? address || addresses[subnetIds[0] ?? ''] : undefined,
  }),
  cluster: ({ version, networkId, subnetIds }, { thing, caller }) => ({ version, networkId, subnetIds, endpoint: thing.state === 'available' || thing.state === 'deleting' ? clusterUrl(thing, caller.base) : undefined }),
  'node-group': ({ clusterId, specId, size, minSize, maxSize, rootDiskGiB, keyPairId, labels, version }) => ({ clusterId, specId, size, minSize, maxSize, rootDiskGiB, keyPairId, labels, version }),
  bucket: ({ versioning }, { thing, caller }) => ({ versioning, url: `${caller.base}/o/${thing.cloud}/${thing.id}` }),
  'file-system': ({ protocol, sizeGiB, addresses }) => ({
    protocol, sizeGiB, usedBytes: 0, mounts: Object.entries(addresses).map(([subnetId, address]) => ({ subnetId, target: protocol === 'nfs' ? `${address}:/` : `\\\\${address}\\share` })),
  }),
  database: ({ engine, version, specId, storageGiB, networkId, subnetIds, addresses, publicIp, port, user, public: open }, { thing }) => ({
    engine, version, specId, storageGiB, networkId, subnetIds, user, public: open, ...(ready(thing) && { host: publicIp ?? addresses[subnetIds[0] ?? ''], port }),
  }),
  queue: ({ fifo }, { thing, caller }) => ({ fifo, url: `${caller.base}/queue/${thing.cloud}/${encodeURIComponent(thing.id)}`, messages: 0 }),
  'dns-zone': ({ domain, private: hidden, nameServers }) => ({ domain, private: hidden, nameServers }),
  'vpn-gateway': ({ networkId, addresses, asn }) => ({ networkId, addresses, asn }),
  'customer-gateway': ({ address, asn }) => ({ address, asn }),
  'vpn-connection': ({ vpnGatewayId, peerAddress, peerCidrs, insideCidrs }, { thing, view }) => ({
    vpnGatewayId, peerAddress, peerCidrs,
    tunnels: view.list('vpn-gateway', { ids: [vpnGatewayId] }).flatMap(({ attributes }) => attributes.addresses.map((address, tunnel) => ({ address, insideCidr: insideCidrs[tunnel], up: view.isUp(thing, address) }))),
  }),
  'iam-user': ({ policyIds, keyIds }) => ({ policyIds, keyIds }),
  'iam-role': ({ policyIds, trust, description }) => ({ policyIds, trust, description }),
};

/** Things that belong to no region are told in the region that was asked. */
export const show = <K extends Kind>(view: RegionView, thing: Thing<K>, caller: Caller): Shown => ({
  id: thing.id, name: thing.name, region: view.region.id, tags: thing.tags, providerState: stateWord(view, thing), createdAt: new Date(thing.createdAt).toISOString(),
  ...(SHOW[thing.kind] as Show<K>)(thing.attributes, { thing, view, caller }),
});

const stateWord = ({ personality }: RegionView, thing: Thing): string => (thing.kind === 'vm' ? personality.vmStates[(thing as Thing<'vm'>).state] : thing.state);
