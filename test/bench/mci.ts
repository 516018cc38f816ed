import { parseArgs } from 'node:util';
import { watchOperation } from '../../src/cli/client.js';
import { criticalPathMs } from './critical-path.js';
import { type Group, connectAll, groupsOf } from './places.js';
import { type Stage, openStage, round } from './stage.js';

/**
 * `npm run bench:mci`: 100 VMs in 10 regions and 1,000 in 30 against the clouds' own latencies (`ratio` = wall time ÷ the longest chain that the clouds' log holds),
 * then both again on a box of no latency, so that only our own work is timed. Ends with one line of JSON; exits 0 where the limits hold.
 */
const { values } = parseArgs({ options: { 'time-scale': { type: 'string', default: '0.5' }, only: { type: 'string' } } });
const BASE = '/v1/projects/default/mcis';
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
    const regions = await connectAll(stage);
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
