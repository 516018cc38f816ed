import type { Vm, VmState } from '../../compute.js';
import { ensure, ensureRefused, ensureSame, show, skip } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { consequence } from '../context.js';
import type { Draft, Thing } from '../fixtures.js';
import { doorOf, draft, fixture, isLive, listAll, strangerOf, use } from '../fixtures.js';

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
type Action = 'start' | 'stop' | 'reboot';

/** Whether an IPv4 address lies in a range. */
function lies(address: string, cidr: string): boolean {
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const [base = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return IPV4.test(address) && Math.floor(number(address) / size) === Math.floor(number(base) / size);
}

/** The VM that the actions work on: the first of the batch. */
const worked = (context: CheckContext): Promise<Vm> => use(context, 'vm') as Promise<unknown> as Promise<Vm>;

/** Waits until the VM is in a state. */
async function reaches(context: CheckContext, id: string, state: VmState): Promise<Vm> {
  return context.until(`vm ${id} is ${state}`, async () => {
    const vm = (await doorOf(context, 'vm').get(id)) as Thing as unknown as Vm;
    return vm.state === state ? vm : undefined;
  });
}

/** Acts on the VM and waits for the state; skipped where the way there fails in another check. */
async function act(context: CheckContext, action: Action, state: VmState): Promise<string> {
  const { id, region } = await worked(context);
  await context.call(`vm.${action}`, { region, id });
  await reaches(context, id, state);
  return id;
}

/** Brings the VM into a state that a check begins with. */
async function begin(context: CheckContext, state: 'running' | 'suspended'): Promise<Vm> {
  const vm = await worked(context);
  try {
    if ((await doorOf(context, 'vm').get(vm.id)).state !== state) await act(context, state === 'running' ? 'start' : 'stop', state);
  } catch (error) {
    throw consequence(`a VM that is ${state}`, error);
  }
  return vm;
}

/** A batch of which nothing may be made: the refusal, then the truth. */
async function refusedWhole(context: CheckContext, request: Draft, codes: Parameters<typeof ensureRefused>[1], what: string): Promise<void> {
  await ensureRefused(doorOf(context, 'vm').create(request), codes, what);
  const truth = await context.options.faults?.count?.('vm', request.tags);
  ensure(truth === undefined || truth === 0, `the cloud holds ${truth} VMs of the refused request`);
  const found = (await listAll(context, 'vm', { tags: request.tags })).filter(isLive);
  ensureSame(found.length, 0, 'VMs of the refused request');
}

const check = (what: string, sentence: string, run: Check['run']): Check => ({ id: `vm.${what}`, capability: 'vm', sentence, run });

/** What VMs keep beside their lifecycle. */
export const vmChecks: Check[] = [
  check('batch', 'answers a batch in the order of its names', async (context) => {
    const { request, answers } = await fixture(context, 'vm');
    const names = request.names as string[];
    if (names.length < 2) skip('traits.vmBatch is 1');
    for (const [index, vm] of answers.entries()) {
      ensure(vm.batchIndex === undefined || vm.batchIndex === index, `the VM at place ${index} has the batchIndex ${show(vm.batchIndex)}`);
      ensure(!names.includes(vm.name) || vm.name === names[index] || new Set(answers.map((other) => other.name)).size === 1, `the VM at place ${index} is called ${show(vm.name)}`);
    }
  }),
  check('asked', 'makes VMs of the spec and image that were asked, in the zone that was asked', async (context) => {
    const { request, things } = await fixture(context, 'vm');
    for (const vm of things as unknown as Vm[]) {
      ensureSame([vm.specId, vm.imageId], [request.specId, request.imageId], 'spec and image');
      ensure(request.zone === undefined || vm.zone === request.zone, `asked ${show(request.zone)}, got ${show(vm.zone)}`);
    }
  }),
  check('ties', 'tells the network, subnet and security groups of a VM, where it tells them', async (context) => {
    const { request, things } = await fixture(context, 'vm');
    for (const { networkId, subnetId, securityGroupIds } of things as unknown as Vm[]) {
      ensure(networkId === undefined || networkId === request.networkId, `the network is ${show(networkId)}`);
      ensure(subnetId === undefined || subnetId === request.subnetId, `the subnet is ${show(subnetId)}`);
      ensureSame(securityGroupIds, request.securityGroupIds, 'security groups');
    }
  }),
  check('running', 'brings every VM of a batch to running', async (context) => {
    for (const vm of (await fixture(context, 'vm')).things) ensureSame(vm.state, 'running', `state of ${vm.id}`);
  }),
  check('private-address', 'gives a running VM an address of its subnet', async (context) => {
    const { cidr } = await use(context, 'subnet');
    for (const { id, privateIp } of (await fixture(context, 'vm')).things as unknown as Vm[]) ensure(privateIp !== undefined && lies(privateIp, cidr as string), `${id} has ${show(privateIp)} in ${show(cidr)}`);
  }),
  check('public-address', 'gives a running VM the public address that was asked, or tells where SSH answers', async (context) => {
    for (const { id, publicIp, sshHost } of (await fixture(context, 'vm')).things as unknown as Vm[]) ensure(IPV4.test(publicIp ?? '') || Boolean(sshHost), `${id} has the public address ${show(publicIp)}`);
  }),
  check('unknown-spec', 'refuses a spec that does not exist, and makes nothing', async (context) => {
    const request = await draft(context, 'vm', 'no-spec', 2);
    const names = request.names?.slice(0, (await context.traits()).vmBatch) ?? [];
    await refusedWhole(context, { ...request, names, specId: 'no-such.spec' }, ['INVALID_REQUEST', 'UNSUPPORTED', 'NOT_FOUND'], 'an unknown spec');
  }),
  check('unknown-image', 'refuses an image that does not exist, and makes nothing', async (context) => {
    const request = await draft(context, 'vm', 'no-image', 2);
    const names = request.names?.slice(0, (await context.traits()).vmBatch) ?? [];
    await refusedWhole(context, { ...request, names, imageId: strangerOf(request.imageId as string) }, ['INVALID_REQUEST', 'NOT_FOUND'], 'an unknown image');
  }),
  check('unknown-subnet', 'refuses a subnet that does not exist, and makes nothing', async (context) => {
    const request = await draft(context, 'vm', 'no-subnet');
    await refusedWhole(context, { ...request, subnetId: strangerOf(request.subnetId as string) }, ['INVALID_REQUEST', 'NOT_FOUND'], 'an unknown subnet');
  }),
  check('batch-too-big', 'refuses more VMs than traits.vmBatch, and makes nothing', async (context) => {
    const { vmBatch } = await context.traits();
    if (vmBatch > 4 && !context.options.faults) skip(`would ask a real cloud for ${vmBatch + 1} VMs`);
    await refusedWhole(context, await draft(context, 'vm', 'many', vmBatch + 1), ['INVALID_REQUEST', 'UNSUPPORTED', 'QUOTA_EXCEEDED'], `a batch of ${vmBatch + 1}`);
  }),
  check('start-unknown', 'answers NOT_FOUND to an action on a VM that does not exist', async (context) => {
    const { region, id } = await worked(context);
    await ensureRefused(context.call('vm.start', { region, id: strangerOf(id) }), ['NOT_FOUND'], 'vm.start of an unknown id');
  }),
  check('stop', 'suspends a VM', async (context) => {
    await begin(context, 'running');
    await act(context, 'stop', 'suspended');
  }),
  check('stop-again', 'stops a suspended VM again without complaint', async (context) => {
    await begin(context, 'suspended');
    await act(context, 'stop', 'suspended');
  }),
  check('resize', 'changes the spec of a suspended VM, where it can', async (context) => {
    const { otherSpecId, specId } = await context.place();
    if (otherSpecId === undefined) return skip('needs place.otherSpecId');
    const { id, region } = await begin(context, 'suspended');
    for (const wanted of [otherSpecId, specId]) {
      await context.call('vm.resize', { region, id, specId: wanted });
      await context.until(`vm ${id} has the spec ${wanted}`, async () => ((await doorOf(context, 'vm').get(id)).specId === wanted ? true : undefined));
    }
  }),
  check('start', 'resumes a suspended VM', async (context) => {
    await begin(context, 'suspended');
    await act(context, 'start', 'running');
  }),
  check('start-again', 'starts a running VM again without complaint', async (context) => {
    await begin(context, 'running');
    await act(context, 'start', 'running');
  }),
  check('reboot', 'reboots a VM, which then runs', async (context) => {
    await begin(context, 'running');
    await act(context, 'reboot', 'running');
  }),
];
