import type * as ec2 from '@aws-sdk/client-ec2';
import type { RegionView } from '../../../simulator/world/types.js';
import { action } from '../action.js';
import { badCombination, Ec2Error, invalidValue } from '../errors.js';
import { matcher } from '../filters.js';

/** Regions that an account enables itself (AWS Regions guide, as of 2026); in the box all of them are enabled. */
const OPT_IN = new Set([
  'af-south-1', 'ap-east-1', 'ap-east-2', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-west-1', 'eu-central-2', 'eu-south-1', 'eu-south-2',
  'il-central-1', 'me-central-1', 'me-south-1', 'mx-central-1',
]);

const describeRegions = action<ec2.DescribeRegionsRequest, ec2.DescribeRegionsResult>('DescribeRegions', 'region.list', ['RegionNames', 'AllRegions', 'Filters', 'DryRun'], (input, { view }) => {
  const regions: ec2.Region[] = view.personality.regions.map(({ id }) => ({ RegionName: id, Endpoint: `ec2.${id}.amazonaws.com`, OptInStatus: OPT_IN.has(id) ? 'opted-in' : 'opt-in-not-required' }));
  const named = input.RegionNames ?? [];
  const unknown = named.find((name) => !regions.some((region) => region.RegionName === name));
  if (unknown !== undefined) throw invalidValue(`Invalid region name: ${unknown}`);
  const fits = matcher(input.Filters, { 'region-name': (region: ec2.Region) => region.RegionName, endpoint: (region) => region.Endpoint, 'opt-in-status': (region) => region.OptInStatus });
  return { Regions: regions.filter((region) => (!named.length || named.includes(region.RegionName!)) && fits(region)) };
});

/** `ap-northeast-2a` is zone `apne2-az1`; the number of an id is the same for all accounts, and here also the letter's. */
export function zoneId(view: RegionView, zone: string): string {
  const short = view.region.id.replace(/^([a-z]+)-(?:gov-)?(north|south|east|west|central)?(north|south|east|west|central)?-(\d+)$/, (_, area: string, first = '', second = '', number = '') => `${area}${first[0] ?? ''}${second[0] ?? ''}${number}`);
  return `${short}-az${view.region.zones.indexOf(zone) + 1}`;
}

/** A zone by name or id; undefined where the request leaves it open. @throws Ec2Error InvalidParameterValue */
export function zoneOf(view: RegionView, name: string | undefined, id: string | undefined): string | undefined {
  if (name && id) throw badCombination('The parameters AvailabilityZone and AvailabilityZoneId cannot be used together');
  const zone = view.region.zones.find((each) => (id ? zoneId(view, each) === id : each === name));
  if ((name || id) && !zone) throw invalidValue(`Value (${name ?? id ?? ''}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${view.region.zones.join(', ')}.`);
  return zone;
}

const describeAvailabilityZones = action<ec2.DescribeAvailabilityZonesRequest, ec2.DescribeAvailabilityZonesResult>(
  'DescribeAvailabilityZones', 'region.listZones', ['ZoneNames', 'ZoneIds', 'AllAvailabilityZones', 'Filters', 'DryRun'], (input, { view }) => {
    const zones: ec2.AvailabilityZone[] = view.zones().map(({ id }) => ({
      ZoneName: id, ZoneId: zoneId(view, id), RegionName: view.region.id, State: 'available', OptInStatus: 'opt-in-not-required', ZoneType: 'availability-zone', GroupName: view.region.id,
      NetworkBorderGroup: view.region.id, Messages: [],
    }));
    const named = (zone: ec2.AvailabilityZone, names: string[] | undefined, name: string | undefined): boolean => !names?.length || names.includes(name ?? '');
    const unknown = [...(input.ZoneNames ?? []), ...(input.ZoneIds ?? [])].find((name) => !zones.some((zone) => zone.ZoneName === name || zone.ZoneId === name));
    if (unknown !== undefined) throw new Ec2Error('InvalidParameterValue', `Invalid availability zone: [${unknown}]`);
    const fits = matcher(input.Filters, {
      'zone-name': (zone: ec2.AvailabilityZone) => zone.ZoneName, 'zone-id': (zone) => zone.ZoneId, 'region-name': (zone) => zone.RegionName, state: (zone) => zone.State,
      'zone-type': (zone) => zone.ZoneType, 'opt-in-status': (zone) => zone.OptInStatus, 'group-name': (zone) => zone.GroupName,
    });
    return { AvailabilityZones: zones.filter((zone) => named(zone, input.ZoneNames, zone.ZoneName) && named(zone, input.ZoneIds, zone.ZoneId) && fits(zone)) };
  });

const describeAccountAttributes = action<ec2.DescribeAccountAttributesRequest, ec2.DescribeAccountAttributesResult>(
  'DescribeAccountAttributes', 'quota.list', ['AttributeNames', 'DryRun'], (input, { view }) => {
    const limit = (measure: string): string => String(view.quotas().find((quota) => quota.measure === measure)?.limit ?? 0);
    const values: Record<string, string> = {
      'supported-platforms': 'VPC', 'default-vpc': 'none', 'vpc-max-security-groups-per-interface': '5', 'max-elastic-ips': limit('public-ip'), 'vpc-max-elastic-ips': limit('public-ip'),
    };
    const wanted = input.AttributeNames?.length ? input.AttributeNames : Object.keys(values);
    const unknown = wanted.find((name) => !Object.hasOwn(values, name));
    if (unknown !== undefined) throw invalidValue(`Value (${unknown}) for parameter attributeName is invalid.`);
    return { AccountAttributes: wanted.map((AttributeName) => ({ AttributeName, AttributeValues: [{ AttributeValue: values[AttributeName]! }] })) };
  });

export const regionActions = [describeRegions, describeAvailabilityZones, describeAccountAttributes];
