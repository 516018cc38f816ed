import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { readAll, watchOperation } from '../../src/cli/client.js';
import { findChromium, openBrowser } from '../portal/harness.js';
import { connectAll, groupsOf } from './places.js';
import { type Stage, openStage, round } from './stage.js';

/**
 * `npm run bench:portal`: how much the first page loads and how soon it is of use with the CPU slowed four times; then the map, and the table of an MCI of 2,000 VMs, while about 25 events come each second: how long its page works at a stretch, and whether its memory stays.
 * `--minutes 5` is how long each of the two is watched. Ends with one line of JSON; exits 0 where the limits hold.
 */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' }, vms: { type: 'string', default: '2000' } } });
const LIMITS = { scriptKiB: 250, usableMs: 1500, taskP95Ms: 100, memoryGrowth: 0.1, eventsPerSecond: 20 };
const SLOWED = 4;
/** As many as the quotas of every region hold. */
const PER_REGION = 40;
const AT_ONCE = 4;
/** Events per second. */
const PACE = 25;
const LOADS = 5;
const SAMPLES = 10;
const MCI = 'big';
const MCIS = '/v1/projects/default/mcis';

const chromium = findChromium();
if (chromium === undefined) {
  console.log(JSON.stringify({ bench: 'portal', skipped: 'no Chromium was found; install it (Debian: apt install chromium) or name it in MCMP_CHROMIUM' }));
  process.exit(process.env.CI === undefined ? 0 : 1);
}

/** The middle of some figures. */
const median = (figures: number[]): number => [...figures].sort((one, other) => one - other)[figures.length >> 1] ?? 0;
const p95 = (figures: number[]): number => [...figures].sort((one, other) => one - other)[Math.ceil(figures.length * 0.95) - 1] ?? 0;

/** Counts the events of the server as a client of its own. */
async function countEvents(stage: Stage, signal: AbortSignal, counted: { events: number }): Promise<void> {
  const { accessToken } = (await (await fetch(`${stage.address}/v1/auth/token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: 'admin', password: stage.password }) })).json()) as { accessToken: string };
  const answer = await fetch(`${stage.address}/v1/events`, { headers: { authorization: `Bearer ${accessToken}` }, signal });
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) counted.events += decoder.decode(chunk as Uint8Array, { stream: true }).split('\nevent:').length - 1;
}

/** Restarts VMs, a few at a time and all over the MCI, so that events come at about this pace, until it is told to stop. */
async function stir({ api }: Stage, vms: string[], signal: AbortSignal, counted: { events: number }): Promise<void> {
  const began = performance.now();
  const from = counted.events;
  for (let turn = 0; !signal.aborted; turn += 1) {
    const chosen = Array.from({ length: AT_ONCE }, (_, index) => vms[(turn + Math.floor((index * vms.length) / AT_ONCE)) % vms.length] as string);
    const { id } = await api.post<{ id: string }>(`${MCIS}/${MCI}/actions`, { action: 'reboot', vms: chosen });
    const { state, errors } = await watchOperation(api, id, () => undefined, 50);
    if (state !== 'succeeded') throw new Error(`${chosen.join(', ')} were not restarted: ${JSON.stringify(errors.slice(0, 3))}`);
    await delay(Math.max(0, ((counted.events - from) / PACE) * 1000 - (performance.now() - began)));
  }
}

/** Used memory of the page in bytes, garbage not counted. */
async function usedBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}

async function logIn(page: Page, stage: Stage): Promise<void> {
  await page.goto('/login');
  await page.locator('input[autocomplete=username]').fill('admin');
  await page.locator('input[type=password]').fill(stage.password);
  await page.locator('button[type=submit]').click();
  await page.locator('[data-figure]').first().waitFor();
}

/** First page without a cache: kilobytes of scripts as they travel, and how soon map and figures are there. */
async function firstPage(page: Page, session: CDPSession): Promise<{ scriptKiB: number; usableMs: number }> {
  const scripts = new Map<string, number>();
  const usable: number[] = [];
  const types = new Map<string, string>();
  session.on('Network.responseReceived', ({ requestId, type, response }) => { if (type === 'Script' || response.mimeType.includes('javascript')) types.set(requestId, response.url); });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const url = types.get(requestId);
    if (url !== undefined) scripts.set(url, encodedDataLength);
  });
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
  for (let load = 0; load < LOADS; load += 1) {
    scripts.clear();
    const began = performance.now();
    await page.goto('/', { waitUntil: 'commit' });
    await Promise.all([page.locator('[data-place]').first().waitFor(), page.locator('[data-figure] .tabular').first().waitFor()]);
    usable.push(performance.now() - began);
    await page.waitForTimeout(1500);
  }
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await session.send('Network.setCacheDisabled', { cacheDisabled: false });
  return { scriptKiB: Math.round([...scripts.values()].reduce((sum, bytes) => sum + bytes, 0) / 1024), usableMs: Math.round(median(usable)) };
}

/** Of the longest task of each second: tasks under 50 ms are not told by the browser, and count as none. Memory as it was at the samples; its growth is from the median of the first three to that of the last three. Part of it is machine code, which the browser makes of what runs often. */
interface Watched { longTasks: number; taskP95Ms: number; taskMaxMs: number; usedMiB: number[]; memoryGrowth: number; eventsPerSecond: number }

/** Watches the page as it is for some minutes, after a first half-minute, in which the page fills what it keeps. */
async function watch(page: Page, session: CDPSession, minutes: number, counted: { events: number }): Promise<Watched> {
  await page.evaluate('globalThis.longTasks = []; new PerformanceObserver((list) => { for (const { startTime, duration } of list.getEntries()) globalThis.longTasks.push([startTime, duration]); }).observe({ type: "longtask" })');
  await page.waitForTimeout(Math.min(30_000, minutes * 20_000));
  const events = counted.events;
  const began = performance.now();
  const bytes: number[] = [];
  const tasks: [number, number][] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    await page.evaluate('globalThis.longTasks.length = 0'); // collecting garbage was one
    await page.waitForTimeout((minutes * 60_000) / SAMPLES);
    tasks.push(...(await page.evaluate<[number, number][]>('globalThis.longTasks')));
    bytes.push(await usedBytes(session));
  }
  const seconds = (performance.now() - began) / 1000;
  const longest = Array.from({ length: Math.ceil(seconds) }, () => 0);
  const from = tasks[0]?.[0] ?? 0;
  for (const [at, ms] of tasks) { const second = Math.min(longest.length - 1, Math.floor((at - from) / 1000)); longest[second] = Math.max(longest[second] ?? 0, ms); }
  return { longTasks: tasks.length, taskP95Ms: Math.round(p95(longest)), taskMaxMs: Math.round(Math.max(...longest)), usedMiB: bytes.map((used) => round(used / 1048576)), memoryGrowth: round(median(bytes.slice(-3)) / median(bytes.slice(0, 3)) - 1), eventsPerSecond: round((counted.events - events) / seconds) };
}

const stage = await openStage(['--time-scale', '0.02', '--no-throttle', '--seed', '1']);
const browser = await openBrowser(chromium);
const stop = new AbortController();
let figures: Record<string, unknown> = {};
const broken: string[] = [];
try {
  const groups = await groupsOf(stage.api, await connectAll(stage), Math.ceil(Number(values.vms) / PER_REGION), PER_REGION);
  const created = await watchOperation(stage.api, (await stage.api.post<{ id: string }>(MCIS, { name: MCI, groups })).id, () => undefined, 200);
  const vms = (await readAll<{ name: string; state: string }>(stage.api, `${MCIS}/${MCI}/vms`)).filter(({ state }) => state === 'running').map(({ name }) => name);
  if (created.state !== 'succeeded' || vms.length < Number(values.vms)) throw new Error(`${vms.length} VMs of the MCI run: ${created.message ?? ''}`);
  const context = await browser.newContext({ baseURL: stage.address, viewport: { width: 1440, height: 900 }, locale: 'en-US' });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await logIn(page, stage);
  const first = await firstPage(page, session);
  process.stderr.write(`first page: ${JSON.stringify(first)}\n`);
  const counted = { events: 0 };
  const beside = [countEvents(stage, stop.signal, counted), stir(stage, vms, stop.signal, counted)].map((work) => work.catch((error: unknown) => { if (!stop.signal.aborted) broken.push(`the load beside ended: ${(error as Error).message}`); }));
  await page.goto('/');
  await page.locator('[data-place]').first().waitFor();
  const map = await watch(page, session, Number(values.minutes), counted);
  process.stderr.write(`map: ${JSON.stringify(map)}\n`);
  await page.goto(`/mcis/${MCI}/vms`);
  await page.locator('tbody [data-state]').first().waitFor();
  const table = await watch(page, session, Number(values.minutes), counted);
  process.stderr.write(`table: ${JSON.stringify(table)}\n`);
  stop.abort();
  await Promise.all(beside);
  figures = { vms: vms.length, minutes: Number(values.minutes), ...first, map, table };
  if (first.scriptKiB > LIMITS.scriptKiB) broken.push(`scriptKiB > ${LIMITS.scriptKiB}`);
  if (first.usableMs > LIMITS.usableMs) broken.push(`usableMs > ${LIMITS.usableMs}`);
  for (const [name, one] of [['map', map], ['table', table]] as const) {
    if (one.taskP95Ms > LIMITS.taskP95Ms) broken.push(`${name}.taskP95Ms > ${LIMITS.taskP95Ms}`);
    if (one.memoryGrowth > LIMITS.memoryGrowth) broken.push(`${name}.memoryGrowth > ${LIMITS.memoryGrowth}`);
    if (one.eventsPerSecond < LIMITS.eventsPerSecond) broken.push(`${name}.eventsPerSecond < ${LIMITS.eventsPerSecond}`);
  }
} finally {
  stop.abort();
  await browser.close();
  await stage.end();
}
console.log(JSON.stringify({ bench: 'portal', ...figures, limits: LIMITS, broken }));
process.exitCode = broken.length === 0 ? 0 : 1;
