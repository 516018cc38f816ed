import { parseArgs } from 'node:util';
import { type ApiClient, readAll, watchOperation } from '../../src/cli/client.js';
import { criticalPathMs } from './critical-path.js';
import { type Stage, openStage, round } from './stage.js';

/**
 * `npm run bench:mci`: 100 VMs in 10 regions and 1,000 in 30 against the clouds' own latencies (`ratio` = wall time ÷ the longest chain that the clouds' log holds),
 * then both again on a box of no latency, so that only our own work is timed. Ends with one line of JSON; exits 0 where the limits hold.
 */
const { values } = parseArgs({ options: { 'time-scale': { type: 'string', default: '0.5' }, only: { type: 'string' } } });
const BASE = '/v1/projects/default/mcis';
const CLOUDS = ['aws', 'azure', 'gcp', 'alibaba', 'tencent', 'ibm', 'openstack', 'aws', 'azure', 'gcp'];

interface Group { name: string; size: number; connection: string; region: string; spec: string; image: string }

/** Connections of the simulated clouds through the plain wire, AWS through the real driver and the EC2 wire. */
async function connect({ api, control, wires }: Stage): Promise<Map<string, string[]>> {
  const clouds = (await (await fetch(`${control}/control/clouds`)).json()) as { cloud: string; regions: { id: string }[] }[];
  const regions = new Map(clouds.map((item) => [item.cloud, item.regions.map((region) => region.id)]));
  for (const cloud of new Set(CLOUDS)) {
    const aws = cloud === 'aws';
    const { accessKeyId, secretKey } = (await (await fetch(`${control}/control/credential?cloud=${cloud}&account=${aws ? '111122223333' : 'bench'}`)).json()) as { accessKeyId: string; secretKey: string };
    await api.post('/v1/connections', { name: cloud, driver: aws ? 'aws' : 'simulator', endpoint: aws ? wires.ec2 : wires.plain, sync: false, credential: aws ? { accessKeyId, secretAccessKey: secretKey } : { accessKeyId, secretKey }, options: aws ? {} : { cloud } });
  }
  return regions;
}

/** Groups of equal size, one per region, going round the clouds. */
async function groupsOf(api: ApiClient, regions: Map<string, string[]>, count: number, size: number): Promise<Group[]> {
  const next = new Map<string, number>();
  const places: { cloud: string; region: string }[] = [];
  for (let index = 0; places.length < count && index < 1000; index++) {
    const cloud = CLOUDS[index % CLOUDS.length] as string;
    const at = next.get(cloud) ?? 0;
    const region = regions.get(cloud)?.[at];
    next.set(cloud, at + 1);
    if (region) places.push({ cloud, region });
  }
  const groups: Group[] = [];
  for (const [index, { cloud, region }] of places.entries()) {
    const { id } = (await readAll<{ id: string; name: string }>(api, '/v1/connections')).find((item) => item.name === cloud) as { id: string };
    const where = `connection=${cloud}&region=${encodeURIComponent(region)}&architecture=amd64`;
    const find = async (path: string): Promise<string | undefined> => (await api.get<{ items: { id: string }[] }>(`${path}&pageSize=1`)).items[0]?.id;
    if (!(await find(`/v1/specs?${where}`))) await watchOperation(api, (await api.post<{ id: string }>(`/v1/connections/${id}/sync`, { regions: [region] })).id, () => undefined, 50);
    groups.push({ name: `g${index}-${cloud}`, size, connection: cloud, region, spec: (await find(`/v1/specs?${where}&vcpu=2&sort=price`)) as string, image: (await find(`/v1/images?${where}`)) as string });
  }
  return groups;
}

interface Figures { vms: number; regions: number; createSeconds: number; deleteSeconds: number; ratio: number; criticalSeconds: number; callsPerVm: number; throttledShare: number; cpuSeconds: number; rssMiB: number; running: number; left: number }

async function measure(stage: Stage, name: string, groups: Group[]): Promise<Figures> {
  const { api } = stage;
  const before = { call: await stage.lastCall(), usage: stage.usage() };
  const began = Date.now();
  const { id: operationId } = await api.post<{ id: string }>(BASE, { name, groups });
  await watchOperation(api, operationId, () => undefined, 50);
  const createSeconds = (Date.now() - began) / 1000;
  const usage = stage.usage();
  const calls = await stage.calls(before.call);
  const mci = await api.get<{ counts: Record<string, number> }>(`${BASE}/${name}`);
  const vms = groups.reduce((sum, group) => sum + group.size, 0);
  const deleteBegan = Date.now();
  await watchOperation(api, (await api.call<{ id: string }>('DELETE', `${BASE}/${name}`)).id, () => undefined, 50);
  const deleteSeconds = (Date.now() - deleteBegan) / 1000;
  const left = (await (await fetch(`${stage.control}/control/resources`)).json()) as { count: number };
  const criticalSeconds = criticalPathMs(calls) / 1000;
  return {
    vms, regions: groups.length, createSeconds: round(createSeconds), deleteSeconds: round(deleteSeconds), criticalSeconds: round(criticalSeconds), ratio: round(createSeconds / criticalSeconds),
    callsPerVm: round(calls.length / vms), throttledShare: round(calls.filter((call) => call.outcome === 'RATE_LIMITED').length / calls.length), cpuSeconds: round(usage.cpuSeconds - before.usage.cpuSeconds), rssMiB: Math.round(usage.rssMiB), running: mci.counts.running ?? 0, left: left.count,
  };
}

async function stageOf(label: string, boxArgs: string[], sizes: [regions: number, perRegion: number][]): Promise<Record<string, Figures>> {
  const stage = await openStage(boxArgs);
  try {
    const regions = await connect(stage);
    const result: Record<string, Figures> = {};
    for (const [count, size] of sizes) {
      const name = `${label}${count * size}`;
      result[name] = await measure(stage, name, await groupsOf(stage.api, regions, count, size));
      process.stderr.write(`${name}: ${JSON.stringify(result[name])}\n`);
    }
    return result;
  } finally {
    await stage.end();
  }
}

const figures = {
  ...(values.only !== 'bare' && (await stageOf('real', ['--time-scale', values['time-scale'], '--seed', '1'], [[10, 10], [30, 34]]))),
  ...(values.only !== 'real' && (await stageOf('bare', ['--time-scale', '0', '--no-throttle', '--seed', '1'], [[10, 10], [30, 34]]))),
} as Record<string, Figures>;
const limits: [name: string, key: keyof Figures, most: number][] = [
  ['real100', 'ratio', 1.25], ['real1020', 'ratio', 1.5], ['real100', 'throttledShare', 0.01], ['real1020', 'throttledShare', 0.01],
  ['bare100', 'createSeconds', 3], ['bare100', 'deleteSeconds', 3], ['bare1020', 'createSeconds', 25], ['bare1020', 'deleteSeconds', 25],
];
const broken = [
  ...limits.filter(([name, key, most]) => (figures[name]?.[key] ?? 0) > most).map(([name, key, most]) => `${name}.${key} > ${most}`),
  ...Object.entries(figures).flatMap(([name, one]) => (one.running === one.vms && one.left === 0 ? [] : [`${name}: ${one.running} of ${one.vms} run, ${one.left} left`])),
];
process.stdout.write(`${JSON.stringify({ ...figures, broken })}\n`);
process.exit(broken.length === 0 ? 0 : 1);
