import type { Listener as AwsListener, TargetGroup, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { HealthCheck, Listener } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import type { Service } from './client.js';
import { deleted, failedWith } from './errors.js';
import { each } from './listing.js';
import { targetProtocolOf } from './listener-rules.js';
import { groupName, groupStem, nameOfArn } from './load-balancer-name.js';
import { present } from './map.js';
import { readAll } from './pages.js';

export type Elb = Service<'elasticloadbalancing'>;
/** A load balancer as far as its parts need it. */
export interface Owner { arn: string; name: string; networkId: string; tags: { Key?: string | undefined; Value?: string | undefined }[] }

type Word = Listener['protocol'];
/** AWS's words that are not ours: of foreign load balancers only. */
const WORDS: Record<string, Word> = { HTTP: 'http', HTTPS: 'https', TCP: 'tcp', TLS: 'tcp', TCP_UDP: 'tcp', UDP: 'udp', QUIC: 'udp', TCP_QUIC: 'tcp' };
const wordOf = (protocol = ''): Word => WORDS[protocol] ?? 'tcp';
const awsOf = (word: Word): 'HTTP' => word.toUpperCase() as 'HTTP';
/** Health of what is no target any more. */
const LEAVING = new Set(['draining', 'unhealthy.draining']);
const isLeaving = ({ TargetHealth }: TargetHealthDescription): boolean => LEAVING.has(TargetHealth?.State ?? '') || TargetHealth?.Reason === 'Target.NotRegistered';

export const listenersOf = (elb: Elb, LoadBalancerArn: string): Promise<AwsListener[]> => readAll(400, async ({ MaxResults, NextToken }) => {
  const { Listeners = [], NextMarker } = await elb.send(new elb.DescribeListenersCommand({ LoadBalancerArn, PageSize: MaxResults, ...present({ Marker: NextToken }) }));
  return { items: Listeners, next: NextMarker };
});

const groupArnOf = ({ DefaultActions = [] }: AwsListener): string | undefined => DefaultActions.map(({ TargetGroupArn, ForwardConfig }) => TargetGroupArn ?? ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn).find((arn) => arn !== undefined);

/** Target groups that these listeners lead to. */
export async function groupsOf(elb: Elb, listeners: readonly AwsListener[]): Promise<TargetGroup[]> {
  const TargetGroupArns = [...new Set(listeners.flatMap((listener) => groupArnOf(listener) ?? []))];
  return TargetGroupArns.length === 0 ? [] : ((await elb.send(new elb.DescribeTargetGroupsCommand({ TargetGroupArns }))).TargetGroups ?? []);
}

/** Target groups that were made for a load balancer, by their names; it may be gone already. */
export async function groupsNamedFor(elb: Elb, balancer: string): Promise<TargetGroup[]> {
  const stem = groupStem(balancer);
  const all = await readAll(400, async ({ MaxResults, NextToken }) => {
    const { TargetGroups = [], NextMarker } = await elb.send(new elb.DescribeTargetGroupsCommand({ PageSize: MaxResults, ...present({ Marker: NextToken }) }));
    return { items: TargetGroups, next: NextMarker };
  });
  return all.filter(({ TargetGroupName = '' }) => TargetGroupName.startsWith(stem));
}

export const healthOf = async (elb: Elb, { TargetGroupArn, TargetType = 'instance' }: TargetGroup): Promise<TargetHealthDescription[]> =>
  (TargetType === 'instance' ? ((await elb.send(new elb.DescribeTargetHealthCommand({ TargetGroupArn }))).TargetHealthDescriptions ?? []) : []);

/** VMs of all these groups, in the order of AWS. */
export const vmIdsOf = async (elb: Elb, groups: TargetGroup[]): Promise<string[]> =>
  [...new Set((await each(groups, (group) => healthOf(elb, group))).flat().flatMap((row) => (isLeaving(row) ? [] : (row.Target?.Id ?? []))))];

/** Makes the targets of a group exactly these VMs, each at the group's own port. */
export async function setTargetsOf(elb: Elb, group: TargetGroup, vmIds: readonly string[]): Promise<void> {
  const { TargetGroupArn } = group;
  const now = new Set(await vmIdsOf(elb, [group]));
  const added = vmIds.filter((id) => !now.has(id)), gone = [...now].filter((id) => !vmIds.includes(id));
  if (added.length > 0) await elb.send(new elb.RegisterTargetsCommand({ TargetGroupArn, Targets: added.map((Id) => ({ Id })) }));
  if (gone.length > 0) await elb.send(new elb.DeregisterTargetsCommand({ TargetGroupArn, Targets: gone.map((Id) => ({ Id })) }));
}

/**
 * Makes a listener with its target group and its targets; what is there of it stays.
 * @param there what the load balancer listens to now.
 * @returns ARN of the target group.
 */
export async function ensureListener(elb: Elb, balancer: Owner, listener: Listener, vmIds: readonly string[], there: readonly AwsListener[]): Promise<string> {
  const group = await ensureGroup(elb, balancer, listener);
  const TargetGroupArn = group.TargetGroupArn!;
  await setTargetsOf(elb, group, vmIds);
  const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn }];
  const Certificates = listener.certificateId === undefined ? undefined : [{ CertificateArn: listener.certificateId }];
  const known = there.find(({ Port }) => Port === listener.port);
  if (known && known.Protocol === awsOf(listener.protocol)) {
    const same = groupArnOf(known) === TargetGroupArn && (known.DefaultActions ?? []).length === 1 && known.Certificates?.[0]?.CertificateArn === listener.certificateId;
    if (!same) await elb.send(new elb.ModifyListenerCommand({ ListenerArn: known.ListenerArn, DefaultActions, ...present({ Certificates }) }));
    return TargetGroupArn;
  }
  if (known) await removeListener(elb, known);
  await elb.send(new elb.CreateListenerCommand({ LoadBalancerArn: balancer.arn, Protocol: awsOf(listener.protocol), Port: listener.port, DefaultActions, Tags: balancer.tags as { Key: string }[], ...present({ Certificates }) })).catch(async (error: unknown) => {
    // Another call of the same request was first, where it leads to the same group.
    const other = failedWith(error, 'DuplicateListener', 'DuplicateListenerException') ? (await listenersOf(elb, balancer.arn)).find(({ Port }) => Port === listener.port) : undefined;
    if (!other || groupArnOf(other) !== TargetGroupArn) throw error;
  });
  return TargetGroupArn;
}

async function ensureGroup(elb: Elb, { name, networkId, tags }: Owner, listener: Listener): Promise<TargetGroup> {
  const Name = groupName(name, listener);
  const { healthCheck: check } = listener;
  try {
    const { TargetGroups } = await elb.send(new elb.CreateTargetGroupCommand({
      Name, VpcId: networkId, TargetType: 'instance', Protocol: awsOf(targetProtocolOf(listener)), Port: listener.targetPort, Tags: tags as { Key: string }[],
      HealthCheckProtocol: awsOf(check.protocol), HealthCheckPort: check.port === undefined ? 'traffic-port' : String(check.port), HealthCheckIntervalSeconds: check.intervalSeconds, HealthCheckTimeoutSeconds: check.timeoutSeconds,
      HealthyThresholdCount: check.healthyThreshold, UnhealthyThresholdCount: check.unhealthyThreshold, ...(check.protocol !== 'tcp' && { HealthCheckPath: check.path ?? '/' }),
    }));
    return TargetGroups![0]!;
  } catch (error) {
    if (!failedWith(error, 'DuplicateTargetGroupName', 'DuplicateTargetGroupNameException')) throw error;
    const { TargetGroups } = await elb.send(new elb.DescribeTargetGroupsCommand({ Names: [Name] }));
    if (!TargetGroups?.[0]) throw error;
    return TargetGroups[0];
  }
}

/** Takes a listener away, and its target group where that was made for its load balancer. */
export async function removeListener(elb: Elb, listener: AwsListener): Promise<void> {
  await deleted(elb.send(new elb.DeleteListenerCommand({ ListenerArn: listener.ListenerArn })));
  const group = groupArnOf(listener);
  if (group && (group.split('/')[1] ?? '').startsWith(groupStem(nameOfArn(listener.LoadBalancerArn ?? '')))) await removeGroup(elb, group);
}

export async function removeGroup(elb: Elb, TargetGroupArn: string): Promise<void> {
  await deleted(elb.send(new elb.DeleteTargetGroupCommand({ TargetGroupArn }))).catch((error: unknown) => {
    // AWS lets a group go some moments after its listener.
    throw failedWith(error, 'ResourceInUse', 'ResourceInUseException') ? new DriverError('CONFLICT', `AWS still lets go of the target group ${TargetGroupArn}: repeat the call.`, { providerCode: 'ResourceInUse' }) : error;
  });
}

/** A listener in our words, or nothing where it leads to no group of VMs, as a redirect does. */
export function shownListener(listener: AwsListener, groups: readonly TargetGroup[]): Listener[] {
  const group = groups.find(({ TargetGroupArn }) => TargetGroupArn === groupArnOf(listener));
  if (!group) return [];
  const protocol = group.HealthCheckProtocol === 'HTTP' ? 'http' : group.HealthCheckProtocol === 'HTTPS' ? 'https' : 'tcp';
  const healthCheck: HealthCheck = {
    protocol, intervalSeconds: group.HealthCheckIntervalSeconds ?? 30, timeoutSeconds: group.HealthCheckTimeoutSeconds ?? 10, healthyThreshold: group.HealthyThresholdCount ?? 5, unhealthyThreshold: group.UnhealthyThresholdCount ?? 2,
    ...present({ port: /^\d+$/.test(group.HealthCheckPort ?? '') ? Number(group.HealthCheckPort) : undefined, path: protocol === 'tcp' ? undefined : group.HealthCheckPath }),
  };
  return [{ protocol: wordOf(listener.Protocol), port: listener.Port ?? 0, targetPort: group.Port ?? 0, targetProtocol: wordOf(group.Protocol), healthCheck, ...present({ certificateId: listener.Certificates?.[0]?.CertificateArn }) }];
}
