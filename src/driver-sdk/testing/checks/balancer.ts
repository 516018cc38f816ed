import type { Listener, LoadBalancer } from '../../loadbalancer.js';
import { ensure, ensureRefused, ensureSame, ensureSameSet, show } from '../assert.js';
import type { Check } from '../context.js';
import { listener } from '../drafts.js';
import { fixture, makeIfCan, serviceSubnets, strangerOf, use } from '../fixtures.js';
import type { Part } from './exact.js';
import { setExactly } from './exact.js';

/** An IP address or a name. */
const ADDRESS = /^[\w-]+(\.[\w-]+)+$/;
const STATES = ['healthy', 'unhealthy', 'pending', 'draining', 'unknown'];
const textOf = ({ protocol, port, targetPort, healthCheck }: Listener): string => `${protocol} ${port} to ${targetPort}, asked by ${healthCheck?.protocol}`;
const balancer = (thing: unknown): LoadBalancer => thing as LoadBalancer;

const LISTENERS: Part<Listener> = { kind: 'load-balancer', method: 'setListeners', request: (listeners) => ({ listeners }), text: textOf, tell: (thing) => balancer(thing).listeners.map(textOf) };
const TARGETS: Part<string> = { kind: 'load-balancer', method: 'setTargets', request: (vmIds) => ({ vmIds }), text: (id) => id, tell: (thing) => balancer(thing).vmIds };

const check = (what: string, sentence: string, run: Check['run']): Check => ({ id: `load-balancer.${what}`, capability: 'load-balancer', sentence, needs: ['vm'], run });

/** What load balancers keep beside their lifecycle. */
export const balancerChecks: Check[] = [
  check('asked', 'makes a load balancer of the type, reach, listeners and targets that were asked', async (context) => {
    const { request, things } = await fixture(context, 'load-balancer');
    const { type, scheme, listeners, vmIds } = balancer(things[0]);
    ensureSame([type, scheme], [request.type, request.scheme], 'type and scheme');
    ensureSameSet(listeners.map(textOf), (request.listeners as Listener[]).map(textOf), 'listeners');
    ensureSameSet(vmIds, request.vmIds as string[], 'targets');
  }),
  check('address', 'tells what clients dial, once it is there', async (context) => {
    const { address } = balancer(await use(context, 'load-balancer'));
    ensure(ADDRESS.test(address ?? ''), `the address is ${show(address)}`);
  }),
  check('application', 'makes a public load balancer that understands HTTP, where it can, and tells what clients dial', async (context) => {
    const listeners: Listener[] = [{ protocol: 'http', port: 80, targetPort: 8080, healthCheck: { protocol: 'http', path: '/health', intervalSeconds: 30, timeoutSeconds: 5, healthyThreshold: 3, unhealthyThreshold: 3 } }];
    const made = balancer(await makeIfCan(context, 'load-balancer', 'application', { type: 'application', scheme: 'public', subnetIds: await serviceSubnets(context), listeners }));
    ensureSame([made.type, made.scheme], ['application', 'public'], 'type and scheme');
    ensureSameSet(made.listeners.map(textOf), listeners.map(textOf), 'listeners');
    ensure(ADDRESS.test(made.address ?? ''), `the address is ${show(made.address)}`);
  }),
  check('set-listeners', 'makes the listeners exactly those that are set', async (context) => {
    const thing = await use(context, 'load-balancer');
    await setExactly(context, LISTENERS, thing, [listener(81, 8081), listener(82, 8082)]);
    await setExactly(context, LISTENERS, thing, [listener(80, 8080)]);
  }),
  check('set-listeners-again', 'sets the same listeners again without complaint', async (context) => setExactly(context, LISTENERS, await use(context, 'load-balancer'), [listener(80, 8080)], 2)),
  check('set-targets', 'makes the targets exactly the VMs that are set', async (context) => {
    const thing = await use(context, 'load-balancer');
    const vms = (await fixture(context, 'vm')).things.map(({ id }) => id);
    await setExactly(context, TARGETS, thing, vms);
    await setExactly(context, TARGETS, thing, vms.slice(0, 1));
  }),
  check('set-targets-again', 'sets the same targets again without complaint', async (context) => setExactly(context, TARGETS, await use(context, 'load-balancer'), [(await use(context, 'vm')).id], 2)),
  check('no-targets', 'takes all targets away', async (context) => setExactly(context, TARGETS, await use(context, 'load-balancer'), [])),
  check('health', 'tells the health of each target in the words of the SDK', async (context) => {
    const thing = await use(context, 'load-balancer');
    const vmId = (await use(context, 'vm')).id;
    await context.call('load-balancer.setTargets', { region: thing.region, id: thing.id, vmIds: [vmId] });
    await context.until('health of the target', async () => {
      const { items } = await context.call('load-balancer.health', { region: thing.region, id: thing.id });
      const wrong = items.find(({ state, port }) => !STATES.includes(state) || !Number.isInteger(port));
      ensure(wrong === undefined, `wrong: ${show(wrong)}`);
      return items.some((row) => row.vmId === vmId) ? true : undefined;
    });
  }),
  check('health-unknown', 'answers NOT_FOUND to the health of a load balancer that does not exist', async (context) => {
    const { id, region } = await use(context, 'load-balancer');
    await ensureRefused(context.call('load-balancer.health', { region, id: strangerOf(id) }), ['NOT_FOUND'], 'health of an unknown id');
  }),
];
