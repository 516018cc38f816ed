import { answers, fail, looks, methods, neighbour, onlyOnce, refusals } from './alter.js';
import type { Call, Row, WrongDriver } from './alter.js';

const routesOf = (table: unknown): Row[] => (table as { routes: Row[] }).routes.filter((route) => route.target !== 'local');
/** Changes how routes are set, with something around that they can lead to. */
const routes = (fault: string, caughtBy: string[], change: (original: Call, now: () => Promise<unknown>, request: Row, signal: AbortSignal) => Promise<unknown>): WrongDriver =>
  methods(fault, ['route-table.setRoutes', 'network-interface.get'], caughtBy, (original, _box, name, groups) => (request, signal) =>
    name === 'network-interface.get' ? original(request, signal) : change(original, () => neighbour(groups, name, 'get')(request, signal), request, signal));
const alike = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Wrong interfaces, gateways, routes and tunnels. */
export const wrongGateways: WrongDriver[] = [
  answers('an interface elsewhere', 'network-interface.get', ['network-interface.place'], (row) => ({ ...row, subnetId: 'sub-other' })),
  looks('an interface that goes nowhere', 'network-interface.attach', ['network-interface.attach']),
  onlyOnce('an interface that is tied once', 'network-interface.attach', 'network-interface.attach-again', (row, { vmId }) => row.vmId === vmId),
  looks('an interface that stays', 'network-interface.detach', ['network-interface.detach']),
  onlyOnce('an interface that is freed once', 'network-interface.detach', 'network-interface.detach-again', (row) => row.vmId === undefined),
  refusals('an interface that goes while a VM has it', 'network-interface.delete', 'IN_USE', ['network-interface.delete-attached'], () => undefined),
  looks('a gateway that goes nowhere', 'internet-gateway.attach', ['internet-gateway.attach', 'internet-gateway.attach-again', 'internet-gateway.detach', 'internet-gateway.delete-attached']),
  onlyOnce('a gateway that is attached once', 'internet-gateway.attach', 'internet-gateway.attach-again', (row, { networkId }) => row.networkId === networkId),
  looks('a gateway that stays', 'internet-gateway.detach', ['internet-gateway.detach', 'internet-gateway.detach-again', 'kit.nothing-left']),
  onlyOnce('a gateway that is detached once', 'internet-gateway.detach', 'internet-gateway.detach-again', (row) => row.networkId === undefined),
  refusals('a gateway that goes while a network has it', 'internet-gateway.delete', 'IN_USE', ['internet-gateway.delete-attached'], () => undefined),
  answers('a NAT gateway in another subnet', 'nat-gateway.get', ['nat-gateway.place'], (row) => ({ ...row, subnetId: 'sub-other' })),
  answers('a NAT gateway without an address', 'nat-gateway.get', ['nat-gateway.address'], ({ publicIp: _, ...row }) => row),
  answers('a route table of another network', 'route-table.get', ['route-table.network'], (row) => ({ ...row, networkId: 'net-other' })),
  routes('routes that are only added', ['route-table.set-routes', 'route-table.set-routes-again', 'route-table.no-routes'], async (original, now, request, signal) =>
    original({ ...request, routes: [...routesOf(await now()), ...(request.routes as Row[])] }, signal)),
  routes('routes that cannot be set again', ['route-table.set-routes-again'], async (original, now, request, signal) =>
    alike(routesOf(await now()), request.routes) && routesOf(await now()).length > 0 ? fail('ALREADY_EXISTS') : original(request, signal)),
  routes('routes that cannot be taken away', ['route-table.no-routes'], (original, now, request, signal) => ((request.routes as Row[]).length > 0 ? original(request, signal) : now())),
  refusals('a route to nowhere, taken', ['route-table.setRoutes', 'network-interface.get'], 'INVALID_REQUEST', ['route-table.wrong-route'], (_error, request, _original, signal, groups, name) => neighbour(groups, name, 'get')(request, signal)),
  looks('subnets that stay with their table', 'route-table.setSubnets', ['route-table.set-subnets', 'route-table.set-subnets-again']),
  onlyOnce('subnets that cannot be set again', 'route-table.setSubnets', 'route-table.set-subnets-again', (row, { subnetIds }) => (subnetIds as string[]).length > 0 && alike(row.subnetIds, subnetIds)),
  answers('a VPN gateway of another network', 'vpn-gateway.get', ['vpn-gateway.network'], (row) => ({ ...row, networkId: 'net-other' })),
  answers('a tunnel to another peer', 'vpn-connection.get', ['vpn-connection.peer'], (row) => ({ ...row, peerAddress: '192.0.2.1' })),
  answers('a connection without tunnels', 'vpn-connection.get', ['vpn-connection.tunnels'], (row) => ({ ...row, tunnels: [] })),
  methods('a connection that tells its key', ['vpn-connection.create'], ['vpn-connection.key-untold', 'answers.no-secret'], (original) => async (request, signal) => ({ ...((await original(request, signal)) as Row), key: request.preSharedKey })),
  refusals('a VPN gateway that goes while it is connected', ['vpn-gateway.delete', 'vpn-connection.get'], 'IN_USE', ['vpn-gateway.delete-with-connection'], () => undefined),
];
