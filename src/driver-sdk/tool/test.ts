import { fork } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleFile, contentHashOf, parseManifest } from '../bundle/index.js';
import { PROOFS, type Proof, type ReportedCheck, countsOf } from '../grade.js';
import type { Manifest } from '../manifest.js';
import { type CheckReport, reportOf } from '../testing/index.js';
import { bundleDriver } from './bundling.js';
import { type Command, Refused, WrongUsage, textOf } from './command.js';
import { connectFile, exceptFile } from './connect-file.js';
import { bundleNamed, writeWhole } from './files.js';
import type { KitJob, KitNews } from './kit-run.js';

/** The program of the kit's process, found from wherever this code was bundled to. */
function kitProgram(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) || (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string }).name !== '@mcmp/driver-sdk') folder = dirname(folder);
  return join(folder, 'dist/tool/kit-run.js');
}

/** The files of a driver as they are handed over: of a bundle, or made of a folder as `pack` does. */
async function filesOf(path: string): Promise<BundleFile[]> {
  if (!existsSync(path)) throw new Refused(`there is no ${path}`, path);
  return statSync(path).isDirectory() ? (await bundleDriver(path)).files : (await bundleNamed(path)).bundle.files;
}

/** Runs the kit in a process with nothing of this one's environment. @throws Refused where the process ends before the kit does */
function runKit(job: KitJob, onReport: (report: CheckReport) => void): Promise<void> {
  return new Promise((done, fail) => {
    const { NODE_EXTRA_CA_CERTS: authorities } = process.env;
    const child = fork(kitProgram(), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [], env: authorities === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities } });
    let last = 'nothing';
    let ended: (() => void) | undefined;
    child.on('message', (news: KitNews) => {
      if ('report' in news) {
        last = news.report.id;
        onReport(news.report);
      } else ended = 'wrong' in news ? () => fail(new Refused(news.wrong)) : done;
    });
    child.on('error', fail);
    child.on('exit', (code, signal) => (ended ? ended() : fail(new Refused(`the driver ended its process (${signal ?? `code ${code}`}) after ${last}; no report is written of a run that is not whole`))));
    child.send(job);
  });
}

/** A row for each subject of the checks, but for those that say nothing of this driver. */
function tableOf(checks: readonly ReportedCheck[]): string[] {
  const subjects = [...new Set(checks.filter(({ moot }) => moot !== true).map(({ capability }) => capability))];
  const row = (name: string, ...cells: (string | number)[]): string => `${name.padEnd(20)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
  return [row('', 'passed', 'failed', 'skipped'), ...subjects.map((subject) => {
    const { passed, failed, skipped } = countsOf(checks.filter(({ capability }) => capability === subject));
    return row(subject, passed, failed, skipped);
  })];
}

/** `mcmp-driver test`: holds a driver to the contract, against any endpoint. */
export const test: Command = {
  summary: 'run the conformance kit on a driver, and write what a server grades it by',
  help: `Usage: mcmp-driver test FOLDER|FILE.mcmp --connect FILE.json --proof PROOF --against TEXT [--out REPORT.json] [--only ID]… [--except FILE.json]

Runs every check of the kit that the manifest asks for, in a process of its own without this one's environment, and removes what it made.
--connect holds { credential, endpoint?, options?, place: { region, zone?, specId, imageId, sshUser, … }, broken?, pollMs?, timeoutMs?, expensive? }.
--proof says what stands at the other end: ${PROOFS.join(', ')}; --against names it with its version, e.g. "moto 5.2.5".
--except holds known gaps of that other end, { "check id": "reason" }; they show as skipped. --only runs these checks alone, and then writes no report.
Ends with 0 only where nothing failed.`,
  options: { connect: { type: 'string' }, proof: { type: 'string' }, against: { type: 'string' }, out: { type: 'string' }, only: { type: 'string', multiple: true }, except: { type: 'string' } },
  arguments: ['FOLDER|FILE.mcmp'],
  async run({ values, positionals: [path = ''], print }) {
    const given = (name: string): string => {
      const value = textOf(values, name);
      if (value === undefined) throw new WrongUsage(`--${name} is needed`);
      return value;
    };
    const [proof, against] = [given('proof') as Proof, given('against')];
    if (!PROOFS.includes(proof)) throw new WrongUsage(`--proof is one of ${PROOFS.join(', ')}`);
    const only = values.only as string[] | undefined;
    const out = textOf(values, 'out');
    if (only && out !== undefined) throw new WrongUsage('a report is of all checks: leave --only or --out away');
    const connect = await connectFile(given('connect'));
    const exceptions = textOf(values, 'except');
    const except = exceptions === undefined ? {} : await exceptFile(exceptions);
    const files = await filesOf(path);
    const manifest = manifestIn(files);
    const checks: CheckReport[] = [];
    await unpacked(files, (folder) => runKit({ folder, manifest, connect, except, ...(only && { only }) }, (report) => {
      checks.push(report);
      if (report.outcome === 'failed') print(`failed  ${report.id}: ${report.sentence}\n        ${report.why}`);
    }));
    const report = reportOf({ manifest, contentHash: contentHashOf(files), proof, against }, checks);
    if (out !== undefined) await writeWhole(out, `${JSON.stringify(report, null, 2)}\n`);
    const { passed, failed, skipped } = report.counts;
    return {
      lines: [...tableOf(checks), '', `${manifest.name} ${manifest.version} against ${against} (${proof}): ${passed} passed, ${failed} failed, ${skipped} skipped${out === undefined ? '' : `; the report is in ${out}`}`],
      data: { driver: manifest.name, version: manifest.version, contentHash: report.contentHash, proof, against, ...report.counts, failures: checks.filter(({ outcome }) => outcome === 'failed').map(({ id, why }) => ({ id, why })) },
      refused: failed > 0,
    };
  },
};

function manifestIn(files: readonly BundleFile[]): Manifest {
  const parsed = parseManifest(files.find((file) => file.path === 'driver.json')?.content.toString('utf8') ?? '');
  if ('why' in parsed) throw new Refused(parsed.why, 'driver.json');
  return parsed.manifest;
}

/** Lays the files into a folder of their own for as long as `work` takes. */
async function unpacked(files: readonly BundleFile[], work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mcmp-driver-test-'));
  try {
    for (const { path, content } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    // The entry is an ES module also where its folder is in no package.
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
