import type { LoadBalancer as AwsBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { CreateLoadBalancer, ListRequest, LoadBalancer, LoadBalancerHandlers, Page, PageRequest, ResourceState, Tags, TargetHealth } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import { setTimeout as wait } from 'node:timers/promises';
import type { Aws } from './client.js';
import { steady } from './client.js';
import { failedWith } from './errors.js';
import { carries, each, orGone, readPageOfEach } from './listing.js';
import { requireListeners } from './listener-rules.js';
import { balancerName, nameOfArn } from './load-balancer-name.js';
import { filter, hasToken, marked, nameOf, present, tagsOf, toTags } from './map.js';
import { readPage } from './pages.js';
import type { Elb } from './target-group.js';
import { ensureListener, groupsOf, groupsNamedFor, healthOf, listenersOf, removeGroup, removeListener, setTargetsOf, shownListener, vmIdsOf } from './target-group.js';

const STATES: Record<string, ResourceState> = { provisioning: 'pending', active: 'available', active_impaired: 'available', failed: 'failed' };
const HEALTH: Record<string, TargetHealth['state']> = { healthy: 'healthy', unhealthy: 'unhealthy', initial: 'pending', draining: 'draining', 'unhealthy.draining': 'draining' };
/** ELB tells the tags of so many things at once. */
const TAGS_AT_ONCE = 20;
const LOOK_MS = 1_000;
const ARN = /^arn:[\w-]+:elasticloadbalancing:[\w-]+:\d+:loadbalancer\/[\w-]+\/[\w-]+\/\w+$/;
/** Gateway load balancers pass packets to appliances, and are none of ours. */
const isOurs = ({ Type }: AwsBalancer): boolean => Type === 'network' || Type === 'application';
const missing = (id: string): DriverError => new DriverError('NOT_FOUND', `There is no load balancer ${id} in this region.`, { providerCode: 'LoadBalancerNotFound' });

/**
 * Network and application load balancers of ELB; the id is the ARN. Each listener has a target group of its own, which all go with the load balancer.
 * Its name at AWS is the asked one and a hash of the token, so that AWS itself never makes a second one of a request; the asked name is the tag `Name`.
 * A load balancer without listeners has no targets: AWS keeps those in the target groups.
 */
export function loadBalancers(aws: Aws): LoadBalancerHandlers {
  // Second creates of one name and settings either succeed with the first thing or are refused as duplicates, which is understood below.
  const elbOf = async (region: string, signal: AbortSignal): Promise<Elb> => steady(await aws.service('elasticloadbalancing', region, signal), signal, ['CreateLoadBalancer', 'CreateTargetGroup', 'CreateListener']);
  const get = async (elb: Elb, region: string, id: string): Promise<LoadBalancer> => {
    const found = await findByArn(elb, id);
    const tags = await tagsByArn(elb, [found]);
    return show(elb, region, found, tags.get(id) ?? []);
  };

  return {
    async create(request, signal) {
      requireListeners(request.type, request.listeners);
      await requireZones(aws, request, signal);
      const elb = await elbOf(request.region, signal);
      const name = balancerName(request);
      const made = (await findByName(elb, name)) ?? (await elb.send(new elb.CreateLoadBalancerCommand({
        Name: name, Type: request.type, Scheme: request.scheme === 'public' ? 'internet-facing' : 'internal', Subnets: request.subnetIds, Tags: balancerTags(request),
        ...present({ SecurityGroups: request.securityGroupIds?.length ? request.securityGroupIds : undefined }),
      })).then(({ LoadBalancers }) => LoadBalancers![0]!, async (error: unknown) => {
        const other = failedWith(error, 'DuplicateLoadBalancerName') ? await findByName(elb, name) : undefined;
        if (!other) throw error;
        return other;
      }));
      const id = made.LoadBalancerArn!;
      if (!hasToken((await tagsByArn(elb, [made])).get(id), request.token)) throw new DriverError('ALREADY_EXISTS', `There is a load balancer ${name} of another origin in this region.`, { providerCode: 'DuplicateLoadBalancerName', field: 'name' });
      const balancer = { arn: id, name, networkId: request.networkId, tags: balancerTags(request) };
      const there = await listenersOf(elb, id);
      for (const listener of request.listeners) await ensureListener(elb, balancer, listener, request.vmIds, there);
      return get(elb, request.region, id);
    },

    async get({ region, id }, signal) {
      return get(await elbOf(region, signal), region, id);
    },

    async list(request, signal) {
      const elb = await elbOf(request.region, signal);
      if (request.ids) return readPageOfEach(request, TAGS_AT_ONCE, async () => ({ items: [] }), (id) => get(elb, request.region, id));
      return listAll(elb, request);
    },

    /** Waits until the load balancer is gone, and takes its target groups then. Its network interfaces hold subnets and security groups for some minutes more. */
    async delete({ region, id }, signal) {
      if (!ARN.test(id)) return;
      const elb = await elbOf(region, signal);
      if (await orGone(findByArn(elb, id))) await elb.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerArn: id }));
      while (await orGone(findByArn(elb, id))) {
        await wait(LOOK_MS, undefined, { signal }).catch(() => { throw new DriverError('CONFLICT', `AWS still deletes the load balancer ${id}: repeat the delete, which then takes its target groups away.`); });
      }
      for (const group of await groupsNamedFor(elb, nameOfArn(id))) await removeGroup(elb, group.TargetGroupArn!);
    },

    async setListeners({ region, id, listeners }, signal) {
      const elb = await elbOf(region, signal);
      const found = await findByArn(elb, id);
      requireListeners(found.Type === 'application' ? 'application' : 'network', listeners);
      const [there, tags] = await Promise.all([listenersOf(elb, id), tagsByArn(elb, [found])]);
      const vmIds = await vmIdsOf(elb, await groupsOf(elb, there));
      const balancer = { arn: id, name: nameOfArn(id), networkId: found.VpcId ?? '', tags: (tags.get(id) ?? []).filter(({ Key = '' }) => !Key.startsWith('aws:')) };
      for (const listener of there) if (!listeners.some(({ port }) => port === listener.Port)) await removeListener(elb, listener);
      const kept: string[] = [];
      for (const listener of listeners) kept.push(await ensureListener(elb, balancer, listener, vmIds, there));
      // Those of an earlier call that was stopped, too.
      for (const { TargetGroupArn = '' } of await groupsNamedFor(elb, balancer.name)) if (!kept.includes(TargetGroupArn)) await removeGroup(elb, TargetGroupArn);
      return get(elb, region, id);
    },

    async setTargets({ region, id, vmIds }, signal) {
      const elb = await elbOf(region, signal);
      await findByArn(elb, id);
      for (const group of await groupsOf(elb, await listenersOf(elb, id))) await setTargetsOf(elb, group, vmIds);
      return get(elb, region, id);
    },

    async health({ region, id }, signal) {
      const elb = await elbOf(region, signal);
      await findByArn(elb, id);
      const rows = (await each(await groupsOf(elb, await listenersOf(elb, id)), (group) => healthOf(elb, group))).flat();
      return { items: rows.map(({ Target, TargetHealth: health }) => ({ vmId: Target?.Id ?? '', port: Target?.Port ?? 0, state: HEALTH[health?.State ?? ''] ?? 'unknown', ...present({ reason: [health?.Reason, health?.Description].filter(Boolean).join(': ') || undefined }) })) };
    },
  };
}

const balancerTags = (request: Pick<CreateLoadBalancer, 'tags' | 'token' | 'name'>): { Key: string; Value: string }[] => toTags({ ...marked(request), Name: request.name }) as { Key: string; Value: string }[];

/** AWS refuses one zone for an application load balancer, and two subnets of one zone for both types, when the rest is made already. */
async function requireZones(aws: Aws, { region, type, subnetIds, networkId }: CreateLoadBalancer, signal: AbortSignal): Promise<void> {
  const refuse = (why: string): never => { throw new DriverError('INVALID_REQUEST', why, { field: 'subnetIds' }); };
  const wanted = [...new Set(subnetIds)];
  if (wanted.length === 0) refuse('A load balancer needs a subnet.');
  const ec2 = await aws.ec2(region, signal);
  const { Subnets = [] } = await ec2.send(new ec2.DescribeSubnetsCommand({ Filters: [filter('subnet-id', ...wanted)] }));
  const unknown = wanted.filter((id) => !Subnets.some(({ SubnetId, VpcId }) => SubnetId === id && VpcId === networkId));
  if (unknown.length > 0) refuse(`${unknown.join(', ')} is no subnet of ${networkId}.`);
  const zones = new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone));
  if (zones.size < wanted.length) refuse(`A load balancer takes one subnet of each zone; ${Subnets.map(({ SubnetId, AvailabilityZone }) => `${SubnetId} is in ${AvailabilityZone}`).join(', ')}.`);
  if (type === 'application' && zones.size < 2) refuse(`An application load balancer of AWS needs subnets in two zones at least; ${wanted.join(', ')} gives ${[...zones].join(', ')} only.`);
}

async function findByArn(elb: Elb, id: string): Promise<AwsBalancer> {
  // Anything else than an ARN is refused as a wrong request by AWS.
  if (!ARN.test(id)) throw missing(id);
  const { LoadBalancers = [] } = await elb.send(new elb.DescribeLoadBalancersCommand({ LoadBalancerArns: [id] }));
  if (!LoadBalancers[0] || !isOurs(LoadBalancers[0])) throw missing(id);
  return LoadBalancers[0];
}

const findByName = (elb: Elb, name: string): Promise<AwsBalancer | undefined> => orGone(elb.send(new elb.DescribeLoadBalancersCommand({ Names: [name] })).then(({ LoadBalancers }) => LoadBalancers?.[0]));

type AwsTags = { Key?: string | undefined; Value?: string | undefined }[];

async function tagsByArn(elb: Elb, balancers: AwsBalancer[]): Promise<Map<string, AwsTags>> {
  const arns = balancers.map(({ LoadBalancerArn }) => LoadBalancerArn!);
  const chunks = Array.from({ length: Math.ceil(arns.length / TAGS_AT_ONCE) }, (_, index) => arns.slice(index * TAGS_AT_ONCE, (index + 1) * TAGS_AT_ONCE));
  const answers = await each(chunks, (ResourceArns) => elb.send(new elb.DescribeTagsCommand({ ResourceArns })));
  return new Map(answers.flatMap(({ TagDescriptions = [] }) => TagDescriptions).map(({ ResourceArn = '', Tags = [] }) => [ResourceArn, Tags]));
}

/** ELB's list knows no tags: they are asked for apart, and only what carries them is looked at further. */
async function listAll(elb: Elb, request: ListRequest): Promise<Page<LoadBalancer>> {
  const { items, ...rest } = await readPage(request as PageRequest, [1, 400], async ({ MaxResults, NextToken }) => {
    const { LoadBalancers = [], NextMarker } = await elb.send(new elb.DescribeLoadBalancersCommand({ PageSize: MaxResults, ...present({ Marker: NextToken }) }));
    return { items: LoadBalancers, next: NextMarker };
  });
  const tags = await tagsByArn(elb, items);
  const wanted = items.filter((one) => isOurs(one) && carries(ownTags(tags.get(one.LoadBalancerArn!)), request.tags));
  const things = await each(wanted, (one) => orGone(show(elb, request.region, one, tags.get(one.LoadBalancerArn!) ?? [])));
  return { items: things.filter((thing) => thing !== undefined), ...rest };
}

const ownTags = (tags: AwsTags = []): Tags => tagsOf(tags as Parameters<typeof tagsOf>[0]);

async function show(elb: Elb, region: string, found: AwsBalancer, tags: AwsTags): Promise<LoadBalancer> {
  const id = found.LoadBalancerArn!;
  const listeners = await listenersOf(elb, id);
  const groups = await groupsOf(elb, listeners);
  return {
    id, name: nameOf(tags as Parameters<typeof nameOf>[0], found.LoadBalancerName ?? id), region, tags: ownTags(tags), providerState: found.State?.Code ?? 'unknown', state: STATES[found.State?.Code ?? ''] ?? 'pending',
    type: found.Type === 'application' ? 'application' : 'network', scheme: found.Scheme === 'internal' ? 'internal' : 'public',
    subnetIds: (found.AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? []), listeners: listeners.flatMap((listener) => shownListener(listener, groups)), vmIds: await vmIdsOf(elb, groups),
    ...present({ networkId: found.VpcId, address: found.DNSName, createdAt: found.CreatedTime?.toISOString() }),
  };
}
