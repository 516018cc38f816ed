import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Session } from '@mcmp/driver-sdk';
import { isDriverError } from '@mcmp/driver-sdk';
import { setTimeout as delay } from 'node:timers/promises';
import { PlainRest } from '../../../test/openstack/plain-rest.js';
import driver from '../src/index.js';
import { cloudOf } from './clouds-file.js';
import type { Proxy } from './proxy.js';
import { startProxy } from './proxy.js';

/** Calls that are cut off at each of their steps, sign-ins and quotas, on the real services through a proxy that loses what it is told to lose. `MCMP_OPENSTACK=clouds.yaml` tells where, and `MCMP_OPENSTACK_CLOUD` which, where the file has several. */
const file = process.env.MCMP_OPENSTACK;
const suite = file ? describe : describe.skip;
if (!file) console.warn('MCMP_OPENSTACK names no clouds.yaml: calls that are cut off are not tried against an OpenStack here; `.ci/openstack` brings one up.');
const run = `broken-${Math.random().toString(36).slice(2, 8)}`;
const tags = { 'mcmp-project': run };
/** In the order in which they go. */
const KINDS = ['vm', 'network-interface', 'disk', 'public-ip', 'key-pair', 'security-group', 'subnet', 'network'] as const;
const signal = (): AbortSignal => AbortSignal.timeout(120_000);
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEfAdxAUvYPjGUjZAIyTe4yYKmQ7hPFXxw1WxMi8Ocho mcmp';

suite('calls that are cut off', () => {
  const { region, input } = file ? cloudOf(file, process.env.MCMP_OPENSTACK_CLOUD) : { region: '', input: { credential: {}, options: {}, endpoint: 'http://127.0.0.1' } };
  let proxy: Proxy;
  let rest: PlainRest;
  let cloud: Required<Session>;
  let networkId = '';
  let subnetId = '';
  let count = 0;
  const fresh = () => {
    const name = `${run}-${(count += 1)}`;
    return { region, name, token: name, tags: { ...tags, 'mcmp-id': name } };
  };
  const at = (id: string) => ({ region, id });
  const held = async (): Promise<string[]> => {
    const { servers, others } = await rest.holdings();
    return [...others, ...servers.map(({ id }) => `servers/${id}`)].sort();
  };
  const more = (now: string[], before: string[]): Record<string, number> => {
    const kinds = now.filter((thing) => !before.includes(thing)).map((thing) => thing.split('/')[0] as string);
    return Object.fromEntries([...new Set(kinds)].sort().map((kind) => [kind, kinds.filter((other) => other === kind).length]));
  };
  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await holds()); tries += 1) {
      if (tries > 200) throw new Error('it never held');
      await delay(500);
    }
  }
  /** Every page of a list by tags. */
  async function all(kind: (typeof KINDS)[number], wanted: Record<string, string>): Promise<string[]> {
    const ids: string[] = [];
    for (let pageToken: string | undefined, first = true; first || pageToken; first = false) {
      const page = await cloud[kind].list({ region, tags: wanted, ...(pageToken && { pageToken }) }, signal());
      ids.push(...page.items.map(({ id }) => id));
      pageToken = page.nextPageToken;
    }
    return ids;
  }
  /** Repeats a call that loses its first, second, … answer until none is left to lose. @returns how many there were. */
  async function eachStep(call: () => Promise<unknown>, repeat: () => Promise<unknown>): Promise<number> {
    for (let nth = 1; ; nth += 1) {
      proxy.lose(nth);
      const outcome = await call().then(() => undefined, (error: unknown) => error);
      const lost = proxy.lost();
      proxy.lose(0);
      if (!lost) {
        if (outcome !== undefined) throw outcome;
        return nth - 1;
      }
      expect(isDriverError(outcome) && outcome.code).toBe('UNAVAILABLE');
      await repeat();
    }
  }

  beforeAll(async () => {
    rest = new PlainRest(input, region);
    await rest.signIn();
    proxy = await startProxy(input.endpoint as string);
    cloud = (await driver.connect({ ...input, endpoint: proxy.authUrl })) as Required<Session>;
    networkId = (await cloud.network.create({ ...fresh(), cidr: '10.88.0.0/16' }, signal())).id;
    subnetId = (await cloud.subnet.create({ ...fresh(), networkId, cidr: '10.88.0.0/24' }, signal())).id;
  }, 120_000);
  afterAll(async () => {
    for (const kind of KINDS) {
      for (const id of await all(kind, tags)) await until(() => cloud[kind].delete(at(id), signal()).then(() => true, () => false));
    }
    await proxy.close();
  }, 120_000);

  const RULES = [{ direction: 'ingress' as const, protocol: 'tcp' as const, fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }];
  it.each([
    ['network', () => ({ cidr: '10.89.0.0/16' }), { networks: 1, routers: 1 }, 4], ['subnet', () => ({ networkId, cidr: `10.88.${count}.0/24` }), { ports: 1, subnets: 1 }, 3],
    ['security-group', () => ({ networkId, description: 'd', rules: RULES }), { security_groups: 1 }, 5], ['key-pair', () => ({ publicKey }), { keypairs: 1 }, 1], ['disk', () => ({ sizeGiB: 1 }), { volumes: 1 }, 1],
    ['public-ip', () => ({}), { floatingips: 1 }, 2], ['network-interface', () => ({ subnetId, securityGroupIds: [] }), { ports: 1 }, 2],
  ] as const)('a %s goes on where it stopped, is found by its tags meanwhile, and is made once', async (kind, body, expected, steps) => {
    const before = await held();
    let request = { ...fresh(), ...body() };
    const create = cloud[kind].create as (request: object, signal: AbortSignal) => Promise<{ id: string }>;
    const finish = async (): Promise<void> => {
      const { id } = await create({ ...request, resume: true }, signal());
      expect(more(await held(), before)).toEqual(expected);
      await until(() => cloud[kind].delete(at(id), signal()).then(() => true, () => false));
      await until(async () => (await held()).join() === before.join());
      request = { ...fresh(), ...body() };
    };
    const seen = await eachStep(() => create(request, signal()), async () => {
      expect(await all(kind, { 'mcmp-id': request.name })).toHaveLength(1);
      await finish();
    });
    expect(seen).toBe(steps);
    await finish();
  }, 240_000);

  it('a network, a subnet and their parts go though the delete is cut off', async () => {
    const before = await held();
    const network = { ...fresh(), cidr: '10.90.0.0/16' };
    const subnet = { ...fresh(), cidr: '10.90.0.0/24' };
    let made = ['', ''];
    const make = async (): Promise<void> => {
      const { id } = await cloud.network.create({ ...network, resume: true }, signal());
      made = [id, (await cloud.subnet.create({ ...subnet, networkId: id, resume: true }, signal())).id];
    };
    await make();
    const both = async (): Promise<void> => {
      await cloud.subnet.delete(at(made[1] as string), signal());
      await cloud.network.delete(at(made[0] as string), signal());
    };
    const seen = await eachStep(both, async () => {
      await both();
      expect(await held()).toEqual(before);
      await make();
    });
    expect(seen).toBe(4);
    expect(await held()).toEqual(before);
  }, 240_000);

  it('a VM whose answer is lost is found by its tags; its address goes with it though the delete is cut off', async () => {
    const group = await cloud['security-group'].create({ ...fresh(), networkId, description: 'd', rules: [] }, signal());
    const key = await cloud['key-pair'].create({ ...fresh(), publicKey }, signal());
    const specId = (await cloud.spec.list({ region }, signal())).items.sort((a, b) => a.memoryMiB - b.memoryMiB)[0]!.id;
    const imageId = (await cloud.image.list({ region }, signal())).items.find(({ osFamily }) => osFamily === 'cirros')!.id;
    const before = await held();
    const { name, ...base } = fresh();
    const request = { ...base, names: [name], specId, imageId, networkId, subnetId, securityGroupIds: [group.id], keyPairId: key.id, publicKey, sshUser: 'cirros', publicAddress: true };
    proxy.lose(1);
    await expect(cloud.vm.create(request, signal())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const { items: [vm] } = await cloud.vm.create({ ...request, resume: true }, signal());
    await until(async () => (await cloud.vm.list({ region, tags: { 'mcmp-id': name } }, signal())).items[0]?.state === 'running');
    expect(more(await held(), before)).toEqual({ floatingips: 1, ports: 1, servers: 1 });
    expect((await cloud.vm.get(at(vm!.id), signal())).publicIp).toMatch(/^\d+\./);
    // That of the address, then that of the VM.
    for (let times = 0; times < 2; times += 1) {
      proxy.lose(1);
      await expect(cloud.vm.delete(at(vm!.id), signal())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
    proxy.lose(0);
    await cloud.vm.delete(at(vm!.id), signal());
    await until(async () => (await held()).join() === before.join());
  }, 240_000);

  it('signs in by an application credential, once, and again when its token was revoked under way', async () => {
    const { id, secret } = await rest.applicationCredential(run);
    try {
      const keyed = (await driver.connect({ endpoint: proxy.authUrl, options: {}, credential: { applicationCredentialId: id, applicationCredentialSecret: secret } })) as Required<Session>;
      const signIns = (): number => proxy.asked.filter((line) => line === 'POST /v3/auth/tokens').length;
      const before = signIns();
      const [one, other] = await Promise.all([keyed.account.verify({}, signal()), keyed.account.verify({}, signal())]);
      expect([one, signIns() - before]).toEqual([other, 1]);
      await rest.revoke(proxy.token());
      expect((await keyed.network.list({ region, tags }, signal())).items.map((network) => network.id)).toEqual([networkId]);
      expect(signIns() - before).toBe(2);
    } finally {
      await rest.forget(id);
    }
    const gone = await driver.connect({ endpoint: proxy.authUrl, options: {}, credential: { applicationCredentialId: id, applicationCredentialSecret: secret } });
    await expect(gone.account!.verify({}, signal())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('says what is not there: a region, a service, a network to the outside', async () => {
    await expect(cloud.vm.list({ region: region.toLowerCase() }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'region' } });
    const inside = (await driver.connect({ ...input, options: { interface: 'nowhere' } })) as Required<Session>;
    await expect(inside.vm.list({ region }, signal())).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    const lost = (await driver.connect({ ...input, options: { externalNetwork: 'no-such-network' } })) as Required<Session>;
    await expect(lost['public-ip'].create(fresh(), signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'options.externalNetwork' } });
    const elsewhere = (await driver.connect({ ...input, options: { region: 'elsewhere' } })) as Required<Session>;
    expect((await elsewhere.region.list({}, signal())).items).toEqual([]);
  });

  it('tells a full quota as such, whichever of the three services has it', async () => {
    const { input: admin } = cloudOf(file as string, 'admin');
    const boss = new PlainRest(admin, region);
    await boss.signIn();
    const { accountId } = await cloud.account.verify({}, signal());
    const set = async (limit: number): Promise<void> => {
      await boss.ask('compute', 'PUT', `/os-quota-sets/${accountId}`, { quota_set: { key_pairs: limit, server_groups: limit } });
      await boss.ask('network', 'PUT', `/v2.0/quotas/${accountId}`, { quota: { network: limit, floatingip: limit } });
      await boss.ask('volumev3', 'PUT', `/os-quota-sets/${accountId}`, { quota_set: { volumes: limit } });
    };
    await set(0);
    try {
      for (const call of [cloud.network.create({ ...fresh(), cidr: '10.91.0.0/16' }, signal()), cloud['public-ip'].create(fresh(), signal()), cloud.disk.create({ ...fresh(), sizeGiB: 1 }, signal()), cloud['placement-group'].create({ ...fresh(), policy: 'spread' }, signal())]) {
        await expect(call).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
      }
      expect((await cloud.quota.list({ region }, signal())).items.filter(({ limit }) => limit === 0).map(({ id }) => id)).toEqual(expect.arrayContaining(['network.network', 'network.floatingip', 'volume.volumes']));
    } finally {
      await set(100);
    }
  });
});
