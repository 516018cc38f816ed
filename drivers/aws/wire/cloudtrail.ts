import type { Event, LookupAttribute, LookupEventsRequest } from '@aws-sdk/client-cloudtrail';
import type { RegionView, WorldEvent } from '../../simulator/world/types.js';
import { JsonError, jsonService, type JsonOperation } from './json.js';
import type { Model } from './model.js';
import type { Service } from './service.js';

/** CloudTrail's resource types (those of AWS Config) of what this wire makes. */
const TYPES: Partial<Record<NonNullable<WorldEvent['kind']>, string>> = {
  vm: 'AWS::EC2::Instance', network: 'AWS::EC2::VPC', subnet: 'AWS::EC2::Subnet', 'security-group': 'AWS::EC2::SecurityGroup', 'key-pair': 'AWS::EC2::KeyPair', disk: 'AWS::EC2::Volume', 'public-ip': 'AWS::EC2::EIP',
  'network-interface': 'AWS::EC2::NetworkInterface', 'internet-gateway': 'AWS::EC2::InternetGateway', 'nat-gateway': 'AWS::EC2::NatGateway', 'route-table': 'AWS::EC2::RouteTable', snapshot: 'AWS::EC2::Snapshot', 'custom-image': 'AWS::EC2::Ami',
  'vpn-gateway': 'AWS::EC2::VPNGateway', 'vpn-connection': 'AWS::EC2::VPNConnection',
};
const SOURCE = 'ec2.amazonaws.com';
const KEPT_S = 90 * 86_400;
/** Read from the world at a time. */
const CHUNK = 500;

const idOf = (serial: number): string => `00000000-0000-4000-8000-${serial.toString(16).padStart(12, '0')}`;

/** One event as CloudTrail shows it; times are whole seconds there. */
function shown(event: WorldEvent, account: string): Event & { EventTime: never } {
  const EventTime = Math.floor(event.at / 1000), type = TYPES[event.kind as keyof typeof TYPES];
  const record = {
    eventVersion: '1.11', userIdentity: { type: 'IAMUser', accountId: account, userName: event.actor }, eventTime: new Date(EventTime * 1000).toISOString().replace('.000Z', 'Z'), eventSource: SOURCE, eventName: event.type, awsRegion: event.region,
    eventID: idOf(event.serial), readOnly: false, eventType: 'AwsApiCall', managementEvent: true, recipientAccountId: account, eventCategory: 'Management', ...(event.failed && { errorCode: 'Client.RequestFailed', errorMessage: event.message ?? '' }),
  };
  return {
    EventId: record.eventID, EventName: event.type, ReadOnly: 'false', EventTime: EventTime as never, EventSource: SOURCE, Username: event.actor, CloudTrailEvent: JSON.stringify(record),
    Resources: event.resourceId === undefined ? [] : [{ ...(type !== undefined && { ResourceType: type }), ResourceName: event.resourceId }],
  };
}

/** What the one attribute of a look-up asks of an event. */
function holds({ AttributeKey, AttributeValue = '' }: LookupAttribute): (event: WorldEvent) => boolean {
  switch (AttributeKey) {
    // Reads are in no log of the world.
    case 'ReadOnly': return () => AttributeValue === 'false';
    case 'ResourceName': return ({ resourceId }) => resourceId === AttributeValue;
    case 'ResourceType': return ({ kind }) => kind !== undefined && TYPES[kind as keyof typeof TYPES] === AttributeValue;
    case 'EventName': return ({ type }) => type === AttributeValue;
    case 'EventId': return ({ serial }) => idOf(serial) === AttributeValue;
    case 'EventSource': return () => AttributeValue === SOURCE;
    case 'Username': return ({ actor }) => actor === AttributeValue;
    default: throw new JsonError('InvalidLookupAttributesException', `The cloud in a box does not look up by ${String(AttributeKey)}`);
  }
}

/** Events of a span, newest first, those that fit; at most one more than `size`. */
function found(view: RegionView, span: { from: number; to: number }, before: number | undefined, fits: (event: WorldEvent) => boolean, size: number): WorldEvent[] {
  const events: WorldEvent[] = [];
  for (let next = before; ;) {
    const chunk = view.events({ ...span, before: next }, CHUNK);
    events.push(...chunk.filter(fits));
    next = chunk.at(-1)?.serial;
    if (events.length > size || chunk.length < CHUNK) return events.slice(0, size + 1);
  }
}

const lookup: JsonOperation = {
  method: 'event.list',
  run(raw, { world, request, view }) {
    const { LookupAttributes = [], StartTime, EndTime, MaxResults = 50, NextToken, EventCategory } = raw as Omit<LookupEventsRequest, 'StartTime' | 'EndTime'> & { StartTime?: number; EndTime?: number };
    if (EventCategory !== undefined) throw new JsonError('InvalidEventCategoryException', 'The cloud in a box has no insight events');
    if (LookupAttributes.length > 1) throw new JsonError('InvalidLookupAttributesException', 'A look-up takes one attribute');
    if (MaxResults < 1 || MaxResults > 50) throw new JsonError('InvalidMaxResultsException', 'MaxResults must be from 1 to 50');
    const end = EndTime ?? world.date() / 1000, start = Math.max(StartTime ?? 0, world.date() / 1000 - KEPT_S);
    if (StartTime !== undefined && StartTime > end) throw new JsonError('InvalidTimeRangeException', 'StartTime is after EndTime');
    const before = NextToken === undefined ? undefined : Number(Buffer.from(NextToken, 'base64url').toString('utf8') || NaN);
    if (before !== undefined && !Number.isSafeInteger(before)) throw new JsonError('InvalidNextTokenException', 'Invalid token or token that was previously used in a request with different parameters');
    const tests = LookupAttributes.map(holds);
    // Both ends are inclusive, by whole seconds.
    const events = found(view, { from: Math.ceil(start) * 1000, to: (Math.floor(end) + 1) * 1000 }, before, (event) => tests.every((test) => test(event)), MaxResults);
    const page = events.slice(0, MaxResults);
    return { Events: page.map((event) => shown(event, request.caller.account)), ...(events.length > MaxResults && { NextToken: Buffer.from(String(page.at(-1)?.serial)).toString('base64url') }) };
  },
};

/** CloudTrail's event history: what the world's log of the account holds. */
export const trailService = (model: Model): Service => jsonService({ name: 'cloudtrail', target: 'CloudTrail_20131101', throttled: 'ThrottlingException', invalid: 'InvalidParameterCombinationException', model, operations: { LookupEvents: lookup } });
