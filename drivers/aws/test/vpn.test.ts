import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { VpnGateway } from '@mcmp/driver-sdk';
import { DriverError } from '@mcmp/driver-sdk';
import { done, type Instead, refusal, startProxy } from './moto-proxy.js';
import { motoNeeded, motoServer, startMoto } from './moto.js';
import { asked, type Connected, connectTo, region, signal } from './session.js';

const run = motoServer === undefined && !motoNeeded ? describe.skip : describe;
const SECRET = 'kept.By_nobody.else.1234567890';

/** The error of a call that must fail. */
const errorOf = async (call: Promise<unknown>): Promise<DriverError> => call.then(() => { throw new Error('it did not fail'); }, (error: DriverError) => error);

run('VPN connections of AWS and secrets that it quotes, against moto with the actions that it lacks', () => {
  let moto: Awaited<ReturnType<typeof startMoto>>;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let cloud: Connected;
  let networkId = '';
  let gateway: VpnGateway;
  let instead: Instead;
  const actions = (name: string) => proxy.asked.filter(({ Action }) => Action === name);
  const request = (name: string) => ({ ...asked(name), vpnGatewayId: gateway.id, peerAddress: '203.0.113.9', peerCidrs: ['10.99.0.0/24', '10.99.1.0/24'], localCidrs: ['10.8.0.0/16'], preSharedKey: SECRET });
  beforeAll(async () => {
    moto = await startMoto();
    proxy = await startProxy(moto.url, (query) => instead(query));
    instead = () => undefined;
    cloud = await connectTo(proxy.url);
    networkId = (await cloud.network.create({ ...asked('net'), cidr: '10.8.0.0/16' }, signal())).id;
    gateway = await cloud['vpn-gateway'].create({ ...asked('vgw'), networkId }, signal());
  });
  beforeEach(() => {
    proxy.asked.length = 0;
    instead = ({ Action = '' }) => (Action === 'CreateVpnConnectionRoute' || Action === 'EnableVgwRoutePropagation' ? done(Action) : undefined);
  });
  afterAll(async () => {
    await cloud?.close?.();
    await proxy?.close();
    await moto?.close();
  });

  it('asks for two tunnels of IKEv2 with the shared key, the static routes, and their propagation into the main route table', async () => {
    const made = await cloud['vpn-connection'].create(request('site'), signal());
    expect(JSON.stringify(made)).not.toContain(SECRET);
    const [tunnels] = actions('CreateVpnConnection');
    for (const number of [1, 2]) expect([tunnels?.[`Options.TunnelOptions.${number}.PreSharedKey`], tunnels?.[`Options.TunnelOptions.${number}.IKEVersion.1.Value`]]).toEqual([SECRET, 'ikev2']);
    expect(tunnels?.['Options.StaticRoutesOnly']).toBe('true');
    expect(actions('CreateVpnConnectionRoute').map(({ DestinationCidrBlock }) => DestinationCidrBlock)).toEqual(request('site').peerCidrs);
    const [main = 'none'] = (await cloud['route-table'].list({ region }, signal())).items.filter((table) => table.networkId === networkId).map(({ id }) => id);
    expect(actions('EnableVgwRoutePropagation')).toMatchObject([{ GatewayId: gateway.id, RouteTableId: main }]);
  });

  it('goes on with a connection that was stopped before its routes, and waits for a gateway that is still attached', async () => {
    const plain = instead;
    instead = (query) => (query.Action === 'EnableVgwRoutePropagation' ? refusal('Gateway.NotAttached', 'is not attached') : plain(query));
    expect((await errorOf(cloud['vpn-connection'].create(request('late'), signal()))).code).toBe('CONFLICT');
    instead = plain;
    await cloud['vpn-connection'].create(request('late'), signal());
    expect(actions('CreateVpnConnection')).toHaveLength(1);
    expect(actions('EnableVgwRoutePropagation')).toHaveLength(2);
  });

  it('refuses a shared key that AWS does not take, without telling it', async () => {
    const error = await errorOf(cloud['vpn-connection'].create({ ...request('zero'), preSharedKey: `0${SECRET}` }, signal()));
    expect(error).toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'preSharedKey' } });
    expect(JSON.stringify([error.message, error.detail])).not.toContain(SECRET);
  });

  it.each([['whole', ''], ['cut off by the length of the text', 'x'.repeat(563)]])('hides a shared key and a password that AWS quotes, %s', async (_how, before) => {
    const plain = instead;
    instead = (query) => (query.Action === 'CreateVpnConnection' ? refusal('InvalidParameterValue', `${before} Value (${SECRET}) for parameter preSharedKey is invalid`)
      : query.Action === 'CreateDBInstance' ? refusal('InvalidParameterValue', `${before} Value (${SECRET}) for parameter MasterUserPassword is invalid`, 'rds') : plain(query));
    const subnets = await Promise.all(['a', 'c'].map((zone, index) => cloud.subnet.create({ ...asked(`sub-${zone}`), networkId, cidr: `10.8.${index}.0/24`, zone: `${region}${zone}` }, signal())));
    const database = { ...asked('orders'), engine: 'postgres', specId: 'db.t3.micro', storageGiB: 20, networkId, subnetIds: subnets.map(({ id }) => id), securityGroupIds: [], user: 'kituser', password: SECRET, public: false };
    const written: string[] = [];
    const [out, err] = [process.stdout.write.bind(process.stdout), process.stderr.write.bind(process.stderr)];
    process.stdout.write = process.stderr.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
    const errors = await Promise.all([errorOf(cloud['vpn-connection'].create(request('quoted'), signal())), errorOf(cloud.database.create(database, signal()))]).finally(() => {
      process.stdout.write = out;
      process.stderr.write = err;
    });
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'INVALID_REQUEST', detail: { providerCode: 'InvalidParameterValue' } });
      expect(error.message).toMatch(/Value \(\[/);
      const told = JSON.stringify([error.message, error.detail, error.stack, String(error.cause)]);
      for (let length = 4; length <= SECRET.length; length += 1) expect(told).not.toContain(SECRET.slice(0, length));
    }
    expect(written.join('')).not.toContain(SECRET);
  });
});
