import type { Event } from '@aws-sdk/client-cloudtrail';
import type { CloudEvent, EventHandlers, ResourceKind } from '@mcmp/driver-sdk';
import type { Aws } from './client.js';
import { present } from './map.js';
import { readPage } from './pages.js';

/** CloudTrail's words for the kinds. */
const KINDS: Record<string, ResourceKind> = {
  'AWS::EC2::Instance': 'vm', 'AWS::EC2::VPC': 'network', 'AWS::EC2::Subnet': 'subnet', 'AWS::EC2::SecurityGroup': 'security-group', 'AWS::EC2::KeyPair': 'key-pair', 'AWS::EC2::Volume': 'disk', 'AWS::EC2::EIP': 'public-ip',
  'AWS::EC2::NetworkInterface': 'network-interface', 'AWS::EC2::InternetGateway': 'internet-gateway', 'AWS::EC2::NatGateway': 'nat-gateway', 'AWS::EC2::RouteTable': 'route-table', 'AWS::EC2::Snapshot': 'snapshot', 'AWS::EC2::Ami': 'custom-image',
  'AWS::EC2::VPNGateway': 'vpn-gateway', 'AWS::EC2::VPNConnection': 'vpn-connection', 'AWS::ElasticLoadBalancingV2::LoadBalancer': 'load-balancer', 'AWS::EKS::Cluster': 'cluster', 'AWS::S3::Bucket': 'bucket', 'AWS::RDS::DBInstance': 'database',
  'AWS::IAM::User': 'iam-user', 'AWS::IAM::Role': 'iam-role', 'AWS::SQS::Queue': 'queue', 'AWS::Route53::HostedZone': 'dns-zone',
};

/** What CloudTrail keeps for 90 days without any trail. Of all things only what changed something; of one thing all that it keeps. */
export function events(aws: Aws): EventHandlers {
  return {
    async list({ region, from, to, resourceId, ...page }, signal) {
      const cloudtrail = await aws.service('cloudtrail', region, signal);
      return readPage(page, [1, 50], async ({ MaxResults, NextToken }) => {
        const answer = await cloudtrail.send(new cloudtrail.LookupEventsCommand({
          StartTime: new Date(from), EndTime: new Date(to), MaxResults, ...present({ NextToken }),
          LookupAttributes: [resourceId === undefined ? { AttributeKey: 'ReadOnly', AttributeValue: 'false' } : { AttributeKey: 'ResourceName', AttributeValue: resourceId }],
        }));
        // EndTime is inclusive there.
        const items = (answer.Events ?? []).filter(({ EventTime }) => EventTime !== undefined && EventTime.getTime() < Date.parse(to)).map((event) => toEvent(event, region, resourceId));
        return { items, next: answer.NextToken };
      });
    },
  };
}

/** @param resourceId the resource that was asked for, among several of one event. */
export function toEvent({ EventId = '', EventName = '', EventTime, Username, Resources = [], CloudTrailEvent }: Event, region: string, resourceId?: string): CloudEvent {
  const { errorCode, errorMessage } = recordOf(CloudTrailEvent);
  const resource = Resources.find(({ ResourceName }) => ResourceName === resourceId) ?? Resources.find(({ ResourceType = '' }) => KINDS[ResourceType] !== undefined) ?? Resources[0];
  return {
    id: EventId, region, at: (EventTime ?? new Date(0)).toISOString(), type: EventName, failed: errorCode !== undefined,
    ...present({ kind: KINDS[resource?.ResourceType ?? ''], resourceId: resource?.ResourceName, actor: Username, message: errorCode === undefined ? undefined : [errorCode, errorMessage].filter(Boolean).join(': ') }),
  };
}

/** The record itself is text; what cannot be read tells nothing. */
function recordOf(text: string | undefined): { errorCode?: string; errorMessage?: string } {
  try {
    return JSON.parse(text ?? '{}') as { errorCode?: string; errorMessage?: string };
  } catch {
    return {};
  }
}
