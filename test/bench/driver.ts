/**
 * Calls per second through the driver host, against the same driver called in this process; start time and memory of its process.
 * Run after a build: `npm run bench:driver`. Ends with one line of JSON; exits 0 only within its limits.
 */
import type { Page, Region } from '@mcmp/driver-sdk';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DriverHost } from '../../src/connector/host/index.js';
import { Logger } from '../../src/platform/logger/logger.js';

const LIMITS = { callsPerSecond: 1500, p99Ms: 50 };
const CONCURRENCY = 16;
const CALLS = 20_000;

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

const round = (value: number): number => Math.round(value * 1000) / 1000;

const fixture = resolve('test/connector/fixtures/actor');
const root = mkdtempSync(join(tmpdir(), 'mcmp-bench-driver-'));
cpSync(fixture, join(root, 'drivers', 'actor'), { recursive: true });
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
  await new Promise((done) => setTimeout(done, 1100));
  const [stats] = host.stats();
  const ok = hosted.callsPerSecond >= LIMITS.callsPerSecond && hosted.p99Ms < LIMITS.p99Ms;
  console.log(JSON.stringify({ bench: 'driver', ok, limits: LIMITS, concurrency: CONCURRENCY, hosted, alone, direct, startMs: stats?.startMs, firstCallMs, rssMiB: Math.round((stats?.rssBytes ?? 0) / 1_048_576) }));
  process.exitCode = ok ? 0 : 1;
} finally {
  await host.stop();
  rmSync(root, { recursive: true, force: true });
}
