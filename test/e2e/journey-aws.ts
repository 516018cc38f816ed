import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DescribeInstancesCommand, DescribeKeyPairsCommand, DescribeSecurityGroupsCommand, DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ApiClient, readAll, watchOperation } from '../../src/cli/client.js';
import { run } from '../../src/cli/processes.js';

/**
 * `npm run journey:aws -- --endpoint URL`: an MCI of 20 VMs in two AWS regions through the real SDK, created, suspended, resumed, scaled, deleted; the endpoint's own
 * listing is held against what the server says. `--box` starts the cloud in a box and uses its EC2 wire.
 */
const { values } = parseArgs({
  options: {
    endpoint: { type: 'string' }, box: { type: 'boolean', default: false }, regions: { type: 'string', default: 'us-east-1,ap-northeast-2' }, size: { type: 'string', default: '10' },
    'access-key-id': { type: 'string', default: process.env.AWS_ACCESS_KEY_ID ?? 'testing' }, 'secret-access-key': { type: 'string', default: process.env.AWS_SECRET_ACCESS_KEY ?? 'testing' },
  },
});
const BASE = '/v1/projects/default/mcis';
const folder = mkdtempSync(join(tmpdir(), 'mcmp-journey-'));
const regions = values.regions.split(',');
const size = Number(values.size);
const failures: string[] = [];
const check = (holds: boolean, what: string): void => {
  process.stderr.write(`${holds ? 'ok  ' : 'FAIL'} ${what}\n`);
  if (!holds) failures.push(what);
};

interface VmLine extends Record<string, unknown> { name: string; state: string; region: string; cloudId: string | null; publicIp: string | null }

async function main(): Promise<void> {
  const box = values.box ? await run('drivers/simulator/main.js', ['--port', '0', '--time-scale', '0.05'], {}, /^\{.*"control"/, join(folder, 'box.log')) : undefined;
  const doors = box ? (JSON.parse(box.line) as { control: string; wires: { ec2: string } }) : undefined;
  const endpoint = doors?.wires.ec2 ?? values.endpoint;
  if (!endpoint) throw new Error('--endpoint URL or --box is needed');
  const keys = doors
    ? ((await (await fetch(`${doors.control}/control/credential?cloud=aws&account=123456789012`)).json()) as { accessKeyId: string; secretKey: string })
    : { accessKeyId: values['access-key-id'], secretKey: values['secret-access-key'] };
  const password = randomBytes(12).toString('base64url');
  const server = await run('src/main.js', [], { MCMP_PORT: '0', MCMP_DATA_DIR: folder, MCMP_ADMIN_PASSWORD: password, MCMP_LOG_LEVEL: 'warn' }, /listens at/, join(folder, 'server.log'));
  const clients = new Map(regions.map((region) => [region, new EC2Client({ region, endpoint, credentials: { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretKey }, maxAttempts: 1 })]));
  const stop = async (): Promise<void> => {
    await server.stop();
    await box?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().finally(() => process.exit(130)));
  try {
    const api = new ApiClient(/(http:\/\/\S+)/.exec(server.line)?.[1] as string, 'admin', password);
    await journey(api, endpoint, { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretKey }, clients);
  } finally {
    await stop();
  }
}

async function journey(api: ApiClient, endpoint: string, credential: Record<string, string>, clients: Map<string, EC2Client>): Promise<void> {
  const before = await listing(clients);
  await api.post('/v1/connections', { name: 'aws', driver: 'aws', endpoint, credential, regions, sync: false });
  const groups = [];
  for (const region of regions) {
    const { id } = (await readAll<{ id: string }>(api, '/v1/connections'))[0] as { id: string };
    await watch(api, (await api.post<{ id: string }>(`/v1/connections/${id}/sync`, { regions: [region] })).id);
    const spec = (await api.get<{ items: { id: string }[] }>(`/v1/specs?connection=aws&region=${region}&q=t3.medium&architecture=amd64&pageSize=1`)).items[0]?.id;
    const image = (await api.get<{ items: { id: string }[] }>(`/v1/images?connection=aws&region=${region}&architecture=amd64&pageSize=1`)).items[0]?.id;
    groups.push({ name: `g-${region}`, size, connection: 'aws', region, spec, image });
  }
  const { id: operationId } = await api.post<{ id: string }>(BASE, { name: 'journey', groups }, { 'idempotency-key': randomUUID() });
  const made = await watch(api, operationId);
  check(made.state === 'succeeded', `created: ${made.state} ${made.message ?? ''} ${JSON.stringify(made.errors)}`);
  await agree(api, clients, before, 'running', size * regions.length);
  for (const [action, state] of [['suspend', 'stopped'], ['resume', 'running']] as const) {
    const done = await watch(api, (await api.post<{ id: string }>(`${BASE}/journey/actions`, { action })).id);
    check(done.state === 'succeeded', `${action}: ${done.state} ${done.message ?? ''}`);
    await agree(api, clients, before, state, size * regions.length);
  }
  const first = groups[0] as (typeof groups)[number];
  for (const target of [size + 2, size - 3]) {
    const done = await watch(api, (await api.post<{ id: string }>(`${BASE}/journey/groups/${first.name}/scale`, { size: target })).id);
    check(done.state === 'succeeded', `scaled to ${target}: ${done.state} ${done.message ?? ''}`);
    await agree(api, clients, before, 'running', size * (regions.length - 1) + target);
  }
  const gone = await watch(api, (await api.call<{ id: string }>('DELETE', `${BASE}/journey`)).id);
  check(gone.state === 'succeeded', `deleted: ${gone.state} ${gone.message ?? ''} ${JSON.stringify(gone.errors)}`);
  const after = await listing(clients);
  check(after.instances.length === 0, `no instance is left (${after.instances.length})`);
  check(after.others.join() === before.others.join(), `networks, subnets, security groups and keys are as before (${before.others.length} then, ${after.others.length} now)`);
}

const watch = (api: ApiClient, id: string) => watchOperation(api, id, () => undefined, 100);

interface Listing { instances: { id: string; state: string; address: string | null }[]; others: string[] }

/** What the endpoint itself says: living instances, and every network, subnet, security group and key pair. */
async function listing(clients: Map<string, EC2Client>): Promise<Listing> {
  const result: Listing = { instances: [], others: [] };
  for (const [region, client] of clients) {
    for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
      const page = await client.send(new DescribeInstancesCommand({ MaxResults: 100, ...(NextToken && { NextToken }) }));
      for (const instance of page.Reservations?.flatMap((reservation) => reservation.Instances ?? []) ?? []) if (instance.State?.Name !== 'terminated') result.instances.push({ id: instance.InstanceId as string, state: instance.State?.Name as string, address: instance.PublicIpAddress ?? null });
      NextToken = page.NextToken;
    }
    const [vpcs, subnets, groups, keys] = await Promise.all([client.send(new DescribeVpcsCommand({})), client.send(new DescribeSubnetsCommand({})), client.send(new DescribeSecurityGroupsCommand({})), client.send(new DescribeKeyPairsCommand({}))]);
    result.others.push(...[vpcs.Vpcs?.map((item) => item.VpcId), subnets.Subnets?.map((item) => item.SubnetId), groups.SecurityGroups?.map((item) => item.GroupId), keys.KeyPairs?.map((item) => item.KeyPairId)].flatMap((ids) => (ids ?? []).map((id) => `${region}/${id}`)).sort());
  }
  return result;
}

/** The endpoint's own instances and the server's VMs are the same, in id, state and address. */
async function agree(api: ApiClient, clients: Map<string, EC2Client>, before: Listing, state: string, expected: number): Promise<void> {
  const old = new Set(before.instances.map((instance) => instance.id));
  const theirs = (await listing(clients)).instances.filter((instance) => !old.has(instance.id));
  const ours = await readAll<VmLine>(api, `${BASE}/journey/vms`);
  check(theirs.length === expected && theirs.every((instance) => instance.state === state), `the endpoint lists ${expected} instances in the state ${state} (${theirs.length}: ${[...new Set(theirs.map((instance) => instance.state))].join()})`);
  const byId = new Map(theirs.map((instance) => [instance.id, instance]));
  check(ours.length === expected && ours.every((vm) => byId.has(vm.cloudId ?? '')), `the server lists the same ${expected} VMs (${ours.length})`);
  if (state === 'running') check(ours.every((vm) => byId.get(vm.cloudId ?? '')?.address === vm.publicIp), 'addresses agree');
}

const began = Date.now();
await main().catch((error: unknown) => { check(false, error instanceof Error ? `${error.message} ${JSON.stringify((error as { body?: unknown }).body ?? '')}` : String(error)); });
process.stdout.write(`${JSON.stringify({ vms: size * regions.length, regions: regions.length, seconds: Math.round((Date.now() - began) / 100) / 10, failures })}\n`);
process.exit(failures.length === 0 ? 0 : 1);
