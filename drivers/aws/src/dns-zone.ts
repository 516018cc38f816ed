import type { HostedZone } from '@aws-sdk/client-route-53';
import type { DnsZone, DnsZoneHandlers } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Aws, Service } from './client.js';
import { deleted, failedWith, notSeenYet } from './errors.js';
import { readPageOfEach } from './listing.js';
import { markOf, marked, nameOf, tagsOf, toTags } from './map.js';

export type Route53 = Service<'route53'>;

/** Route 53 takes five calls per second of a whole account, and a zone's name servers cost one each. */
const PAGE_OF_ZONES = 10;
export const zoneId = (id = ''): string => id.replace(/^\/?hostedzone\//, '');
const TAGGED = 'hostedzone' as const;

/** Zones of Route 53. The caller reference of a zone is our token, so that a repeated create finds it, also before it has its tags. */
export function dnsZones(aws: Aws): DnsZoneHandlers {
  const route53Of = (signal: AbortSignal): Promise<Route53> => aws.service('route53', aws.homeRegion, signal);
  return {
    async create(request, signal) {
      if (request.private && !request.networkIds?.length) throw new DriverError('INVALID_REQUEST', 'A private zone at AWS needs a network that sees it.', { field: 'networkIds' });
      const route53 = await route53Of(signal);
      const CallerReference = markOf(request.token);
      const [first, ...others] = request.private ? (request.networkIds ?? []) : [];
      const VPCRegion = request.region as never;
      const earlier = request.resume ? await zoneOf(route53, request.domain, CallerReference) : undefined;
      const zone = earlier ?? await route53.send(new route53.CreateHostedZoneCommand({
        Name: request.domain, CallerReference, HostedZoneConfig: { PrivateZone: request.private, Comment: request.name }, ...(first !== undefined && { VPC: { VPCRegion, VPCId: first } }),
      })).then(({ HostedZone }) => HostedZone as HostedZone, async (error: unknown) => {
        if (!failedWith(error, 'HostedZoneAlreadyExists')) throw error;
        const ours = await zoneOf(route53, request.domain, CallerReference);
        if (ours === undefined) throw notSeenYet(`The reference of the zone ${request.domain}`);
        return ours;
      });
      const id = zoneId(zone.Id);
      await route53.send(new route53.ChangeTagsForResourceCommand({ ResourceType: TAGGED, ResourceId: id, AddTags: toTags({ ...marked(request), Name: request.name }) }));
      for (const VPCId of others) {
        await route53.send(new route53.AssociateVPCWithHostedZoneCommand({ HostedZoneId: id, VPC: { VPCRegion, VPCId } })).catch((error: unknown) => {
          if (!failedWith(error, 'ConflictingDomainExists')) throw error;
        });
      }
      return read(route53, id, request.region);
    },

    async get({ region, id }, signal) {
      return read(await route53Of(signal), id, region);
    },

    async list(request, signal) {
      const route53 = await route53Of(signal);
      return readPageOfEach(request, PAGE_OF_ZONES, async ({ MaxResults, NextToken }) => {
        const answer = await route53.send(new route53.ListHostedZonesCommand({ MaxItems: MaxResults, ...(NextToken !== undefined && { Marker: NextToken }) }));
        return { items: (answer.HostedZones ?? []).map(({ Id }) => zoneId(Id)), next: answer.IsTruncated ? answer.NextMarker : undefined };
      }, (id) => read(route53, id, request.region));
    },

    async delete({ id }, signal) {
      const route53 = await route53Of(signal);
      await deleted(route53.send(new route53.DeleteHostedZoneCommand({ Id: id })));
    },
  };
}

/** The zone that an earlier call with this reference made; several zones may have one domain. */
async function zoneOf(route53: Route53, domain: string, reference: string): Promise<HostedZone | undefined> {
  const { HostedZones = [] } = await route53.send(new route53.ListHostedZonesByNameCommand({ DNSName: domain, MaxItems: 100 }));
  return HostedZones.find(({ CallerReference }) => CallerReference === reference);
}

async function read(route53: Route53, id: string, region: string): Promise<DnsZone> {
  const [{ HostedZone, DelegationSet }, { ResourceTagSet }] = await Promise.all([
    route53.send(new route53.GetHostedZoneCommand({ Id: id })), route53.send(new route53.ListTagsForResourceCommand({ ResourceType: TAGGED, ResourceId: id })),
  ]);
  const domain = (HostedZone?.Name ?? '').replace(/\.$/, '');
  return {
    id, name: nameOf(ResourceTagSet?.Tags, domain), region, tags: tagsOf(ResourceTagSet?.Tags), providerState: 'available', state: 'available', domain,
    private: HostedZone?.Config?.PrivateZone ?? false, nameServers: DelegationSet?.NameServers ?? [],
  };
}
