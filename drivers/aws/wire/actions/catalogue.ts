import type * as ec2 from '@aws-sdk/client-ec2';
import type { PersonalityImage, PersonalitySpec, RegionView } from '../../../simulator/world/types.js';
import { action } from '../action.js';
import { badCombination, Ec2Error, invalidValue } from '../errors.js';
import { matcher, type FilterTable } from '../filters.js';
import { architectureOf, mostInterfaces, rootDevice } from '../instances.js';
import { page } from '../pages.js';
import { ownImages, showOwnImage } from './images.js';
import { zoneId } from './regions.js';

type InstanceType = NonNullable<ec2.InstanceTypeInfo['InstanceType']>;

function showType(spec: PersonalitySpec): ec2.InstanceTypeInfo {
  const threads = spec.architecture === 'arm64' || spec.vcpu === 1 ? 1 : 2;
  const gpus = spec.gpuCount ? {
    GpuInfo: {
      Gpus: [{ Name: spec.gpuModel ?? '', Manufacturer: 'NVIDIA', Count: spec.gpuCount, ...(spec.gpuMemoryMiB ? { MemoryInfo: { SizeInMiB: Math.round(spec.gpuMemoryMiB) } } : {}) }],
      TotalGpuMemoryInMiB: Math.round((spec.gpuMemoryMiB ?? 0) * spec.gpuCount),
    },
  } : {};
  return {
    InstanceType: spec.id as InstanceType, CurrentGeneration: true, FreeTierEligible: false, SupportedUsageClasses: ['on-demand', 'spot'], SupportedRootDeviceTypes: ['ebs'], SupportedVirtualizationTypes: ['hvm'],
    BareMetal: spec.id.includes('.metal'), Hypervisor: 'nitro', ProcessorInfo: { SupportedArchitectures: [architectureOf(spec.architecture)] }, MemoryInfo: { SizeInMiB: spec.memoryMiB },
    VCpuInfo: { DefaultVCpus: spec.vcpu, DefaultCores: Math.max(1, spec.vcpu / threads), DefaultThreadsPerCore: threads }, InstanceStorageSupported: false, HibernationSupported: false,
    NetworkInfo: { NetworkPerformance: spec.networkPerformance ?? 'Up to 5 Gigabit', MaximumNetworkInterfaces: mostInterfaces(spec.id), EnaSupport: 'required' }, BurstablePerformanceSupported: /^t\d/.test(spec.id), ...gpus,
  };
}

const describeInstanceTypes = action<ec2.DescribeInstanceTypesRequest, ec2.DescribeInstanceTypesResult>('DescribeInstanceTypes', 'spec.list', ['InstanceTypes', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
  const specs = view.personality.specs(view.region.id), wanted = input.InstanceTypes as string[] | undefined;
  if (wanted && wanted.length > 100) throw invalidValue('The maximum number of instance types in one request is 100');
  const unknown = wanted?.filter((id) => !specs.some((spec) => spec.id === id)) ?? [];
  if (unknown.length) throw new Ec2Error('InvalidInstanceType', `The following supplied instance types do not exist: [${unknown.join(', ')}]`);
  const fits = matcher(input.Filters, {
    'instance-type': (type: ec2.InstanceTypeInfo) => type.InstanceType, 'current-generation': (type) => type.CurrentGeneration, 'processor-info.supported-architecture': (type) => type.ProcessorInfo!.SupportedArchitectures,
    'bare-metal': (type) => type.BareMetal, 'supported-usage-class': (type) => type.SupportedUsageClasses, 'supported-virtualization-type': (type) => type.SupportedVirtualizationTypes, 'supported-root-device-type': (type) => type.SupportedRootDeviceTypes,
    'vcpu-info.default-vcpus': (type) => type.VCpuInfo!.DefaultVCpus, 'memory-info.size-in-mib': (type) => type.MemoryInfo!.SizeInMiB, 'burstable-performance-supported': (type) => type.BurstablePerformanceSupported,
    hypervisor: (type) => type.Hypervisor, 'free-tier-eligible': (type) => type.FreeTierEligible, 'instance-storage-supported': (type) => type.InstanceStorageSupported,
  });
  const types = specs.filter((spec) => !wanted?.length || wanted.includes(spec.id)).map(showType).filter(fits);
  const { items, NextToken } = page(types, (type) => type.InstanceType!, input, { least: 5, most: 100 }, { name: 'instanceTypes', given: wanted });
  return { InstanceTypes: items, ...(NextToken ? { NextToken } : {}) };
});

const describeInstanceTypeOfferings = action<ec2.DescribeInstanceTypeOfferingsRequest, ec2.DescribeInstanceTypeOfferingsResult>(
  'DescribeInstanceTypeOfferings', 'spec.list', ['LocationType', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
    const kind = input.LocationType ?? 'region', { zones, id } = view.region;
    const places = kind === 'region' ? [id] : kind === 'availability-zone' ? zones : kind === 'availability-zone-id' ? zones.map((zone) => zoneId(view, zone)) : undefined;
    if (!places) throw invalidValue(`Value (${kind}) for parameter locationType is invalid.`);
    const fits = matcher(input.Filters, { 'instance-type': (offer: ec2.InstanceTypeOffering) => offer.InstanceType, location: (offer) => offer.Location });
    const offers = view.personality.specs(id).flatMap((spec) => places.map((Location) => ({ InstanceType: spec.id as InstanceType, LocationType: kind, Location }))).filter(fits);
    const { items, NextToken } = page(offers, (offer) => `${offer.InstanceType} ${offer.Location}`, input, { least: 5, most: 1000 });
    return { InstanceTypeOfferings: items, ...(NextToken ? { NextToken } : {}) };
  });

/** Accounts that publish the images which people start from, by a word in the publisher's name. */
const OWNERS: [word: RegExp, id: string, alias?: string][] = [
  [/amazon/i, '137112412989', 'amazon'], [/canonical|ubuntu/i, '099720109477'], [/debian/i, '136693071363'], [/rocky/i, '792107900819'], [/alma/i, '764336703387'], [/red ?hat|rhel/i, '309956199498'], [/suse/i, '013907871322'], [/microsoft|windows/i, '801119661308', 'amazon'],
];

function ownerOf(image: PersonalityImage): { owner: string; alias?: string | undefined } {
  const [, id = '000000000000', alias] = OWNERS.find(([word, account]) => account === image.publisher || word.test(`${image.publisher} ${image.osFamily}`)) ?? [];
  return { owner: /^\d{12}$/.test(image.publisher) ? image.publisher : id, alias };
}

function showImage(view: RegionView, image: PersonalityImage): ec2.Image {
  const { owner, alias } = ownerOf(image);
  return {
    ImageId: image.id(view.region.id), Name: image.name, Description: `${image.publisher} ${image.osFamily} ${image.osVersion}`, OwnerId: owner, ...(alias ? { ImageOwnerAlias: alias } : {}), ImageLocation: `${owner}/${image.name}`,
    State: 'available', Public: true, Architecture: architectureOf(image.architecture), ImageType: 'machine', Hypervisor: 'xen', VirtualizationType: 'hvm', RootDeviceType: 'ebs', RootDeviceName: rootDevice(image), EnaSupport: true,
    CreationDate: new Date(image.createdAt).toISOString(), PlatformDetails: /windows/i.test(image.osFamily) ? 'Windows' : 'Linux/UNIX', UsageOperation: 'RunInstances', Tags: [],
    BlockDeviceMappings: [{ DeviceName: rootDevice(image), Ebs: { VolumeSize: image.minDiskGiB, VolumeType: 'gp3', DeleteOnTermination: true, Encrypted: false } }],
  };
}

const IMAGE_FILTERS: FilterTable<ec2.Image> = {
  'image-id': (image) => image.ImageId, name: (image) => image.Name, description: (image) => image.Description, 'owner-id': (image) => image.OwnerId, 'owner-alias': (image) => image.ImageOwnerAlias, architecture: (image) => image.Architecture,
  state: (image) => image.State, 'is-public': (image) => image.Public, 'image-type': (image) => image.ImageType, 'virtualization-type': (image) => image.VirtualizationType, 'root-device-type': (image) => image.RootDeviceType, 'root-device-name': (image) => image.RootDeviceName,
  hypervisor: (image) => image.Hypervisor, 'ena-support': (image) => image.EnaSupport, 'platform-details': (image) => image.PlatformDetails, 'creation-date': (image) => image.CreationDate,
  'source-instance-id': (image) => image.SourceInstanceId, 'block-device-mapping.snapshot-id': (image) => image.BlockDeviceMappings!.map((mapping) => mapping.Ebs!.SnapshotId),
  'block-device-mapping.volume-type': (image) => image.BlockDeviceMappings!.map((mapping) => mapping.Ebs!.VolumeType), 'block-device-mapping.volume-size': (image) => image.BlockDeviceMappings!.map((mapping) => mapping.Ebs!.VolumeSize),
};

const describeImages = action<ec2.DescribeImagesRequest, ec2.DescribeImagesResult>(
  'DescribeImages', 'image.list', ['ImageIds', 'Owners', 'ExecutableUsers', 'IncludeDeprecated', 'IncludeDisabled', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view, account }) => {
    for (const id of input.ImageIds ?? []) if (!/^ami-[0-9a-f]{8,17}$/.test(id)) throw new Ec2Error('InvalidAMIID.Malformed', `Invalid id: "${id}" (expecting "ami-...")`);
    const images = [...view.personality.images.map((image) => showImage(view, image)), ...ownImages(view).map(showOwnImage)];
    const unknown = input.ImageIds?.filter((id) => !images.some((image) => image.ImageId === id)) ?? [];
    if (unknown.length) throw new Ec2Error('InvalidAMIID.NotFound', `The image id '[${unknown.join(', ')}]' does not exist`, 400, 'NOT_FOUND');
    const owners = input.Owners?.map((owner) => (owner === 'self' ? account : owner));
    const executable = !input.ExecutableUsers?.length || input.ExecutableUsers.includes('all');
    const fits = matcher(input.Filters, IMAGE_FILTERS, (image: ec2.Image) => image.Tags);
    const wanted = images.filter((image) => executable && (!input.ImageIds?.length || input.ImageIds.includes(image.ImageId!)) && (!owners?.length || owners.includes(image.OwnerId!) || owners.includes(image.ImageOwnerAlias ?? '')) && fits(image));
    const { items, NextToken } = page(wanted, (image) => image.ImageId!, input, { least: 1, most: 1000 }, { name: 'imageIdsSet', given: input.ImageIds });
    return { Images: items, ...(NextToken ? { NextToken } : {}) };
  });

const describeSpotPriceHistory = action<ec2.DescribeSpotPriceHistoryRequest, ec2.DescribeSpotPriceHistoryResult>(
  'DescribeSpotPriceHistory', 'price.list', ['InstanceTypes', 'ProductDescriptions', 'AvailabilityZone', 'StartTime', 'EndTime', 'Filters', 'MaxResults', 'NextToken', 'DryRun'], (input, { view }) => {
    if (input.StartTime && input.EndTime && input.StartTime > input.EndTime) throw badCombination('The start time must be before the end time');
    const product = 'Linux/UNIX', types = input.InstanceTypes as string[] | undefined;
    const asked = !input.ProductDescriptions?.length || input.ProductDescriptions.some((each) => each.startsWith(product));
    const spot = asked ? view.personality.prices(view.region.id).filter((price) => price.purchase === 'spot' && (!types?.length || types.includes(price.specId))) : [];
    const zones = view.region.zones.filter((zone) => !input.AvailabilityZone || zone === input.AvailabilityZone);
    // One price point per zone, valid since the day of its source; a period that ends before then has none.
    const points: ec2.SpotPrice[] = spot.filter((price) => !input.EndTime || new Date(price.asOf) <= input.EndTime).flatMap((price) => zones.map((AvailabilityZone) => ({
      AvailabilityZone, InstanceType: price.specId as InstanceType, ProductDescription: product, SpotPrice: price.perHour.toFixed(6), Timestamp: new Date(price.asOf),
    })));
    const fits = matcher(input.Filters, {
      'availability-zone': (point: ec2.SpotPrice) => point.AvailabilityZone, 'instance-type': (point) => point.InstanceType, 'product-description': (point) => point.ProductDescription, 'spot-price': (point) => point.SpotPrice,
    });
    const { items, NextToken } = page(points.filter(fits), (point) => `${point.InstanceType!} ${point.AvailabilityZone!}`, input, { least: 1, most: 1000 });
    return { SpotPriceHistory: items, NextToken: NextToken ?? '' };
  });

export const catalogueActions = [describeInstanceTypes, describeInstanceTypeOfferings, describeImages, describeSpotPriceHistory];
