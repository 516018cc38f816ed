import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cluster, NodeGroup, Session } from '@mcmp/driver-sdk';
import { isDriverError } from '@mcmp/driver-sdk';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { PlainRest } from '../../../test/openstack/plain-rest.js';
import driver from '../src/index.js';
import { cloudOf } from './clouds-file.js';

/** Clusters where the kit does not look: the key of a kubeconfig, groups that Magnum makes by itself, upgrades group by group. `MCMP_OPENSTACK=clouds.yaml` tells where, and `MCMP_OPENSTACK_CLOUD` which, where the file has several. */
const file = process.env.MCMP_OPENSTACK;
const suite = file ? describe : describe.skip;
if (!file) console.warn('MCMP_OPENSTACK names no clouds.yaml: clusters are not tried against an OpenStack here; `.ci/openstack` brings one up.');
const run = `cluster-${Math.random().toString(36).slice(2, 8)}`;
const tags = { 'mcmp-project': run };
const signal = (): AbortSignal => AbortSignal.timeout(240_000);

suite('clusters of Magnum', () => {
  const { region, input } = file ? cloudOf(file, process.env.MCMP_OPENSTACK_CLOUD) : { region: '', input: { credential: {}, options: {} } };
  const rest = new PlainRest(input, region);
  let cloud: Required<Session>;
  let networkId = '';
  let subnetId = '';
  let specId = '';
  let cluster: Cluster;
  const base = (name: string) => ({ region, name: `${run}-${name}`, token: `${run}-${name}`, tags: { ...tags, 'mcmp-id': `${run}-${name}` } });
  const at = (id: string) => ({ region, id });
  const inside = (id: string) => ({ ...at(id), clusterId: cluster.id });

  async function until<T>(look: () => Promise<T>, holds: (now: T) => boolean): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      const now = await look();
      if (holds(now)) return now;
      if (tries > 240) throw new Error(`still ${JSON.stringify(now).slice(0, 300)}`);
      await delay(500);
    }
  }
  const gone = (look: Promise<unknown>): Promise<boolean> => look.then(() => false, (error: unknown) => {
    if (isDriverError(error) && error.code === 'NOT_FOUND') return true;
    throw error;
  });
  const rested = (): Promise<Cluster> => until(() => cloud.cluster.get(at(cluster.id), signal()), ({ state }) => state === 'available');
  const groups = async (): Promise<NodeGroup[]> => (await cloud['node-group'].list({ region, clusterId: cluster.id }, signal())).items;

  beforeAll(async () => {
    await rest.signIn();
    cloud = (await driver.connect(input)) as Required<Session>;
    networkId = (await cloud.network.create({ ...base('net'), cidr: '10.79.0.0/16' }, signal())).id;
    subnetId = (await cloud.subnet.create({ ...base('sub'), networkId, cidr: '10.79.1.0/24' }, signal())).id;
    specId = (await cloud.spec.list({ region }, signal())).items.sort((a, b) => a.memoryMiB - b.memoryMiB)[0]!.id;
    cluster = await cloud.cluster.create({ ...base('one'), networkId, subnetIds: [subnetId], version: (await cloud.cluster.versions({ region }, signal())).items.at(-1)!.version }, signal());
    cluster = await rested();
  }, 240_000);
  afterAll(async () => {
    for (const { id } of (await cloud.cluster.list({ region, tags }, signal())).items) {
      await cloud.cluster.delete(at(id), signal());
      await until(() => gone(cloud.cluster.get(at(id), signal())), Boolean);
    }
    await cloud.subnet.delete(at(subnetId), signal());
    await cloud.network.delete(at(networkId), signal());
  }, 240_000);

  it('refuses what Magnum would fail with much later: a subnet of another network, an unknown version, a flavor that is not there', async () => {
    const request = { ...base('wrong'), networkId, subnetIds: [subnetId] };
    await expect(cloud.cluster.create({ ...request, networkId: '00000000-0000-4000-8000-000000000000' }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'subnetIds' } });
    await expect(cloud.cluster.create({ ...request, version: '1.3' }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'version' } });
    const shape = { clusterId: cluster.id, subnetIds: [subnetId], size: 1, minSize: 1, maxSize: 1 };
    await expect(cloud['node-group'].create({ ...base('wrong'), ...shape, specId: 'no-such-flavor' }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'specId' } });
    expect((await cloud.cluster.list({ region, tags: request.tags }, signal())).items).toEqual([]);
  });

  it('gives a kubeconfig whose certificate the authority of the cluster signed for the key in it', async () => {
    const { kubeconfig, expiresAt } = await cloud.cluster.kubeconfig(at(cluster.id), signal());
    const part = (name: string): Buffer => Buffer.from(new RegExp(`${name}: (\\S+)`).exec(kubeconfig)?.[1] ?? '', 'base64');
    const [authority, mine] = [new X509Certificate(part('certificate-authority-data')), new X509Certificate(part('client-certificate-data'))];
    expect(mine.verify(authority.publicKey)).toBe(true);
    expect(mine.checkPrivateKey(createPrivateKey(part('client-key-data').toString('utf8')))).toBe(true);
    expect(mine.subject.split('\n').sort()).toEqual(['CN=admin', 'O=system:masters']);
    expect(Date.parse(expiresAt ?? '')).toBe(Date.parse(mine.validTo));
    expect(new X509Certificate(part('client-certificate-data')).raw.equals(new X509Certificate(Buffer.from((await again()), 'base64')).raw)).toBe(false);
    async function again(): Promise<string> {
      return /client-certificate-data: (\S+)/.exec((await cloud.cluster.kubeconfig(at(cluster.id), signal())).kubeconfig)?.[1] ?? '';
    }
  });

  it('shows the workers that Magnum makes by itself while there are any, and takes them away by taking their nodes', async () => {
    expect(await groups()).toEqual([]);
    await rest.ask('container-infra', 'POST', `/clusters/${cluster.id}/actions/resize`, { node_count: 2 }, { 'openstack-api-version': 'container-infra 1.10' });
    const [first] = await until(groups, (now) => now.length === 1 && now[0]?.state === 'available');
    expect(first).toMatchObject({ name: 'default-worker', size: 2, clusterId: cluster.id, tags: {} });
    await cloud['node-group'].delete(inside(first!.id), signal());
    await until(() => gone(cloud['node-group'].get(inside(first!.id), signal())), Boolean);
    await cloud['node-group'].delete(inside(first!.id), signal());
    await rested();
  });

  it('upgrades the cluster first, a node group after it, and nothing back', async () => {
    const versions = (await cloud.cluster.versions({ region }, signal())).items.map(({ version }) => version);
    const [newest, oldest] = [versions[0] as string, versions.at(-1) as string];
    expect(cluster.version).toBe(oldest);
    const made = await cloud['node-group'].create({ ...base('group'), clusterId: cluster.id, subnetIds: [subnetId], specId, size: 1, minSize: 1, maxSize: 1, rootDiskGiB: 12 }, signal());
    expect(await until(() => cloud['node-group'].get(inside(made.id), signal()), ({ state }) => state === 'available')).toMatchObject({ specId, size: 1, rootDiskGiB: 12, tags: base('group').tags });
    await rested();
    await expect(cloud['node-group'].upgrade!({ ...inside(made.id), version: newest }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'version' } });
    for (let times = 0; times < 2; times += 1) await cloud.cluster.upgrade({ ...at(cluster.id), version: newest }, signal());
    expect(await until(() => cloud.cluster.get(at(cluster.id), signal()), ({ version, state }) => version === newest && state === 'available')).toMatchObject({ tags: base('one').tags });
    await cloud['node-group'].upgrade!({ ...inside(made.id), version: newest }, signal());
    await rested();
    await expect(cloud.cluster.upgrade({ ...at(cluster.id), version: oldest }, signal())).rejects.toMatchObject({ code: 'INVALID_REQUEST', detail: { field: 'version' } });
  }, 240_000);
});
