import type { AccountHandlers, Quota, QuotaHandlers, QuotaMeasure, RegionHandlers } from '@mcmp/driver-sdk';
import type { OpenStack } from './client.js';
import { cutPage } from './pages.js';

/** The project that the credential works in, and its user, by the sign-in itself. */
export function account(cloud: OpenStack): AccountHandlers {
  return {
    async verify(_request, signal) {
      const { projectId, projectName, userName } = await cloud.signedIn(signal);
      return { accountId: projectId, principal: `${userName} in ${projectName}` };
    },
  };
}

/** Regions of the catalog, and Nova's availability zones. Nobody publishes where they lie. */
export function regions(cloud: OpenStack): RegionHandlers {
  return {
    list: (request, signal) => cutPage(request, async () => (await cloud.regions(signal)).map((id) => ({ id, name: id, enabled: true }))),

    listZones: (request, signal) => cutPage(request, async () => {
      const door = await cloud.door('compute', request.region, signal);
      const { availabilityZoneInfo } = await door.get<{ availabilityZoneInfo: { zoneName: string; zoneState: { available: boolean } }[] }>('/os-availability-zone');
      return availabilityZoneInfo.map(({ zoneName: id, zoneState }) => ({ id, region: request.region, available: zoneState.available })).sort((a, b) => a.id.localeCompare(b.id));
    }),
  };
}

type Known = [key: string, name: string, measure: QuotaMeasure];
const NOVA: [limit: string, used: string | undefined, ...Known][] = [
  ['maxTotalInstances', 'totalInstancesUsed', 'instances', 'Instances', 'vm'], ['maxTotalCores', 'totalCoresUsed', 'cores', 'VCPUs', 'vcpu'], ['maxTotalRAMSize', 'totalRAMUsed', 'ram', 'Memory of all VMs, MiB', 'other'],
  ['maxTotalKeypairs', undefined, 'key_pairs', 'Key pairs', 'key-pair'], ['maxServerGroups', undefined, 'server_groups', 'Server groups', 'other'],
];
const CINDER: typeof NOVA = [
  ['maxTotalVolumes', 'totalVolumesUsed', 'volumes', 'Volumes', 'disk'], ['maxTotalVolumeGigabytes', 'totalGigabytesUsed', 'gigabytes', 'Volumes and snapshots, GiB', 'disk-gib'], ['maxTotalSnapshots', 'totalSnapshotsUsed', 'snapshots', 'Snapshots', 'other'],
];
const NEUTRON: Known[] = [
  ['network', 'Networks', 'network'], ['subnet', 'Subnets', 'subnet'], ['security_group', 'Security groups', 'security-group'], ['security_group_rule', 'Security group rules', 'other'], ['floatingip', 'Floating IPs', 'public-ip'], ['router', 'Routers', 'other'], ['port', 'Ports', 'other'],
];
type Absolute = Record<string, number | undefined>;

/** Limits of the project with what is in use, as Nova, Neutron and Cinder tell them; what is without limit (-1) is left out. */
export function quotas(cloud: OpenStack): QuotaHandlers {
  return {
    list: (request, signal) => cutPage(request, async () => {
      const { region } = request;
      const [nova, neutron, cinder] = await Promise.all([cloud.door('compute', region, signal), cloud.door('network', region, signal), cloud.door('volume', region, signal)]);
      const [compute, network, volume] = await Promise.all([
        nova.get<{ limits: { absolute: Absolute } }>('/limits').then(({ limits }) => limits.absolute),
        neutron.get<{ quota: Record<string, { limit: number; used: number } | undefined> }>(`/quotas/${neutron.projectId}/details`).then(({ quota }) => quota),
        cinder.get<{ limits: { absolute: Absolute } }>('/limits').then(({ limits }) => limits.absolute),
      ]);
      const quota = (service: string, [key, name, measure]: Known, limit: number | undefined, used: number | undefined): Quota[] =>
        (limit === undefined || limit < 0 ? [] : [{ id: `${service}.${key}`, name, region, measure, limit, source: 'account', ...(used === undefined || used < 0 ? {} : { used }) }]);
      return [
        ...NOVA.flatMap(([limit, used, ...known]) => quota('compute', known, compute[limit], used === undefined ? undefined : compute[used])),
        ...NEUTRON.flatMap((known) => quota('network', known, network[known[0]]?.limit, network[known[0]]?.used)),
        ...CINDER.flatMap(([limit, used, ...known]) => quota('volume', known, volume[limit], used === undefined ? undefined : volume[used])),
      ];
    }),
  };
}
