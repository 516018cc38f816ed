import { answers, looks, methods, neighbour, onlyOnce, refusals } from './alter.js';
import type { Call, Row, WrongDriver } from './alter.js';

const noop = (): Call => async () => undefined;
const alike = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const shape = ({ size, minSize, maxSize }: Row): unknown[] => [size, minSize, maxSize];

/** Wrong load balancers, clusters and nodes. */
export const wrongBalancers: WrongDriver[] = [
  answers('a load balancer that everybody reaches', 'load-balancer.get', ['load-balancer.asked'], (row) => ({ ...row, scheme: 'public' })),
  answers('a load balancer that nobody can dial', 'load-balancer.get', ['load-balancer.address', 'load-balancer.application'], ({ address: _, ...row }) => row),
  methods('listeners that are only added', ['load-balancer.setListeners'], ['load-balancer.set-listeners', 'load-balancer.set-listeners-again'], (original, _box, name, groups) => async (request, signal) => {
    const now = (await neighbour(groups, name, 'get')(request, signal)) as { listeners: Row[] };
    return original({ ...request, listeners: [...now.listeners, ...(request.listeners as Row[])] }, signal);
  }),
  onlyOnce('listeners that cannot be set again', 'load-balancer.setListeners', 'load-balancer.set-listeners-again', (row, { listeners }) => alike(row.listeners, listeners)),
  looks('targets that stay', 'load-balancer.setTargets', ['load-balancer.set-targets', 'load-balancer.no-targets']),
  onlyOnce('targets that cannot be set again', 'load-balancer.setTargets', 'load-balancer.set-targets-again', (row, { vmIds }) => alike(row.vmIds, vmIds)),
  methods('targets that cannot be taken away', ['load-balancer.setTargets'], ['load-balancer.no-targets'], (original, _box, name, groups) => (request, signal) =>
    (request.vmIds as string[]).length > 0 ? original(request, signal) : neighbour(groups, name, 'get')(request, signal)),
  answers('a health of its own words', 'load-balancer.health', ['load-balancer.health'], (row) => ({ ...row, state: 'in service' })),
  refusals('the health of nothing', 'load-balancer.health', 'NOT_FOUND', ['load-balancer.health-unknown'], () => ({ items: [] })),
  methods('versions oldest first', ['cluster.versions'], ['cluster.versions'], (original) => async (request, signal) => ({ items: ((await original(request, signal)) as { items: Row[] }).items.reverse() })),
  methods('a cluster of an old version', ['cluster.create'], ['cluster.version'], (original) => (request, signal) => original({ version: '1.33', ...request }, signal)),
  answers('a cluster without an endpoint', 'cluster.get', ['cluster.endpoint'], ({ endpoint: _, ...row }) => row),
  answers('a token in the place of a kubeconfig', 'cluster.kubeconfig', ['cluster.kubeconfig'], () => ({ kubeconfig: 'a-token-of-nobody' })),
  refusals('a kubeconfig of nothing', 'cluster.kubeconfig', 'NOT_FOUND', ['cluster.kubeconfig-unknown'], () => ({ kubeconfig: '' })),
  methods('an upgrade that does nothing', ['cluster.upgrade'], ['cluster.upgrade'], noop),
  methods('nodes that stay on their version', ['node-group.upgrade'], ['node-group.upgrade'], noop),
  methods('tags of nodes in whatever cluster', ['tag.set'], ['tag.unknown-cluster'], (original, box) => (request, signal) =>
    original({ ...request, ...(request.kind === 'node-group' && { clusterId: box.cloud.of('cluster', request.region as string)[0]?.id }) }, signal)),
  methods('application load balancers that are network ones', ['load-balancer.create'], ['load-balancer.application'], (original) => (request, signal) => original({ ...request, type: 'network' }, signal)),
  methods('load balancers for the inside alone', ['load-balancer.create'], ['load-balancer.application'], (original) => (request, signal) => original({ ...request, scheme: 'internal' }, signal)),
  methods('queues that never keep order', ['queue.create'], ['queue.fifo'], (original) => (request, signal) => original({ ...request, fifo: false }, signal)),
  methods('placement groups that always spread', ['placement-group.create'], ['placement-group.cluster'], (original) => (request, signal) => original({ ...request, policy: 'spread' }, signal)),
  answers('nodes of another spec', 'node-group.get', ['node-group.asked'], (row) => ({ ...row, specId: 'm1.large' })),
  looks('a group of nodes that stays as it is', 'node-group.resize', ['node-group.resize', 'node-group.resize-wrong']),
  onlyOnce('a size that cannot be set again', 'node-group.resize', 'node-group.resize-again', (row, request) => alike(shape(row), shape(request))),
  refusals('more nodes than there may be, taken', 'node-group.resize', 'INVALID_REQUEST', ['node-group.resize-wrong'], (_error, request, _original, signal, groups, name) => neighbour(groups, name, 'get')(request, signal)),
  methods('nodes of whatever cluster', ['node-group.get'], ['node-group.unknown-cluster'], (original) => ({ clusterId: _, ...request }, signal) => original(request, signal)),
  methods('a database that tells its password', ['database.create'], ['database.password-untold', 'answers.no-secret'], (original) => async (request, signal) => ({ ...((await original(request, signal)) as Row), password: request.password })),
  answers('an engine without a version', 'database.engines', ['database.engine-words'], (row) => (row.engine === 'mysql' ? { ...row, version: '' } : row)),
  answers('a database of another engine', 'database.get', ['database.asked'], (row) => ({ ...row, engine: 'oracle' })),
  answers('a database that is nowhere', 'database.get', ['database.address'], ({ host: _, ...row }) => row),
  refusals('another engine than was asked', 'database.create', 'INVALID_REQUEST', ['database.unknown-engine'], (_error, request, original, signal) => original({ ...request, engine: 'mysql' }, signal)),
  methods('a database that cannot be stopped', ['database.stop'], ['database.stop', 'database.stop-unknown'], noop),
  methods('a database that cannot be started', ['database.start'], ['database.start'], noop),
  looks('a database that does not grow', 'database.resize', ['database.resize']),
  refusals('a stop of no database', 'database.stop', 'NOT_FOUND', ['database.stop-unknown'], () => undefined),
  answers('a queue in order', 'queue.get', ['queue.order'], (row) => ({ ...row, fifo: true })),
  answers('a queue that holds what nobody sent', 'queue.get', ['queue.count'], (row) => ({ ...row, messages: 3 })),
];
