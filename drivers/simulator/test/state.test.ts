import { describe, expect, it } from '@jest/globals';
import type { Snapshot } from '../world/index.js';
import { ground, tinyWorld } from './tiny.js';

/** A world with a network that has a gateway and a table of routes. */
async function routed() {
  const made = tinyWorld();
  const { networkId } = await ground(made.ask);
  const gateway = await made.ask('internet-gateway.create', (view) => view.create('internet-gateway', { name: 'out', tags: {}, attributes: { networkId } }));
  const routes = [{ cidr: '10.0.0.0/16', target: 'local' as const }, { cidr: '0.0.0.0/0', target: 'internet-gateway' as const, targetId: gateway.id }];
  const table = await made.ask('route-table.create', (view) => view.create('route-table', { name: 'table', tags: {}, attributes: { networkId, main: true, routes, subnetIds: [] } }));
  return { ...made, gateway, table, routes };
}

describe('a saved state', () => {
  it('of version 1 is read in the form of today', async () => {
    const { world, table, gateway, routes } = await routed();
    const old = JSON.parse(JSON.stringify(world.snapshot()), (key, value: unknown) => (value === 'internet-gateway' && key === 'kind' ? 'gateway' : value)) as { version: number; things: { kind: string; attributes: { routes: unknown } }[] };
    old.version = 1;
    for (const thing of old.things) if (thing.kind === 'route-table') thing.attributes.routes = [{ cidr: '10.0.0.0/16', gatewayId: 'local' }, { cidr: '0.0.0.0/0', gatewayId: gateway.id }];
    const next = tinyWorld();
    next.world.restore(old as unknown as Snapshot);
    expect(await next.ask('internet-gateway.get', (view) => view.get('internet-gateway', gateway.id))).toEqual(gateway);
    expect((await next.ask('route-table.get', (view) => view.get('route-table', table.id))).attributes.routes).toEqual(routes);
  });

  it('is refused where it is of a version to come, of another seed, or none at all', async () => {
    const { world } = await routed();
    const saved = world.snapshot();
    const read = (change: object): void => tinyWorld().world.restore({ ...saved, ...change });
    expect(() => read({ version: 99 })).toThrow(/has version 99, this program reads 1 to 2/);
    expect(() => read({ boxSeed: 7 })).toThrow(/belongs to the seed 7/);
    expect(() => read({ things: undefined })).toThrow(/no state of the box/);
  });
});
