import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import type { Spec, SpecHandlers } from '@mcmp/driver-sdk';
import type { Aws, Ec2 } from './client.js';
import { architectureOf, filter, present } from './map.js';
import { LastPage, readAll, readPage } from './pages.js';

/** Instance types of a region with the zones that offer them; Macs are left out, since they are rented by the host. */
export function specs(aws: Aws): SpecHandlers {
  const last = new LastPage<InstanceTypeInfo>();
  return {
    async list(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      const page = await readPage(request, [5, 100], (query) => last.read(request.region, query, async () => {
        const { InstanceTypes = [], NextToken } = await ec2.send(new ec2.DescribeInstanceTypesCommand(query));
        return { items: InstanceTypes, next: NextToken };
      }));
      const zones = await zonesOf(ec2, page.items.flatMap(({ InstanceType }) => InstanceType ?? []));
      return { ...page, items: page.items.flatMap((type) => toSpec(type, request.region, zones.get(type.InstanceType ?? ''))) };
    },
  };
}

/** Zones by type. A page holds 100 types at most, of which each is offered in up to six zones. */
async function zonesOf(ec2: Ec2, types: string[]): Promise<Map<string, string[]>> {
  if (types.length === 0) return new Map();
  const offerings = await readAll(1000, async (query) => {
    const { InstanceTypeOfferings = [], NextToken } = await ec2.send(new ec2.DescribeInstanceTypeOfferingsCommand({ ...query, LocationType: 'availability-zone', Filters: [filter('instance-type', ...types)] }));
    return { items: InstanceTypeOfferings, next: NextToken };
  });
  const zones = new Map<string, string[]>();
  for (const { InstanceType = '', Location = '' } of offerings) zones.set(InstanceType, [...(zones.get(InstanceType) ?? []), Location].sort());
  return zones;
}

/** @returns nothing for a type of an architecture that we do not have. */
export function toSpec(type: InstanceTypeInfo, region: string, zones: string[] | undefined): Spec[] {
  const architecture = architectureOf(type.ProcessorInfo?.SupportedArchitectures ?? []);
  const vcpu = type.VCpuInfo?.DefaultVCpus;
  const memoryMiB = type.MemoryInfo?.SizeInMiB;
  if (!type.InstanceType || !architecture || !vcpu || !memoryMiB) return [];
  const gpus = type.GpuInfo?.Gpus ?? [];
  const localDisk = type.InstanceStorageInfo?.TotalSizeInGB;
  const gpuModel = gpus[0] && [gpus[0].Manufacturer, gpus[0].Name].filter(Boolean).join(' ');
  return [{
    id: type.InstanceType, region, vcpu, memoryMiB, architecture, gpuCount: gpus.reduce((count, gpu) => count + (gpu.Count ?? 0), 0),
    ...present({
      gpuModel, gpuMemoryMiB: type.GpuInfo?.TotalGpuMemoryInMiB, localDiskGiB: localDisk === undefined ? undefined : Math.floor((localDisk * 1e9) / 2 ** 30),
      networkPerformance: type.NetworkInfo?.NetworkPerformance, zones,
    }),
  }];
}
