import type { AccountHandlers, RegionHandlers } from '@mcmp/driver-sdk';
import type { Aws } from './client.js';
import { isZone, present } from './map.js';
import { readPage } from './pages.js';
import { REGION_NAMES } from './region-names.js';

/** Who the credential is, by STS. */
export function account(aws: Aws): AccountHandlers {
  return {
    async verify(_request, signal) {
      const sts = await aws.service('sts', aws.homeRegion, signal);
      const { Account = '', Arn } = await sts.send(new sts.GetCallerIdentityCommand({}));
      return { accountId: Account, ...present({ principal: Arn }) };
    },
  };
}

/** Regions, those too that the account has not opted in, and their zones by this account's names. */
export function regions(aws: Aws): RegionHandlers {
  return {
    async list(request, signal) {
      const ec2 = await aws.ec2(aws.homeRegion, signal);
      return readPage(request, [5, 1000], async () => {
        const { Regions = [] } = await ec2.send(new ec2.DescribeRegionsCommand({ AllRegions: true }));
        const items = Regions.map(({ RegionName: id = '', OptInStatus }) => {
          const [name, latitude, longitude] = REGION_NAMES[id] ?? [id];
          return { id, name, enabled: OptInStatus !== 'not-opted-in', ...present({ latitude, longitude }) };
        });
        return { items: items.sort((a, b) => a.id.localeCompare(b.id)) };
      });
    },

    async listZones(request, signal) {
      const ec2 = await aws.ec2(request.region, signal);
      return readPage(request, [5, 1000], async () => {
        const { AvailabilityZones = [] } = await ec2.send(new ec2.DescribeAvailabilityZonesCommand({}));
        return { items: AvailabilityZones.filter(isZone).map(({ ZoneName: id = '', State }) => ({ id, region: request.region, available: State === 'available' })).sort((a, b) => a.id.localeCompare(b.id)) };
      });
    },
  };
}
