import type { GroupIdentifier, Instance, InstanceNetworkInterface, InstanceState, InstanceStateName, StateReason } from '@aws-sdk/client-ec2';
import type { PersonalityImage, RegionView, Thing } from '../../simulator/world/types.js';
import { derivedId } from './ids.js';
import { readHidden, shownTags } from './tags.js';

/** EC2's numbers for its own words (API reference, InstanceState). */
const STATE_CODES: Record<string, number> = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 };

/** Whether EC2 says `terminated`: it has no failed state, what failed is gone. */
export const isGone = (vm: Thing<'vm'>): boolean => vm.state === 'terminated' || vm.attributes.failure !== undefined;

/** EC2's word and number for a VM's state. */
export function stateOf(view: RegionView, vm: Thing<'vm'>): Required<InstanceState> {
  const Name = (isGone(vm) ? 'terminated' : view.personality.vmStates[vm.state]) as InstanceStateName;
  return { Code: STATE_CODES[Name] ?? 0, Name };
}

/** A VM that failed while it started lets go of subnet and groups by itself in EC2, where the world keeps it until someone deletes it. */
export function endFailed(view: RegionView, vms = view.list('vm')): void {
  for (const vm of vms) if (vm.state === 'failed') view.delete('vm', vm.id);
}

/** DNS settings: support is on from the start, host names are not. */
export const dnsOf = (vpc: Thing<'network'>): { support: boolean; hostnames: boolean } => ({
  support: readHidden(vpc.tags, 'dns-support') !== 'false', hostnames: readHidden(vpc.tags, 'dns-hostnames') === 'true',
});


/** AMIs of these publishers have their root at xvda; the rest at sda1. */
export const rootDevice = (image: Pick<PersonalityImage, 'publisher' | 'osFamily'> | undefined): string => (/amazon|debian/i.test(`${image?.publisher ?? ''} ${image?.osFamily ?? ''}`) ? '/dev/xvda' : '/dev/sda1');
export const architectureOf = (architecture: 'amd64' | 'arm64'): 'x86_64' | 'arm64' => (architecture === 'arm64' ? 'arm64' : 'x86_64');

/** Most interfaces by size, as m5 and t3 have them; real types differ, and their numbers are not looked up one by one. */
const INTERFACES: [size: RegExp, most: number][] = [[/\.(nano|micro)$/, 2], [/\.(small|medium|large)$/, 3], [/\.2?xlarge$/, 4], [/\.(4|8|9|12)xlarge$/, 8]];
export const mostInterfaces = (specId: string): number => INTERFACES.find(([size]) => size.test(specId))?.[1] ?? 15;

/** Zone of what lies in a subnet. */
export function shownPlace(view: RegionView, { attributes: { subnetId } }: Thing<'network-interface'>): { AvailabilityZone?: string } {
  const zone = view.list('subnet', { ids: [subnetId] })[0]?.attributes.zone;
  return zone ? { AvailabilityZone: zone } : {};
}

/** What is known of an image, published or of the account's own. */
export type ImageFacts = Pick<PersonalityImage, 'publisher' | 'osFamily' | 'architecture' | 'sshUser' | 'minDiskGiB'>;

/** What every VM of one answer needs to know of its region, looked up once. */
export class InstanceBook {
  private readonly groups: Map<string, string>;
  private readonly addresses: Map<string, Thing<'public-ip'>>;
  private readonly networks: Map<string, Thing<'network'>>;
  private readonly images: Map<string, ImageFacts>;
  private readonly placements: Map<string, string>;
  private readonly cards = new Map<string, Thing<'network-interface'>[]>();
  constructor(readonly view: RegionView) {
    this.groups = new Map(view.list('security-group').map((group) => [group.id, group.name]));
    this.addresses = new Map(view.list('public-ip').flatMap((address) => (address.attributes.vmId ? [[address.attributes.vmId, address]] : [])));
    this.networks = new Map(view.list('network').map((network) => [network.id, network]));
    this.images = new Map<string, ImageFacts>(view.personality.images.map((image) => [image.id(view.region.id), image]));
    for (const own of view.list('custom-image')) this.images.set(own.id, { publisher: own.account, ...own.attributes });
    this.placements = new Map(view.list('placement-group').map((group) => [group.id, group.name]));
    for (const card of view.list('network-interface', { where: (each) => each.attributes.vmId !== undefined })) this.cards.set(card.attributes.vmId!, [...(this.cards.get(card.attributes.vmId!) ?? []), card]);
  }

  image = (imageId: string): ImageFacts | undefined => this.images.get(imageId);
  groupsOf = (vm: Thing<'vm'>): GroupIdentifier[] => vm.attributes.securityGroupIds.map((GroupId) => ({ GroupId, GroupName: this.groups.get(GroupId) ?? '' }));
  elasticIp = (vm: Thing<'vm'>): Thing<'public-ip'> | undefined => this.addresses.get(vm.id);

  /** Its public address now: an Elastic IP for good, one of its own while it runs. */
  publicIp(vm: Thing<'vm'>): string | undefined {
    const own = vm.state === 'running' || vm.state === 'rebooting' || vm.state === 'resuming' ? vm.attributes.publicIp : undefined;
    return isGone(vm) ? undefined : (this.elasticIp(vm)?.attributes.address ?? own);
  }

  private dnsName = (kind: 'ip' | 'ec2', address: string): string => {
    const region = this.view.region.id, host = `${kind}-${address.replaceAll('.', '-')}`;
    if (kind === 'ip') return region === 'us-east-1' ? `${host}.ec2.internal` : `${host}.${region}.compute.internal`;
    return region === 'us-east-1' ? `${host}.compute-1.amazonaws.com` : `${host}.${region}.compute.amazonaws.com`;
  };
  privateName = (vm: Thing<'vm'>): string => (isGone(vm) ? '' : this.dnsName('ip', vm.attributes.privateIp));
  publicName(vm: Thing<'vm'>): string {
    const address = this.publicIp(vm), network = this.networks.get(vm.attributes.networkId ?? '');
    return address && network && dnsOf(network).hostnames ? this.dnsName('ec2', address) : '';
  }

  networkInterface(vm: Thing<'vm'>): InstanceNetworkInterface {
    const { subnetId, networkId, privateIp } = vm.attributes;
    const publicIp = this.publicIp(vm);
    const association = publicIp ? { Association: { PublicIp: publicIp, PublicDnsName: this.publicName(vm), IpOwnerId: this.elasticIp(vm) ? vm.account : 'amazon' } } : {};
    return {
      NetworkInterfaceId: derivedId('interface', vm.id), OwnerId: vm.account, Status: 'in-use', SubnetId: subnetId!, VpcId: networkId!, InterfaceType: 'interface', SourceDestCheck: true, Description: '',
      MacAddress: `02${derivedId('interface', vm.id).slice(-10).replace(/../g, ':$&')}`, PrivateIpAddress: privateIp, PrivateDnsName: this.privateName(vm), Groups: this.groupsOf(vm), Ipv6Addresses: [],
      PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: privateIp, PrivateDnsName: this.privateName(vm), ...association }], ...association,
      Attachment: { AttachmentId: derivedId('interfaceAttachment', vm.id), AttachTime: new Date(vm.createdAt), DeleteOnTermination: true, DeviceIndex: 0, NetworkCardIndex: 0, Status: 'attached' },
    };
  }

  /** An interface of its own life, attached or not. */
  attachedInterface(card: Thing<'network-interface'>): InstanceNetworkInterface {
    const { subnetId, networkId, privateIp, macAddress, securityGroupIds, vmId } = card.attributes;
    const PrivateDnsName = this.dnsName('ip', privateIp);
    return {
      NetworkInterfaceId: card.id, OwnerId: card.account, Status: vmId ? 'in-use' : 'available', SubnetId: subnetId, VpcId: networkId, InterfaceType: 'interface', SourceDestCheck: readHidden(card.tags, 'source-dest-check') !== 'false',
      Description: readHidden(card.tags, 'description') ?? '', MacAddress: macAddress, PrivateIpAddress: privateIp, PrivateDnsName, Ipv6Addresses: [],
      Groups: securityGroupIds.map((GroupId) => ({ GroupId, GroupName: this.groups.get(GroupId) ?? '' })), PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: privateIp, PrivateDnsName }],
      ...(vmId ? { Attachment: { AttachmentId: derivedId('cardAttachment', card.id), AttachTime: new Date(card.createdAt), DeleteOnTermination: false, DeviceIndex: Number(readHidden(card.tags, 'device-index') ?? 1), NetworkCardIndex: 0, Status: 'attached' } } : {}),
    };
  }

  show(vm: Thing<'vm'>, disks: Thing<'disk'>[] = []): Instance {
    const { specId, imageId, zone, subnetId, networkId, batchIndex, privateIp } = vm.attributes;
    const gone = isGone(vm), image = this.image(imageId), publicIp = this.publicIp(vm), keyName = readHidden(vm.tags, 'key-name'), reason = this.reason(vm);
    const attached = { Status: 'attached', DeleteOnTermination: false } as const;
    return {
      InstanceId: vm.id, ImageId: imageId, State: stateOf(this.view, vm), PrivateDnsName: this.privateName(vm), PublicDnsName: this.publicName(vm),
      StateTransitionReason: reason ? 'User initiated' : '', ...(keyName ? { KeyName: keyName } : {}), AmiLaunchIndex: batchIndex, ProductCodes: [], InstanceType: specId as Instance['InstanceType'] & string,
      LaunchTime: new Date(vm.createdAt), Placement: { ...(zone ? { AvailabilityZone: zone } : {}), GroupName: this.placements.get(vm.attributes.placementGroupId ?? '') ?? '', Tenancy: 'default' }, Monitoring: { State: 'disabled' },
      ...(gone ? {} : { SubnetId: subnetId!, VpcId: networkId!, PrivateIpAddress: privateIp }), ...(publicIp ? { PublicIpAddress: publicIp } : {}),
      Architecture: architectureOf(image?.architecture ?? 'amd64'), ClientToken: vm.token ?? '', EbsOptimized: false, EnaSupport: true, Hypervisor: 'xen', VirtualizationType: 'hvm', SourceDestCheck: true,
      RootDeviceName: rootDevice(image), RootDeviceType: 'ebs', SecurityGroups: gone ? [] : this.groupsOf(vm), NetworkInterfaces: gone ? [] : [this.networkInterface(vm), ...(this.cards.get(vm.id) ?? []).map((card) => this.attachedInterface(card))], Tags: shownTags(vm.tags),
      BlockDeviceMappings: gone ? [] : [
        { DeviceName: rootDevice(image), Ebs: { VolumeId: derivedId('rootVolume', vm.id), AttachTime: new Date(vm.createdAt), Status: 'attached', DeleteOnTermination: true } },
        ...disks.map((disk) => ({ DeviceName: disk.attributes.device ?? '', Ebs: { VolumeId: disk.id, AttachTime: new Date(disk.createdAt), ...attached } })),
      ],
      PlatformDetails: 'Linux/UNIX', UsageOperation: 'RunInstances', MetadataOptions: { State: 'applied', HttpTokens: 'required', HttpEndpoint: 'enabled' }, ...(reason ? { StateReason: reason } : {}),
    };
  }

  /** Why a VM is not running: what failed, or that a person wished it. */
  private reason(vm: Thing<'vm'>): StateReason | undefined {
    const failure = vm.attributes.failure;
    if (failure) {
      const code = failure.outOfCapacity ? 'Server.InsufficientInstanceCapacity' : /^(Client|Server)\./.test(failure.providerCode) ? failure.providerCode : `Server.${failure.providerCode}`;
      return { Code: code, Message: `${code}: ${failure.message}` };
    }
    const stopped = vm.state === 'suspending' || vm.state === 'suspended' || vm.state === 'terminating' || vm.state === 'terminated';
    return stopped ? { Code: 'Client.UserInitiatedShutdown', Message: 'Client.UserInitiatedShutdown: User initiated shutdown' } : undefined;
  }
}

/** Disks by the VM that they are attached to. */
export function disksByVm(view: RegionView): Map<string, Thing<'disk'>[]> {
  const disks = new Map<string, Thing<'disk'>[]>();
  for (const disk of view.list('disk', { where: (each) => each.attributes.vmId !== undefined })) disks.set(disk.attributes.vmId!, [...(disks.get(disk.attributes.vmId!) ?? []), disk]);
  return disks;
}
