import type { Attributes, Kind, Personality, RegionView, Thing } from '../world/index.js';

/** A thing as the plain wire tells it: states in the words of its cloud, what belongs to no caller left out. */
export type Shown = { id: string; name: string; region: string; tags: Record<string, string>; providerState: string; createdAt: string } & Record<string, unknown>;

type Show<K extends Kind> = (attributes: Attributes[K], thing: Thing<K>) => Record<string, unknown>;
const SHOW: { [K in Exclude<Kind, 'internet-gateway' | 'route-table'>]: Show<K> } = {
  network: ({ cidr }) => ({ cidr }),
  subnet: ({ networkId, cidr, zone }) => ({ networkId, cidr, zone }),
  'security-group': ({ networkId, description, rules }) => ({ networkId, description, rules }),
  'key-pair': ({ fingerprint }) => ({ fingerprint }),
  vm: ({ specId, imageId, zone, networkId, subnetId, securityGroupIds, keyPairId, sshUser, rootDiskGiB, privateIp, publicIp, sshPort, batchIndex, failure }, { state }) => ({
    specId, imageId, zone, networkId, subnetId, securityGroupIds, keyPairId, sshUser, rootDiskGiB, privateIp, publicIp, sshPort, batchIndex, ...(state === 'failed' && { failure }),
  }),
  disk: ({ sizeGiB, zone, type, vmId, device }) => ({ sizeGiB, zone, type, vmId, device }),
  'public-ip': ({ address, vmId }) => ({ address, vmId }),
};
/** Kinds that the plain wire has. */
export type PlainKind = keyof typeof SHOW;

/** Things of a cloud whose networks span all regions are told in the region that was asked. */
export const show = <K extends PlainKind>(view: RegionView, thing: Thing<K>): Shown => ({
  id: thing.id, name: thing.name, region: view.region.id, tags: thing.tags, providerState: stateWord(view.personality, thing), createdAt: new Date(thing.createdAt).toISOString(),
  ...(SHOW[thing.kind] as Show<K>)(thing.attributes, thing),
});

const stateWord = (personality: Personality, thing: Thing): string => (thing.kind === 'vm' ? personality.vmStates[(thing as Thing<'vm'>).state] : thing.state);
