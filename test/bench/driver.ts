/**
 * Calls per second through the driver host, against the same driver called in this process; what the drivers of `drivers/` cost, each in its process and all of them in the server's own.
 * Run after a build: `npm run bench:driver`. Ends with one line of JSON; exits 0 only within its limits. Memory in MiB, resident.
 */
import type { Page, Region } from '@mcmp/driver-sdk';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { DriverHost } from '../../src/connector/host/index.js';
import { Logger } from '../../src/platform/logger/logger.js';

const LIMITS = { callsPerSecond: 1500, p99Ms: 50, hostGrowthMiB: 100 };
const CONCURRENCY = 16;
const CALLS = 20_000;
/** A driver's process tells its memory each second. */
const STATS_MS = 1500;
const NOWHERE = 'http://127.0.0.1:9';

interface Figures { callsPerSecond: number; p50Ms: number; p99Ms: number }

/** Makes `calls` calls, so many at once as `concurrency` says. */
async function measure(calls: number, concurrency: number, call: () => Promise<unknown>): Promise<Figures> {
  const times: number[] = [];
  let left = calls;
  const from = performance.now();
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (left-- > 0) {
      const at = performance.now();
      await call();
      times.push(performance.now() - at);
    }
  }));
  const seconds = (performance.now() - from) / 1000;
  times.sort((a, b) => a - b);
  const quantile = (part: number): number => round(times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0);
  return { callsPerSecond: Math.round(times.length / seconds), p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

const MiB = (bytes: number): number => Math.round(bytes / 1_048_576);

/** Loads every driver of `drivers/` into a host of its own: start time and memory of each one's process, and what the process that holds the host grew by. */
async function allDrivers(logger: Logger): Promise<{ hostGrowthMiB: number; drivers: Record<string, { startMs: number; rssMiB: number }> }> {
  const before = process.memoryUsage.rss();
  const all = new DriverHost({ driversDir: resolve('drivers'), storeDir: join(root, 'store-of-all'), idleMs: 600_000, logger });
  try {
    await all.start();
    // A driver's process starts with its first call; no cloud is there, so the call itself fails.
    for (const { name } of all.list()) await all.open({ key: name, driver: name, credential: {}, endpoint: NOWHERE, options: {}, revision: '1' }).call('region.list', {}).catch(() => undefined);
    await delay(STATS_MS);
    const drivers = Object.fromEntries(all.stats().map(({ driver, startMs, rssBytes }) => [driver, { startMs: Math.round(startMs), rssMiB: MiB(rssBytes) }]));
    const missing = all.list().filter(({ name }) => !(name in drivers));
    if (missing.length > 0 || Object.keys(drivers).length === 0) throw new Error(`not all drivers run: ${missing.map(({ name }) => name).join(', ') || 'none was found'}`);
    return { hostGrowthMiB: MiB(process.memoryUsage.rss() - before), drivers };
  } finally {
    await all.stop();
  }
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

const fixture = resolve('test/connector/fixtures/actor');
const root = mkdtempSync(join(tmpdir(), 'mcmp-bench-driver-'));
cpSync(fixture, join(root, 'drivers', 'actor'), { recursive: true });
// The way through the host is measured here, not how a limit is found out that nobody published.
const manifest = join(root, 'drivers', 'actor', 'driver.json');
writeFileSync(manifest, JSON.stringify({ ...(JSON.parse(readFileSync(manifest, 'utf8')) as object), limits: [{ methods: ['*'], scope: 'account', burst: 100_000, perSecond: 100_000 }] }));
const host = new DriverHost({ driversDir: join(root, 'drivers'), storeDir: join(root, 'store'), idleMs: 60_000, logger: new Logger('warn') });
try {
  await host.start();
  const credential = { user: 'bench', key: 'no-secret' };
  const session = host.open({ key: 'bench', driver: 'actor', credential, options: {}, revision: '1' });
  const from = performance.now();
  await session.call('region.list', {});
  const firstCallMs = Math.round(performance.now() - from);
  await measure(2000, CONCURRENCY, () => session.call('region.list', {}));
  const hosted = await measure(CALLS, CONCURRENCY, () => session.call('region.list', {}));
  const alone = await measure(2000, 1, () => session.call('region.list', {}));
  const { default: driver } = (await import(pathToFileURL(join(fixture, 'index.mjs')).href)) as { default: { connect(input: unknown): Promise<{ region: { list(request: object, signal: AbortSignal): Promise<Page<Region>> } }> } };
  const { region } = await driver.connect({ credential, options: {} });
  const { signal } = new AbortController();
  const direct = await measure(CALLS, CONCURRENCY, () => region.list({}, signal));
  await delay(STATS_MS);
  const [stats] = host.stats();
  const { hostGrowthMiB, drivers } = await allDrivers(new Logger('error'));
  const ok = hosted.callsPerSecond >= LIMITS.callsPerSecond && hosted.p99Ms < LIMITS.p99Ms && hostGrowthMiB < LIMITS.hostGrowthMiB;
  console.log(JSON.stringify({ bench: 'driver', ok, limits: LIMITS, concurrency: CONCURRENCY, hosted, alone, direct, startMs: stats?.startMs, firstCallMs, rssMiB: MiB(stats?.rssBytes ?? 0), hostGrowthMiB, drivers }));
  process.exitCode = ok ? 0 : 1;
} finally {
  await host.stop();
  rmSync(root, { recursive: true, force: true });
}
