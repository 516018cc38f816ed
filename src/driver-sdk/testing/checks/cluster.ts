import type { Cluster, NodeGroup } from '../../cluster.js';
import { ensure, ensureNoTwin, ensureRefused, ensureSame, show, skip } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { consequence } from '../context.js';
import { doorOf, fixture, settled, strangerOf, use } from '../fixtures.js';

const cluster = async (context: CheckContext): Promise<Cluster> => (await use(context, 'cluster')) as unknown as Cluster;
const versions = async (context: CheckContext) => (await context.call('cluster.versions', { region: (await context.place()).region })).items;

/** A version as numbers that compare. */
const rank = (version: string): number => (/^v?(\d+)\.(\d+)/.exec(version)?.slice(1).reduce((sum, part) => sum * 1_000 + Number(part), 0)) ?? -1;

/** Resizes the run's node group, and looks until it is so. */
async function resized(context: CheckContext, shape: { size: number; minSize: number; maxSize: number }, times = 1): Promise<void> {
  const { id, region, clusterId = '' } = await use(context, 'node-group');
  for (let time = 0; time < times; time++) {
    await context.call('node-group.resize', { region, id, clusterId, ...shape });
    await settled(context, 'node-group', id);
  }
  await context.until(`node-group ${id} has ${show(shape)}`, async () => {
    const { size, minSize, maxSize } = (await doorOf(context, 'node-group').get(id)) as unknown as NodeGroup;
    return size === shape.size && minSize === shape.minSize && maxSize === shape.maxSize ? true : undefined;
  });
}

/** Takes the run's cluster to the next version, once. @throws CheckSkipped where there is none. */
const newer = (context: CheckContext): Promise<string> =>
  context.once('newer-cluster', async () => {
    const { id, region, version } = await cluster(context);
    const next = (await versions(context)).map((each) => each.version).filter((each) => rank(each) > rank(version)).at(-1) ?? skip(`there is none after ${version}`);
    await context.call('cluster.upgrade', { region, id, version: next });
    await context.until(`cluster ${id} has ${next}`, async () => (rank(((await doorOf(context, 'cluster').get(id)) as unknown as Cluster).version) === rank(next) ? true : undefined));
    await settled(context, 'cluster', id);
    return next;
  });

const check = (capability: 'cluster' | 'node-group', what: string, sentence: string, run: Check['run']): Check => ({ id: `${capability}.${what}`, capability, sentence, run });

/** What clusters and node groups keep beside their lifecycle. */
export const clusterChecks: Check[] = [
  check('cluster', 'versions', 'lists the versions of Kubernetes, newest first, one of them as default', async (context) => {
    const items = await versions(context);
    ensure(items.length > 0 && items.every(({ version }) => rank(version) > 0), `versions: ${show(items)}`);
    ensureNoTwin(items.map(({ version }) => version), 'versions');
    ensure(items.every(({ version }, index) => index === 0 || rank(version) <= rank(items[index - 1]?.version ?? '')), `not newest first: ${show(items.map(({ version }) => version))}`);
    ensureSame(items.filter((each) => each.default === true).length, 1, 'defaults');
  }),
  check('cluster', 'version', 'makes a cluster of the default version where none is asked', async (context) => {
    const wanted = (await versions(context)).find((each) => each.default)?.version;
    // A cloud may tell a patch version of it.
    ensure(rank((await cluster(context)).version) === rank(wanted ?? ''), `the default is ${show(wanted)}, the cluster has ${show((await cluster(context)).version)}`);
  }),
  check('cluster', 'endpoint', 'tells the URL of the API server, once it is there', async (context) => {
    const { endpoint } = await cluster(context);
    ensure(/^https?:\/\/[^/\s]+/.test(endpoint ?? ''), `the endpoint is ${show(endpoint)}`);
  }),
  check('cluster', 'kubeconfig', 'gives a kubeconfig of this cluster', async (context) => {
    const { id, region, endpoint } = await cluster(context);
    const { kubeconfig, expiresAt } = await context.call('cluster.kubeconfig', { region, id });
    const lacking = [/^\s*["']?kind["']?:\s*["']?Config/m, /["']?clusters["']?:/, /["']?users["']?:/, /["']?current-context["']?:/].find((part) => !part.test(kubeconfig));
    ensure(lacking === undefined, `${String(lacking)} is not in the kubeconfig`);
    ensure(endpoint === undefined || kubeconfig.includes(endpoint), `the kubeconfig leads elsewhere than to ${show(endpoint)}`);
    ensure(expiresAt === undefined || Date.parse(expiresAt) > Date.now(), `it expired at ${show(expiresAt)}`);
  }),
  check('cluster', 'kubeconfig-unknown', 'answers NOT_FOUND to a kubeconfig of a cluster that does not exist', async (context) => {
    const { id, region } = await cluster(context);
    await ensureRefused(context.call('cluster.kubeconfig', { region, id: strangerOf(id) }), ['NOT_FOUND'], 'kubeconfig of an unknown id');
  }),
  check('node-group', 'asked', 'makes a node group of the spec, size and bounds that were asked, in its cluster', async (context) => {
    const { request, things } = await fixture(context, 'node-group');
    const { clusterId, specId, size, minSize, maxSize } = things[0] as unknown as NodeGroup;
    ensureSame([clusterId, specId, size, minSize, maxSize], [request.clusterId, request.specId, request.size, request.minSize, request.maxSize], 'cluster, spec, size and bounds');
  }),
  check('node-group', 'resize', 'changes how many nodes there are and may be', async (context) => {
    await resized(context, { size: 2, minSize: 1, maxSize: 3 });
    await resized(context, { size: 1, minSize: 1, maxSize: 2 });
  }),
  check('node-group', 'resize-again', 'takes the same size again without complaint', (context) => resized(context, { size: 1, minSize: 1, maxSize: 2 }, 2)),
  check('node-group', 'resize-wrong', 'refuses a size outside its bounds', async (context) => {
    const { id, region, clusterId = '' } = await use(context, 'node-group');
    await ensureRefused(context.call('node-group.resize', { region, id, clusterId, size: 5, minSize: 1, maxSize: 2 }), ['INVALID_REQUEST'], 'five nodes of at most two');
  }),
  check('node-group', 'unknown-cluster', 'answers NOT_FOUND to a node group of a cluster that does not exist', async (context) => {
    const { id, clusterId = '' } = await use(context, 'node-group');
    await ensureRefused(doorOf(context, 'node-group', strangerOf(clusterId)).get(id), ['NOT_FOUND'], 'a node group of an unknown cluster');
  }),
  check('cluster', 'upgrade', 'upgrades a cluster to the next version, where there is one', async (context) => void (await newer(context))),
  check('node-group', 'upgrade', 'upgrades nodes to the version of their cluster, where it can', async (context) => {
    const { id, region, clusterId = '' } = await use(context, 'node-group');
    await context.handler('node-group.upgrade');
    const version = await newer(context).catch((error: unknown) => { throw consequence('a cluster that is newer than its nodes', error); });
    await context.call('node-group.upgrade', { region, id, clusterId, version });
    await context.until(`node-group ${id} has ${version}`, async () => {
      const seen = (await doorOf(context, 'node-group').get(id)) as unknown as NodeGroup;
      return seen.version === undefined || rank(seen.version) === rank(version) ? true : undefined;
    });
    await settled(context, 'node-group', id);
  }),
];
