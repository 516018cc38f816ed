import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cloudOf } from '../../drivers/openstack/test/clouds-file.js';
import { ApiClient, readAll, watchOperation, type WatchedOperation } from '../../src/cli/client.js';
import { run } from '../../src/cli/processes.js';
import { type Holdings, PlainRest } from '../openstack/plain-rest.js';

/**
 * `npm run journey:openstack -- --cloud clouds.yaml [--name CLOUD] [--vms 10] [--empty]`: an MCI on the real services of an OpenStack, created, suspended, resumed, scaled, given a disk, a floating IP and a load balancer,
 * deleted; after each step the services' own listing, asked by plain REST, is held against what the server says, and in the end it is as it was;
 * with `--empty` it then holds nothing but the security group that every project has.
 */
const { values } = parseArgs({ options: { cloud: { type: 'string' }, name: { type: 'string' }, vms: { type: 'string', default: '10' }, empty: { type: 'boolean', default: false } } });
if (!values.cloud) throw new Error('--cloud FILE is needed: a clouds.yaml');
const { region, input } = cloudOf(values.cloud, values.name);
const BASE = '/v1/projects/default/mcis';
const size = Number(values.vms);
const folder = mkdtempSync(join(tmpdir(), 'mcmp-journey-'));
const failures: string[] = [];
const steps: Record<string, number> = {};
const check = (holds: boolean, what: string): void => {
  process.stderr.write(`${holds ? 'ok  ' : 'FAIL'} ${what}\n`);
  if (!holds) failures.push(what);
};

interface VmLine extends Record<string, unknown> { id: string; name: string; state: string; cloudId: string | null; publicIp: string | null }
interface Made { id: string; state: string; address?: string; vmId?: string }

/** Runs a step and notes its seconds. */
async function timed<T>(step: string, work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  try {
    return await work();
  } finally {
    steps[step] = Math.round((Date.now() - began) / 100) / 10;
  }
}

async function main(): Promise<void> {
  const rest = new PlainRest(input, region);
  await rest.signIn();
  const password = randomBytes(12).toString('base64url');
  const server = await run('src/main.js', [], { MCMP_PORT: '0', MCMP_DATA_DIR: folder, MCMP_ADMIN_PASSWORD: password, MCMP_LOG_LEVEL: 'warn' }, /listens at/, join(folder, 'server.log'));
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().finally(() => process.exit(130)));
  try {
    await new Journey(new ApiClient(/(http:\/\/\S+)/.exec(server.line)?.[1] as string, 'admin', password), rest).run();
  } finally {
    await stop();
  }
}

class Journey {
  private before!: Holdings;
  private connectionId = '';
  constructor(private readonly api: ApiClient, private readonly rest: PlainRest) {}

  /** Walks the whole way; where that fails in the middle, what was made is taken away before the server ends. */
  async run(): Promise<void> {
    this.before = await this.rest.holdings();
    try {
      await this.walk();
    } catch (error) {
      await this.api.call<{ id: string }>('DELETE', `${BASE}/journey`).then((operation) => this.watch(operation)).catch(() => undefined);
      throw error;
    }
  }

  private async walk(): Promise<void> {
    const group = await timed('connect', () => this.connect());
    const made = await timed('create', async () => this.watch(await this.api.post(BASE, { name: 'journey', groups: [group] }, { 'idempotency-key': randomUUID() })));
    check(made.state === 'succeeded', `created: ${told(made)}`);
    await this.agree('ACTIVE', size);
    for (const [action, status] of [['suspend', 'SHUTOFF'], ['resume', 'ACTIVE']] as const) {
      const done = await timed(action, async () => this.watch(await this.api.post(`${BASE}/journey/actions`, { action })));
      check(done.state === 'succeeded', `${action}: ${told(done)}`);
      await this.agree(status, size);
    }
    for (const [step, target] of [['scaleOut', size + 1], ['scaleIn', size - 1]] as const) {
      const done = await timed(step, async () => this.watch(await this.api.post(`${BASE}/journey/groups/${group.name}/scale`, { size: target })));
      check(done.state === 'succeeded', `scaled to ${target}: ${told(done)}`);
      await this.agree('ACTIVE', target);
    }
    await this.things();
    const gone = await timed('delete', async () => this.watch(await this.api.call('DELETE', `${BASE}/journey`)));
    check(gone.state === 'succeeded', `deleted: ${told(gone)}`);
    const after = await this.rest.holdings();
    check(after.servers.length === this.before.servers.length, `no server is left (${after.servers.length - this.before.servers.length})`);
    const left = after.others.filter((other) => !this.before.others.includes(other));
    check(left.length === 0 && after.others.length === this.before.others.length, `everything else is as before (left: ${left.join(', ') || 'nothing'})`);
    if (!values.empty) return;
    const held = [...after.servers.map(({ name }) => `servers/${name}`), ...after.others];
    check(held.length === 1 && held[0]?.startsWith('security_groups/') === true, `the project holds its own security group and nothing else (${held.join(', ')})`);
  }

  private async connect() {
    const { id } = await this.api.post<{ id: string }>('/v1/connections', { name: 'private', driver: 'openstack', endpoint: input.endpoint, credential: input.credential, regions: [region], sync: false });
    this.connectionId = id;
    await this.watch(await this.api.post(`/v1/connections/${id}/sync`, { regions: [region] }));
    const specs = await readAll<{ id: string; memoryMiB: number }>(this.api, `/v1/specs?connection=private&region=${region}`);
    const spec = specs.sort((a, b) => a.memoryMiB - b.memoryMiB)[0]?.id;
    const images = await readAll<{ id: string; osFamily: string }>(this.api, `/v1/images?connection=private&region=${region}`);
    const image = (images.find(({ osFamily }) => osFamily === 'cirros') ?? images[0])?.id;
    return { name: 'web', size, connection: 'private', region, spec, image };
  }

  /** A disk, a floating IP and a load balancer beside the MCI, at its VMs. */
  private async things(): Promise<void> {
    const [first, second] = await readAll<VmLine>(this.api, `${BASE}/journey/vms`);
    const vmId = first?.cloudId as string;
    const base = (kind: string) => ({ region, name: `journey-${kind}`, token: `journey-${kind}-${randomBytes(4).toString('hex')}`, tags: { 'mcmp-journey': kind } });
    const at = (id: string) => ({ region, id });

    await timed('disk', async () => {
      const disk = await this.call<Made>('disk.create', { ...base('disk'), sizeGiB: 1 });
      await this.reaches('disk.get', disk.id, 'available');
      await this.call('disk.attach', { ...at(disk.id), vmId });
      await this.reaches('disk.get', disk.id, 'in-use');
      const { volume } = await this.rest.ask<{ volume: { status: string; attachments: { server_id: string }[] } }>('volumev3', 'GET', `/volumes/${disk.id}`);
      check(volume.status === 'in-use' && volume.attachments[0]?.server_id === vmId, 'Cinder has the disk at the VM');
      await this.call('disk.detach', at(disk.id));
      await this.reaches('disk.get', disk.id, 'available');
      await this.call('disk.delete', at(disk.id));
      await this.gone('disk.get', disk.id);
    });

    await timed('floatingIp', async () => {
      const address = await this.call<Made>('public-ip.create', base('ip'));
      await this.call('public-ip.associate', { ...at(address.id), vmId });
      const { floatingip } = await this.rest.ask<{ floatingip: { port_id: string } }>('network', 'GET', `/v2.0/floatingips/${address.id}`);
      const { port } = await this.rest.ask<{ port: { device_id: string } }>('network', 'GET', `/v2.0/ports/${floatingip.port_id}`);
      check(port.device_id === vmId, 'Neutron has the floating IP at the VM');
      await this.call('public-ip.disassociate', at(address.id));
      await this.call('public-ip.delete', at(address.id));
    });

    if (!this.rest.has('load-balancer')) return check(true, 'no load balancer: this OpenStack has no Octavia');
    await timed('loadBalancer', async () => {
      const vm = await this.call<{ networkId: string; subnetId: string }>('vm.get', at(vmId));
      const health = { protocol: 'tcp', intervalSeconds: 10, timeoutSeconds: 5, healthyThreshold: 2, unhealthyThreshold: 2 };
      const balancer = await this.call<Made>('load-balancer.create', {
        ...base('lb'), type: 'network', scheme: 'internal', networkId: vm.networkId, subnetIds: [vm.subnetId], vmIds: [first, second].flatMap((line) => line?.cloudId ?? []), listeners: [{ protocol: 'tcp', port: 80, targetPort: 8080, healthCheck: health }],
      });
      const settled = await this.reaches('load-balancer.get', balancer.id, 'available');
      const { loadbalancer } = await this.rest.ask<{ loadbalancer: { provisioning_status: string; vip_address: string; listeners: unknown[]; pools: { id: string }[] } }>('load-balancer', 'GET', `/v2/lbaas/loadbalancers/${balancer.id}`);
      const { members } = await this.rest.ask<{ members: unknown[] }>('load-balancer', 'GET', `/v2/lbaas/pools/${loadbalancer.pools[0]?.id}/members`);
      check(loadbalancer.provisioning_status === 'ACTIVE' && loadbalancer.listeners.length === 1 && members.length === 2 && loadbalancer.vip_address === settled.address, 'Octavia has the load balancer with its listener and both VMs');
      await this.call('load-balancer.delete', at(balancer.id));
      await this.gone('load-balancer.get', balancer.id);
    });
  }

  private watch(operation: { id: string }): Promise<WatchedOperation> {
    return watchOperation(this.api, operation.id, () => undefined, 200);
  }

  /** One call of the driver SDK through the server. */
  private async call<T = Record<string, unknown>>(method: string, request: object): Promise<T> {
    return (await this.api.post<{ result: T }>(`/v1/connections/${this.connectionId}/calls`, { method, request })).result;
  }

  private async reaches(method: string, id: string, state: string): Promise<Made> {
    for (let seconds = 0; ; seconds += 1) {
      const thing = await this.call<Made>(method, { region, id });
      if (thing.state === state) return thing;
      if (seconds > 300 || thing.state === 'failed') throw new Error(`${method} ${id}: ${thing.state}, not ${state}`);
      await delay(1000);
    }
  }

  private async gone(method: string, id: string): Promise<void> {
    for (let seconds = 0; seconds < 300; seconds += 1) {
      const there = await this.call(method, { region, id }).then(() => true, (error: { body?: { code?: string }; code?: string }) => {
        if (/NOT_FOUND/.test(JSON.stringify(error.body ?? error.code))) return false;
        throw error;
      });
      if (!there) return;
      await delay(1000);
    }
    throw new Error(`${method} ${id}: still there`);
  }

  /** The services' own servers and the server's VMs are the same, in id, status and address. */
  private async agree(status: string, expected: number): Promise<void> {
    const old = new Set(this.before.servers.map((server) => server.id));
    const theirs = (await this.rest.holdings()).servers.filter((server) => !old.has(server.id));
    const ours = await readAll<VmLine>(this.api, `${BASE}/journey/vms`);
    check(theirs.length === expected && theirs.every((server) => server.status === status), `Nova lists ${expected} servers that are ${status} (${theirs.length}: ${[...new Set(theirs.map((server) => server.status))].join()})`);
    const byId = new Map(theirs.map((server) => [server.id, server]));
    check(ours.length === expected && ours.every((vm) => byId.has(vm.cloudId ?? '')), `the server lists the same ${expected} VMs (${ours.length})`);
    if (status === 'ACTIVE') check(ours.every((vm) => vm.publicIp !== null && byId.get(vm.cloudId ?? '')?.addresses.includes(vm.publicIp)), 'each has a public address, and Neutron tells the same');
  }
}

const told = (operation: WatchedOperation): string => `${operation.state} ${operation.message ?? ''} ${operation.errors.length > 0 ? JSON.stringify(operation.errors) : ''}`;

const began = Date.now();
await main().catch((error: unknown) => { check(false, error instanceof Error ? `${error.message} ${JSON.stringify((error as { body?: unknown }).body ?? '')}` : String(error)); });
process.stdout.write(`${JSON.stringify({ vms: size, seconds: Math.round((Date.now() - began) / 100) / 10, steps, failures })}\n`);
process.exit(failures.length === 0 ? 0 : 1);
