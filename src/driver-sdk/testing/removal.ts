import type { ResourceKind } from '../kinds.js';
import { isDriverError } from '../errors.js';
import { CheckFailure, showError } from './assert.js';
import type { CheckContext } from './context.js';
import { sleep } from './context.js';
import type { Draft, Thing } from './fixtures.js';
import { doorOf, isGone, isLive, listAll, runTags, second } from './fixtures.js';

/** The order in which things go: a VM that is gone frees its disks and addresses, a snapshot goes before the disk that it was made of. */
const SWEPT: readonly ResourceKind[] = [
  'iam-role', 'iam-user', 'vpn-connection', 'vpn-gateway', 'dns-zone', 'queue', 'database', 'file-system', 'bucket', 'node-group', 'cluster', 'load-balancer', 'nat-gateway', 'custom-image', 'vm', 'network-interface',
  'placement-group', 'snapshot', 'public-ip', 'disk', 'key-pair', 'route-table', 'internet-gateway', 'security-group', 'subnet', 'network',
];

/** One thing as it is asked for. */
interface Named { id: string; clusterId?: string }

/** Deletes a thing and waits until it is away. */
export async function remove(context: CheckContext, kind: ResourceKind, id: string, clusterId?: string): Promise<void> {
  await empty(context, kind, id).catch(() => undefined);
  await doorOf(context, kind, clusterId).delete(id);
  await context.until(`${kind} ${id} goes`, async () => ((await isGone(context, kind, id, clusterId)) ? true : undefined));
  context.made.delete(`${kind}/${id}`);
}

/** Takes out of a thing what it keeps and what would hold it; what cannot be done is left to the delete, which tells it. */
async function empty(context: CheckContext, kind: ResourceKind, id: string): Promise<void> {
  const { region } = await context.place();
  if (kind === 'bucket' && context.has('object')) {
    const { items } = await context.call('object.list', { region, bucketId: id });
    for (const { key } of items) await context.call('object.delete', { region, bucketId: id, key });
  }
  if (kind === 'dns-zone' && context.has('dns-record')) {
    const { items } = await context.call('dns-record.list', { region, zoneId: id });
    for (const { name, type, setId } of items.filter((record) => record.type !== 'SOA' && record.type !== 'NS')) {
      await context.call('dns-record.delete', { region, zoneId: id, name, type, ...(setId !== undefined && { setId }) });
    }
  }
  if (kind === 'cluster' && context.has('node-group')) {
    for (const group of (await listAll(context, 'node-group', {}, id)).filter(isLive)) await remove(context, 'node-group', group.id, id);
  }
}

/** What brings a thing to where it can be deleted. */
const FREES: Partial<Record<ResourceKind, string>> = { disk: 'disk.detach', 'public-ip': 'public-ip.disassociate', 'network-interface': 'network-interface.detach', 'internet-gateway': 'internet-gateway.detach' };

/** Deletes the second thing, once. @throws what went wrong. */
export const deleteSecond = (context: CheckContext, kind: ResourceKind): Promise<{ request: Draft; thing: Thing }> =>
  context.once(`deleted:${kind}`, async () => {
    const made = await second(context, kind);
    await remove(context, kind, made.thing.id);
    return made;
  });

/** Removes everything of this run in that order, and tells what would not go. */
export async function sweep(context: CheckContext): Promise<string[]> {
  const left: string[] = [];
  for (const kind of SWEPT.filter((declared) => context.has(declared))) {
    const outcomes = await Promise.all((await ofRun(context, kind)).map((thing) => dispose(context, kind, thing)));
    left.push(...outcomes.filter((outcome) => outcome !== undefined));
  }
  return left;
}

/** What a create told of, and what a list by the run's tag shows. */
async function ofRun(context: CheckContext, kind: ResourceKind): Promise<Named[]> {
  const tags = runTags(context);
  const find = async (clusterId?: string): Promise<Named[]> => (await listAll(context, kind, { tags }, clusterId).catch(() => [])).filter(isLive).map(({ id }) => ({ id, ...(clusterId !== undefined && { clusterId }) }));
  const clusters = kind === 'node-group' ? (await listAll(context, 'cluster', { tags }).catch(() => [])).filter(isLive) : [];
  const found = kind === 'node-group' ? (await Promise.all(clusters.map(({ id }) => find(id)))).flat() : await find();
  const told = [...context.made.values()].filter((thing) => thing.kind === kind);
  return [...new Map([...told, ...found].map((thing) => [thing.id, thing])).values()];
}

/** Deletes a thing in spite of passing troubles; gives what is left and why. */
async function dispose(context: CheckContext, kind: ResourceKind, { id, clusterId }: Named): Promise<string | undefined> {
  const endsAt = Date.now() + context.timeoutMs;
  const frees = FREES[kind];
  if (frees !== undefined) await context.invoke(frees, { region: (await context.place()).region, id }).catch(() => undefined);
  for (;;) {
    try {
      if (await isGone(context, kind, id, clusterId)) return undefined;
      await remove(context, kind, id, clusterId);
      return undefined;
    } catch (error) {
      const gone = isDriverError(error) && error.code === 'NOT_FOUND';
      if (gone) return undefined;
      if (error instanceof CheckFailure || Date.now() >= endsAt) return `${kind} ${id} (${showError(error)})`;
      await sleep(context.pollMs);
    }
  }
}
