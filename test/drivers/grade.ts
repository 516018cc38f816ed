import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { CheckCounts, ConformanceReport, Driver, Manifest } from '@mcmp/driver-sdk';
import { type BundleFile, contentHashOf } from '@mcmp/driver-sdk/bundle';
import { checkDriver, reportOf } from '@mcmp/driver-sdk/testing';
import { wrongDrivers } from '../../src/driver-sdk/testing/wrong-drivers.js';
import { bundleDriver } from '../../src/driver-sdk/tool/bundling.js';
import { type Graded, matrixOf, withSection } from './page.js';
import { STAGES, type Stage } from './stages.js';

/**
 * `npm run drivers:grade`: packs each driver, holds it to the contract at every other end that is there, writes the reports to `.data/reports` and the matrix into drivers/README.md.
 * `--only NAME` takes one driver, and leaves the wrong ones out; with `--checks a,b` it is held to these alone, and no report is written. `--page` writes the matrix although a driver has no report of its content, `--page-only` does nothing else.
 * The last line is JSON; status 0 only where no check failed and every wrong driver was caught by exactly the checks that it names.
 */
const { values } = parseArgs({ options: { only: { type: 'string' }, checks: { type: 'string' }, page: { type: 'boolean' }, 'page-only': { type: 'boolean' } } });
const REPORTS = resolve('.data/reports');
const README = resolve('drivers/README.md');
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/** A driver as it is handed over. */
interface Packed { name: string; manifest: Manifest; files: BundleFile[]; hash: string }
const names = readdirSync('drivers').filter((name) => existsSync(join('drivers', name, 'driver.json')) && existsSync(join('drivers', name, 'src/index.ts'))).sort();

async function packed(name: string): Promise<Packed> {
  const { files } = await bundleDriver(join('drivers', name));
  return { name, files, hash: contentHashOf(files), manifest: JSON.parse(readFileSync(join('drivers', name, 'driver.json'), 'utf8')) as Manifest };
}

/** The driver of exactly these files, laid into a folder of their own. */
async function load({ name, files, manifest }: Packed, root: string): Promise<Driver> {
  for (const { path, content } of files) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), content);
  }
  return ((await import(pathToFileURL(join(root, name, manifest.entry)).href)) as { default: Driver }).default;
}

/** Runs the kit at one other end; gives the report, or why it did not run. */
async function held(stage: Stage, driver: Packed, root: string): Promise<ConformanceReport | string> {
  const against = stage.against();
  if (typeof against !== 'string') return against.absent;
  const { options, close } = await stage.open(await load(driver, root), driver.manifest);
  try {
    const checks = await checkDriver({ ...options, ...(values.checks !== undefined && { only: values.checks.split(',') }), onReport: ({ id, outcome, why }) => void (outcome === 'failed' && say(`  failed  ${id}: ${why}`)) });
    return reportOf({ manifest: driver.manifest, contentHash: driver.hash, proof: stage.proof, against }, checks);
  } finally {
    await close();
  }
}

/** How many wrong drivers there are, and how many are caught by exactly the checks that they name. */
async function wrongOnes(): Promise<{ drivers: number; caught: number }> {
  const queue = [...wrongDrivers];
  let caught = 0;
  // Most of a run is waiting.
  await Promise.all(Array.from({ length: 6 }, async () => {
    for (let wrong = queue.shift(); wrong; wrong = queue.shift()) {
      const failed = (await checkDriver(wrong.options())).filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
      if (JSON.stringify(failed.sort()) === JSON.stringify([...wrong.caughtBy].sort())) caught += 1;
      else say(`  not caught as it must be: ${wrong.fault}: ${failed.join(', ') || 'nothing failed'}`);
    }
  }));
  return { drivers: wrongDrivers.length, caught };
}

/** Reports that lie in the folder, of this run and of earlier ones. */
const kept = (): ConformanceReport[] => (existsSync(REPORTS) ? readdirSync(REPORTS) : []).filter((file) => file.endsWith('.json')).map((file) => JSON.parse(readFileSync(join(REPORTS, file), 'utf8')) as ConformanceReport);

/** Writes the matrix where every driver has a report of its content, or where that is asked. */
function writePage(drivers: readonly Packed[]): void {
  const reports = kept();
  const graded = drivers.map(({ manifest, hash }): Graded => ({ manifest, reports: reports.filter(({ contentHash }) => contentHash === hash) }));
  const lacking = graded.filter((each) => each.reports.length === 0).map(({ manifest }) => manifest.name);
  if (lacking.length > 0 && !values.page && !values['page-only']) return void say(`The page is left as it is: ${lacking.join(', ')} ${lacking.length === 1 ? 'has' : 'have'} no report here (--page writes it all the same).`);
  writeFileSync(README, withSection(readFileSync(README, 'utf8'), matrixOf(graded)));
}

const root = mkdtempSync(join(tmpdir(), 'mcmp-graded-'));
try {
  mkdirSync(REPORTS, { recursive: true });
  const drivers = await Promise.all(names.map(packed));
  const proofs: Record<string, Record<string, CheckCounts | { skipped: string }>> = {};
  let failed = 0;
  for (const stage of values['page-only'] ? [] : STAGES.filter(({ driver }) => values.only === undefined || driver === values.only)) {
    const driver = drivers.find(({ name }) => name === stage.driver);
    if (!driver) continue;
    say(`${stage.driver}, ${stage.proof}:`);
    const report = await held(stage, driver, root);
    if (typeof report === 'string') say(`  not run: ${report}`);
    else {
      if (values.checks === undefined) writeFileSync(join(REPORTS, `${stage.driver}-${stage.proof}.json`), `${JSON.stringify(report, null, 2)}\n`);
      say(`  ${report.counts.passed} passed, ${report.counts.failed} failed, ${report.counts.skipped} skipped, against ${report.against}`);
      failed += report.counts.failed;
    }
    (proofs[stage.driver] ??= {})[stage.proof] = typeof report === 'string' ? { skipped: report } : report.counts;
  }
  const wrong = values['page-only'] || values.only !== undefined ? { drivers: 0, caught: 0 } : await wrongOnes();
  writePage(drivers);
  const good = failed === 0 && wrong.caught === wrong.drivers;
  say(JSON.stringify({ program: 'drivers:grade', good, proofs, failed, wrongDrivers: wrong.drivers, caught: wrong.caught }));
  process.exitCode = good ? 0 : 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
