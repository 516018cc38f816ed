import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LoadBalancer, Session, Vm } from '@mcmp/driver-sdk';
import { isDriverError } from '@mcmp/driver-sdk';
import { setTimeout as delay } from 'node:timers/promises';
import driver from '../src/index.js';
import { cloudOf } from './clouds-file.js';

/** What OpenStack has beside VMs, on its real services, with two small VMs. `MCMP_OPENSTACK=clouds.yaml` tells where, and `MCMP_OPENSTACK_CLOUD` which, where the file has several. */
const file = process.env.MCMP_OPENSTACK;
const run = `more-${Math.random().toString(36).slice(2, 8)}`;
const tags = { 'mcmp-project': run };
const signal = (): AbortSignal => AbortSignal.timeout(240_000);
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEfAdxAUvYPjGUjZAIyTe4yYKmQ7hPFXxw1WxMi8Ocho mcmp';

const suite = file ? describe : describe.skip;
if (!file) console.warn('MCMP_OPENSTACK names no clouds.yaml: what OpenStack has beside VMs is not tried here; `.ci/openstack` brings one up.');

suite('OpenStack beside VMs', () => {
  const { region, input } = file ? cloudOf(file, process.env.MCMP_OPENSTACK_CLOUD) : { region: '', input: { credential: {}, options: {} } };
  let cloud: Required<Session>;
  let networkId = '';
  let subnetId = '';
  let groupId = '';
  let placementId = '';
  let vms: Vm[] = [];
  const base = (name: string) => ({ region, name: `${run}-${name}`, token: `${run}-${name}`, tags: { ...tags, 'mcmp-id': `${run}-${name}` } });
  const at = (id: string) => ({ region, id });

  /** Looks until it holds. */
  async function until<T>(look: () => Promise<T>, holds: (now: T) => boolean): Promise<T> {
    for (let tries = 0; ; tries += 1) {
      const now = await look();
      if (holds(now)) return now;
      if (tries > 240) throw new Error(`still ${JSON.stringify(now).slice(0, 300)}`);
      await delay(500);
    }
  }
  type Kind = 'network-interface' | 'placement-group' | 'snapshot' | 'custom-image' | 'load-balancer' | 'disk' | 'vm' | 'subnet' | 'security-group' | 'key-pair' | 'network';
  const gone = (kind: Kind, id: string): Promise<boolean> => cloud[kind].get(at(id), signal()).then(() => false, (error: unknown) => {
    if (isDriverError(error) && error.code === 'NOT_FOUND') return true;
    if (isDriverError(error) && error.code === 'UNAVAILABLE') return false;
    throw error;
  });
  /** Deletes, sees that it is gone, and deletes again. */
  async function away(kind: Kind, id: string): Promise<void> {
    await until(() => cloud[kind].delete(at(id), signal()).then(() => true, (error: unknown) => {
      if (isDriverError(error) && ['CONFLICT', 'IN_USE', 'UNAVAILABLE'].includes(error.code)) return false;
      throw error;
    }), Boolean);
    await until(() => gone(kind, id), Boolean);
    await cloud[kind].delete(at(id), signal());
  }
  /** The list by tags finds it, under another tag it does not, and another create with `resume` gives the same. */
  async function found(kind: Exclude<Kind, 'vm'>, name: string, id: string, request: object): Promise<void> {
    const ids = async (narrow: object): Promise<string[]> => (await cloud[kind].list({ region, ...narrow }, signal())).items.map((item) => item.id);
    const all = async (narrow: object): Promise<string[]> => {
      const items: string[] = [];
      for (let pageToken: string | undefined, first = true; first || pageToken; first = false) {
        const page = await cloud[kind].list({ region, ...narrow, ...(pageToken && { pageToken }) }, signal());
        items.push(...page.items.map((item) => item.id));
        pageToken = page.nextPageToken;
      }
      return items;
    };
    expect(await all({ tags: { 'mcmp-id': `${run}-${name}` } })).toEqual([id]);
    expect(await all({ tags: { 'mcmp-id': 'another' } })).toEqual([]);
    expect(await ids({ ids: [id, id.replace(/^.{8}/, '00000000')] })).toEqual([id]);
    const again = await (cloud[kind].create as (request: object, signal: AbortSignal) => Promise<{ id: string }>)({ ...request, resume: true }, signal());
    expect(again.id).toBe(id);
  }

  beforeAll(async () => {
    cloud = (await driver.connect(input)) as Required<Session>;
    networkId = (await cloud.network.create({ ...base('net'), cidr: '10.77.0.0/16' }, signal())).id;
    subnetId = (await cloud.subnet.create({ ...base('sub'), networkId, cidr: '10.77.1.0/24' }, signal())).id;
    groupId = (await cloud['security-group'].create({ ...base('grp'), networkId, description: 'd', rules: [] }, signal())).id;
    await cloud['key-pair'].create({ ...base('key'), publicKey }, signal());
    placementId = (await cloud['placement-group'].create({ ...base('place'), policy: 'cluster' }, signal())).id;
    const specId = (await cloud.spec.list({ region }, signal())).items.sort((a, b) => a.memoryMiB - b.memoryMiB)[0]!.id;
    const image = (await cloud.image.list({ region }, signal())).items.find(({ osFamily }) => osFamily === 'cirros')!;
    const asked = { region, tags, specId, imageId: image.id, networkId, subnetId, securityGroupIds: [groupId], keyPairId: `${run}-key`, publicKey, sshUser: 'cirros', publicAddress: false, placementGroupId: placementId };
    for (const [name, more] of [['vm-one', {}], ['vm-volume', { rootDiskGiB: 5 }]] as const) await cloud.vm.create({ ...asked, ...more, names: [`${run}-${name}`], token: `${run}-${name}` }, signal());
    vms = (await until(() => cloud.vm.list({ region, tags }, signal()), ({ items }) => items.length === 2 && items.every(({ state }) => state === 'running'))).items.sort((a, b) => a.name.localeCompare(b.name));
  }, 300_000);

  afterAll(async () => {
    for (const kind of ['load-balancer', 'custom-image', 'snapshot', 'vm', 'network-interface', 'disk', 'placement-group', 'key-pair', 'security-group', 'subnet', 'network'] as const) {
      // Octavia fails a list while a listener in it goes; the server asks such a read again, and so does this.
      const left = await until(() => cloud[kind].list({ region, tags }, signal()).then(({ items }) => items, (error: unknown) => {
        if (isDriverError(error) && error.code === 'UNAVAILABLE') return undefined;
        throw error;
      }), (items) => items !== undefined);
      for (const { id } of left ?? []) await away(kind, id);
    }
  }, 300_000);

  it('tells image and size of a VM that boots from a volume, and does not count its root disk among disks', async () => {
    expect(vms[1]).toMatchObject({ name: `${run}-vm-volume`, imageId: vms[0]!.imageId });
    expect((await cloud.disk.list({ region }, signal())).items.filter(({ vmId }) => vmId === vms[1]!.id)).toEqual([]);
  });

  it('keeps VMs in a placement group', async () => {
    const group = await cloud['placement-group'].get(at(placementId), signal());
    expect(group).toMatchObject({ name: `${run}-place`, policy: 'cluster', tags: base('place').tags, state: 'available' });
    expect([...group.vmIds].sort()).toEqual(vms.map(({ id }) => id).sort());
    await found('placement-group', 'place', placementId, { ...base('place'), policy: 'cluster' });
  });

  it('ties a network interface of its own life to a VM, and leaves the first address of the VM as it was', async () => {
    const request = { ...base('nic'), subnetId, securityGroupIds: [groupId], privateIp: '10.77.1.222' };
    const { id, ...made } = await cloud['network-interface'].create(request, signal());
    expect(made).toMatchObject({ name: request.name, subnetId, networkId, securityGroupIds: [groupId], privateIp: '10.77.1.222', state: 'available' });
    await found('network-interface', 'nic', id, request);
    const vm = vms[0]!;
    for (let times = 0; times < 2; times += 1) await cloud['network-interface'].attach({ ...at(id), vmId: vm.id }, signal());
    expect(await until(() => cloud['network-interface'].get(at(id), signal()), ({ state }) => state === 'in-use')).toMatchObject({ vmId: vm.id });
    expect(await cloud.vm.get(at(vm.id), signal())).toMatchObject({ privateIp: vm.privateIp });
    await expect(cloud['network-interface'].delete(at(id), signal())).rejects.toMatchObject({ code: 'IN_USE' });
    for (let times = 0; times < 2; times += 1) await cloud['network-interface'].detach(at(id), signal());
    await until(() => cloud['network-interface'].get(at(id), signal()), ({ state }) => state === 'available');
    await away('network-interface', id);
  });

  it('takes a snapshot of a disk, and makes a disk of it', async () => {
    const disk = await cloud.disk.create({ ...base('disk'), sizeGiB: 1 }, signal());
    await until(() => cloud.disk.get(at(disk.id), signal()), ({ state }) => state === 'available');
    const request = { ...base('snap'), diskId: disk.id };
    const { id } = await cloud.snapshot.create(request, signal());
    expect(await until(() => cloud.snapshot.get(at(id), signal()), ({ state }) => state === 'available')).toMatchObject({ name: request.name, diskId: disk.id, sizeGiB: 1, tags: request.tags });
    await found('snapshot', 'snap', id, request);
    await cloud.tag.set({ region, kind: 'snapshot', id, tags: { more: '1' } }, signal());
    expect((await cloud.snapshot.get(at(id), signal())).tags).toEqual({ ...request.tags, more: '1' });
    await expect(cloud.disk.delete(at(disk.id), signal())).rejects.toMatchObject({ code: 'IN_USE' });
    const copy = await cloud.disk.create({ ...base('copy'), sizeGiB: 2, snapshotId: id }, signal());
    await until(() => cloud.disk.get(at(copy.id), signal()), ({ state }) => state === 'available');
    for (const [kind, thing] of [['disk', copy.id], ['snapshot', id], ['disk', disk.id]] as const) await away(kind, thing);
  });

  it.each([['on its host', 0], ['on a volume, whose snapshot goes with it', 1]])('makes an image of a VM whose root disk is %s', async (_where, index) => {
    const request = { ...base(`image-${index}`), vmId: vms[index]!.id };
    const { id } = await cloud['custom-image'].create(request, signal());
    expect(await until(() => cloud['custom-image'].get(at(id), signal()), ({ state }) => state === 'available')).toMatchObject({ name: request.name, vmId: request.vmId, tags: request.tags });
    await found('custom-image', `image-${index}`, id, request);
    await cloud.tag.set({ region, kind: 'custom-image', id, tags: { more: '1' } }, signal());
    expect((await cloud['custom-image'].get(at(id), signal())).tags).toEqual({ ...request.tags, more: '1' });
    expect((await cloud.image.list({ region }, signal())).items.map((image) => image.id)).not.toContain(id);
    expect((await cloud.image.list({ region, ids: [id] }, signal())).items).toHaveLength(1);
    const snapshots = async (): Promise<number> => (await cloud.snapshot.list({ region }, signal())).items.filter(({ name }) => name.includes(request.name)).length;
    expect(await snapshots()).toBe(index);
    await away('custom-image', id);
    await until(snapshots, (count) => count === 0);
  });

  it('balances load: made whole, public, changed in listeners and targets, gone with its address', async () => {
    const health = { protocol: 'tcp' as const, intervalSeconds: 10, timeoutSeconds: 5, healthyThreshold: 2, unhealthyThreshold: 3 };
    const http = { protocol: 'http' as const, port: 80, targetPort: 8080, healthCheck: { ...health, protocol: 'http' as const, path: '/well', port: 8081 } };
    const tcp = { protocol: 'tcp' as const, port: 22, targetPort: 22, healthCheck: health };
    const request = { ...base('lb'), type: 'application' as const, scheme: 'public' as const, networkId, subnetIds: [subnetId], vmIds: [vms[0]!.id], listeners: [http] };
    const { id } = await cloud['load-balancer'].create(request, signal());
    const look = (): Promise<LoadBalancer> => cloud['load-balancer'].get(at(id), signal());
    const made = await until(look, ({ state }) => state === 'available');
    expect(made).toMatchObject({ name: request.name, tags: request.tags, type: 'application', scheme: 'public', networkId, subnetIds: [subnetId], listeners: [http], vmIds: request.vmIds });
    expect(made.address).toMatch(/^203\.0\.113\.|^\d+\./);
    await found('load-balancer', 'lb', id, request);
    // Its address is part of it.
    expect((await cloud['public-ip'].list({ region }, signal())).items.map(({ address }) => address)).not.toContain(made.address);
    expect((await cloud['load-balancer'].setListeners({ ...at(id), listeners: [http, tcp] }, signal())).listeners).toEqual([tcp, http]);
    const changed = { ...tcp, targetPort: 2222 };
    for (let times = 0; times < 2; times += 1) expect((await cloud['load-balancer'].setListeners({ ...at(id), listeners: [changed] }, signal())).listeners).toEqual([changed]);
    expect([...(await cloud['load-balancer'].setTargets({ ...at(id), vmIds: vms.map((vm) => vm.id) }, signal())).vmIds].sort()).toEqual(vms.map((vm) => vm.id).sort());
    expect((await cloud['load-balancer'].health(at(id), signal())).items.map(({ vmId, port }) => [vmId, port]).sort()).toEqual(vms.map((vm) => [vm.id, 2222]).sort());
    await cloud.tag.set({ region, kind: 'load-balancer', id, tags: { more: '1' } }, signal());
    expect(await look()).toMatchObject({ tags: { ...request.tags, more: '1' }, scheme: 'public' });
    await expect(cloud.subnet.delete(at(subnetId), signal())).rejects.toMatchObject({ code: 'IN_USE' });
    await away('load-balancer', id);
  }, 300_000);
});
