import type { Disk } from '../../compute.js';
import type { NetworkInterface } from '../../gateway.js';
import type { PublicIp } from '../../network.js';
import { ensure, ensureRefused, ensureSame, show } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { consequence } from '../context.js';
import { doorOf, fixture, use } from '../fixtures.js';

/** Kinds that a VM can have, with the words for taking and freeing them. */
const VERBS = { disk: ['attach', 'detach'], 'public-ip': ['associate', 'disassociate'], 'network-interface': ['attach', 'detach'] } as const;
type Attachable = keyof typeof VERBS;

/** The attached or free thing, after it came to rest. */
async function rests(context: CheckContext, kind: Attachable, id: string, vmId: string | undefined): Promise<void> {
  const states = kind === 'disk' ? [vmId === undefined ? 'available' : 'in-use'] : ['available', 'in-use'];
  await context.until(`${kind} ${id} is at ${vmId ?? 'no VM'}`, async () => {
    const seen = await doorOf(context, kind).get(id);
    return seen.vmId === vmId && states.includes(seen.state) ? seen : undefined;
  });
}

/** Ties a thing to the first VM, or frees it, and waits. */
async function tie(context: CheckContext, kind: Attachable, tied: boolean): Promise<void> {
  const { id, region } = await use(context, kind);
  const vmId = (await use(context, 'vm')).id;
  const [on, off] = VERBS[kind];
  await context.invoke(`${kind}.${tied ? on : off}`, { region, id, ...(tied && { vmId }) });
  await rests(context, kind, id, tied ? vmId : undefined);
}

/** Brings a thing to where a check begins. */
async function begin(context: CheckContext, kind: Attachable, tied: boolean): Promise<void> {
  const { id } = await use(context, kind);
  try {
    if (((await doorOf(context, kind).get(id)).vmId !== undefined) !== tied) await tie(context, kind, tied);
  } catch (error) {
    throw consequence(`a ${kind} that is ${tied ? 'at a VM' : 'free'}`, error);
  }
}

const check = (capability: Attachable, what: string, sentence: string, run: Check['run']): Check => ({ id: `${capability}.${what}`, capability, sentence, needs: ['vm'], run });

/** The way of a thing to a VM and back, each step twice. */
const tying = (kind: Attachable): Check[] => {
  const [on, off] = VERBS[kind];
  return [
    check(kind, on, `ties a ${kind} to a VM`, async (context) => {
      await begin(context, kind, false);
      await tie(context, kind, true);
    }),
    check(kind, `${on}-again`, `ties a ${kind} to the VM that has it without complaint`, async (context) => {
      await begin(context, kind, true);
      await tie(context, kind, true);
    }),
    check(kind, off, `frees a ${kind}`, async (context) => {
      await begin(context, kind, true);
      await tie(context, kind, false);
    }),
    check(kind, `${off}-again`, `frees a free ${kind} without complaint`, async (context) => {
      await begin(context, kind, false);
      await tie(context, kind, false);
    }),
  ];
};

/** What is at a VM does not go by a delete. */
const deleteAttached = (kind: 'disk' | 'network-interface'): Check =>
  check(kind, 'delete-attached', `refuses to delete a ${kind} that a VM has`, async (context) => {
    await begin(context, kind, true);
    const { id } = await use(context, kind);
    await ensureRefused(doorOf(context, kind).delete(id), ['IN_USE', 'CONFLICT'], `deleting an attached ${kind}`);
    await begin(context, kind, false);
  });

/** What disks, public addresses and network interfaces keep beside their lifecycle. */
export const attachmentChecks: Check[] = [
  check('disk', 'size', 'makes a disk of the size that was asked', async (context) => {
    const { request, things } = await fixture(context, 'disk');
    ensureSame((things[0] as unknown as Disk).sizeGiB, request.sizeGiB, 'sizeGiB');
  }),
  ...tying('disk'),
  deleteAttached('disk'),
  check('disk', 'resize', 'grows a disk, where it can', async (context) => {
    await begin(context, 'disk', false);
    const { id, region } = await use(context, 'disk');
    const { request } = await fixture(context, 'disk');
    const sizeGiB = (request.sizeGiB as number) + 10;
    await context.call('disk.resize', { region, id, sizeGiB });
    await context.until(`disk ${id} has ${sizeGiB} GiB`, async () => (((await doorOf(context, 'disk').get(id)) as unknown as Disk).sizeGiB === sizeGiB ? true : undefined));
  }),
  check('public-ip', 'address', 'tells the address', async (context) => {
    const { address } = (await use(context, 'public-ip')) as unknown as PublicIp;
    ensure(/^\d{1,3}(\.\d{1,3}){3}$/.test(address), `the address is ${show(address)}`);
  }),
  ...tying('public-ip'),
  check('network-interface', 'place', 'puts an interface into the subnet and the groups that were asked, with an address', async (context) => {
    const { request, things } = await fixture(context, 'network-interface');
    const { subnetId, securityGroupIds, privateIp } = things[0] as unknown as NetworkInterface;
    ensureSame([subnetId, securityGroupIds], [request.subnetId, request.securityGroupIds], 'subnet and security groups');
    ensure(/^\d{1,3}(\.\d{1,3}){3}$/.test(privateIp ?? ''), `the private address is ${show(privateIp)}`);
  }),
  ...tying('network-interface'),
  deleteAttached('network-interface'),
];
