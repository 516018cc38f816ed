import type { Capability } from '../../driver.js';
import type { NatGateway, Route, RouteTable } from '../../gateway.js';
import type { VpnConnection, VpnGateway } from '../../vpn.js';
import { ensure, ensureRefused, ensureSame, ensureSameSet, show, skip } from '../assert.js';
import type { Check, CheckContext } from '../context.js';
import { textsOf } from '../plain.js';
import type { Thing } from '../fixtures.js';
import { doorOf, fixture, listAll, own, use } from '../fixtures.js';
import type { Part } from './exact.js';
import { setExactly } from './exact.js';

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const check = (capability: Capability, what: string, sentence: string, run: Check['run'], needs: Check['needs'] = []): Check => ({ id: `${capability}.${what}`, capability, sentence, needs, run });

/** Attaches the run's gateway to a network of its own, or frees it, and waits. */
async function tie(context: CheckContext, networkId: string | undefined): Promise<void> {
  const { id, region } = await use(context, 'internet-gateway');
  await (networkId === undefined ? context.call('internet-gateway.detach', { region, id }) : context.call('internet-gateway.attach', { region, id, networkId }));
  await context.until(`internet-gateway ${id} is at ${networkId ?? 'no network'}`, async () => ((await doorOf(context, 'internet-gateway').get(id)).networkId === networkId ? true : undefined));
}

/** A network of its own whose own gateway, where it shows one, stands aside meanwhile; the run's gateway is free before and after. */
const withNetwork = (work: (context: CheckContext, networkId: string) => Promise<void>) => async (context: CheckContext): Promise<void> => {
  const { id, region } = await use(context, 'internet-gateway');
  const network = await own(context, 'network', 'for-gateway');
  const resident = (await listAll(context, 'internet-gateway', {})).find((gateway) => gateway.networkId === network.id && gateway.id !== id);
  if (resident) await context.call('internet-gateway.detach', { region, id: resident.id });
  try {
    await work(context, network.id);
  } finally {
    await context.call('internet-gateway.detach', { region, id }).catch(() => undefined);
    if (resident) await context.call('internet-gateway.attach', { region, id: resident.id, networkId: network.id });
  }
};

const routeText = ({ cidr, targetId }: Route): string => `${cidr} to ${targetId ?? 'nothing'}`;
const ROUTES: Part<Route> = {
  kind: 'route-table', method: 'setRoutes', request: (routes) => ({ routes }), text: routeText,
  tell: (thing) => (thing as unknown as RouteTable).routes.filter(({ target }) => target !== 'local').map(routeText),
};
const SUBNETS: Part<string> = { kind: 'route-table', method: 'setSubnets', request: (subnetIds) => ({ subnetIds }), text: (id) => id, tell: (thing) => (thing as unknown as RouteTable).subnetIds };

/** Routes to something cheap that the run has anyway. */
async function someRoutes(context: CheckContext, count: number): Promise<Route[]> {
  const target = (['network-interface', 'vm'] as const).find((kind) => context.has(kind)) ?? skip('needs a network interface or a VM to lead to');
  const { id: targetId } = await use(context, target);
  return ['192.0.2.0/24', '198.51.100.0/24'].slice(0, count).map((cidr) => ({ cidr, target, targetId }));
}

/** Gateways, route tables and tunnels. */
export const gatewayChecks: Check[] = [
  check('internet-gateway', 'attach', 'attaches an internet gateway to a network', withNetwork(tie)),
  check('internet-gateway', 'attach-again', 'attaches it to the network that has it without complaint', withNetwork(async (context, networkId) => {
    await tie(context, networkId);
    await tie(context, networkId);
  })),
  check('internet-gateway', 'detach', 'detaches an internet gateway', withNetwork(async (context, networkId) => {
    await tie(context, networkId);
    await tie(context, undefined);
  })),
  check('internet-gateway', 'detach-again', 'detaches a free internet gateway without complaint', withNetwork(async (context) => {
    await tie(context, undefined);
    await tie(context, undefined);
  })),
  check('internet-gateway', 'delete-attached', 'refuses to delete an internet gateway that a network has', withNetwork(async (context, networkId) => {
    await tie(context, networkId);
    await ensureRefused(doorOf(context, 'internet-gateway').delete((await use(context, 'internet-gateway')).id), ['IN_USE', 'CONFLICT'], 'deleting an attached gateway');
  })),
  check('nat-gateway', 'place', 'puts a NAT gateway into the subnet that was asked, where it tells it', async (context) => {
    const { request, things } = await fixture(context, 'nat-gateway');
    const { subnetId } = things[0] as unknown as NatGateway;
    ensure(subnetId === undefined || subnetId === request.subnetId, `asked ${show(request.subnetId)}, got ${show(subnetId)}`);
  }),
  check('nat-gateway', 'address', 'tells the public address that VMs behind it are seen by', async (context) => {
    const { publicIp } = (await use(context, 'nat-gateway')) as unknown as NatGateway;
    ensure(IPV4.test(publicIp ?? ''), `the address is ${show(publicIp)}`);
  }),
  check('route-table', 'network', 'makes a route table in the network that was asked', async (context) => {
    const { request, things } = await fixture(context, 'route-table');
    ensureSame((things[0] as Thing).networkId, request.networkId, 'network');
  }),
  check('route-table', 'set-routes', 'makes the routes exactly those that are set', async (context) => {
    const table = await use(context, 'route-table');
    await setExactly(context, ROUTES, table, await someRoutes(context, 2));
    await setExactly(context, ROUTES, table, await someRoutes(context, 1));
  }),
  check('route-table', 'set-routes-again', 'sets the same routes again without complaint', async (context) => setExactly(context, ROUTES, await use(context, 'route-table'), await someRoutes(context, 1), 2)),
  check('route-table', 'no-routes', "takes all routes away but the cloud's own", async (context) => setExactly(context, ROUTES, await use(context, 'route-table'), [])),
  check('route-table', 'wrong-route', 'refuses a route to a range that is none', async (context) => {
    const { id, region } = await use(context, 'route-table');
    const [route] = await someRoutes(context, 1);
    await ensureRefused(context.call('route-table.setRoutes', { region, id, routes: [{ ...(route as Route), cidr: '10.0.0.0/99' }] }), ['INVALID_REQUEST'], 'a route to 10.0.0.0/99');
  }),
  check('route-table', 'set-subnets', 'becomes the table of exactly the subnets that are set', async (context) => {
    const table = await use(context, 'route-table');
    await setExactly(context, SUBNETS, table, [(await own(context, 'subnet', 'for-routes')).id]);
    await setExactly(context, SUBNETS, table, []);
  }),
  check('route-table', 'set-subnets-again', 'sets the same subnets again without complaint', async (context) => {
    const table = await use(context, 'route-table');
    await setExactly(context, SUBNETS, table, [(await own(context, 'subnet', 'for-routes')).id], 2);
    await context.call('route-table.setSubnets', { region: table.region, id: table.id, subnetIds: [] });
  }),
  check('vpn-gateway', 'network', 'makes a VPN gateway of the network that was asked', async (context) => {
    const { request, things } = await fixture(context, 'vpn-gateway');
    const { networkId, addresses } = things[0] as unknown as VpnGateway;
    ensureSame(networkId, request.networkId, 'network');
    ensure(Array.isArray(addresses), `addresses is ${show(addresses)}`);
  }),
  check('vpn-connection', 'peer', 'connects the gateway with the peer and the ranges that were asked', async (context) => {
    const { request, things } = await fixture(context, 'vpn-connection');
    const { vpnGatewayId, peerAddress, peerCidrs } = things[0] as unknown as VpnConnection;
    ensureSame([vpnGatewayId, peerAddress], [request.vpnGatewayId, request.peerAddress], 'gateway and peer');
    ensureSameSet(peerCidrs, request.peerCidrs as string[], 'ranges behind the peer');
  }),
  check('vpn-connection', 'tunnels', "tells the cloud's address of each tunnel, and whether it is up", async (context) => {
    const { tunnels } = (await use(context, 'vpn-connection')) as unknown as VpnConnection;
    ensure(Array.isArray(tunnels) && tunnels.length > 0 && tunnels.every(({ address, up }) => IPV4.test(address) && typeof up === 'boolean'), `tunnels: ${show(tunnels)}`);
  }),
  check('vpn-connection', 'key-untold', 'tells the shared key nowhere', async (context) => {
    const { request, answers, things } = await fixture(context, 'vpn-connection');
    ensure(!textsOf([answers, things]).includes(request.preSharedKey as string), 'the key is in an answer');
  }),
];
