import type { Capability } from '../driver.js';
import { CheckSkipped, showError } from './assert.js';
import { CHECKS } from './checks/index.js';
import type { Check } from './context.js';
import { CheckContext } from './context.js';
import { KINDS, runTags } from './fixtures.js';
import type { BoxFaults, CheckNeed, CheckOptions, CheckReport, Runner } from './options.js';
import { EXPENSIVE } from './options.js';
import { sweep } from './removal.js';

/** The last check of every run: it removes what the others made. */
const NOTHING_LEFT: Check = {
  id: 'kit.nothing-left', capability: 'kit', sentence: 'leaves nothing behind: everything that was made can be removed',
  run: async (context) => {
    await context.options.faults?.clear?.();
    const left = await sweep(context);
    for (const kind of left.length === 0 ? KINDS.filter((name) => context.has(name)) : []) {
      const truth = await context.options.faults?.count?.(kind, runTags(context));
      if (truth !== undefined && truth !== 0) left.push(`${truth} × ${kind}, which the driver does not list`);
    }
    await context.close();
    if (left.length > 0) throw new Error(`still there: ${left.join('; ')}`);
  },
};

/** Every check of the kit, the last one included: `id`, `capability`, `sentence`, `needs`. */
export const ALL_CHECKS: readonly Check[] = [...CHECKS, NOTHING_LEFT];

/** What a check is about, where that is a capability. */
const aboutOf = ({ capability }: Check): CheckNeed[] => (['manifest', 'session', 'answers', 'errors', 'faults', 'kit'].includes(capability) ? [] : [capability as CheckNeed]);
const isCapability = (need: CheckNeed): need is Capability => need !== 'expensive' && need !== 'broken' && !need.startsWith('faults.');

/** The checks that say something of a driver with these capabilities: a whole report holds each of them. */
export const checksOf = (capabilities: readonly Capability[]): readonly Check[] => ALL_CHECKS.filter((check) => [...aboutOf(check), ...(check.needs ?? [])].every((need) => !isCapability(need) || capabilities.includes(need)));

/** Why a check is left out, and whether it says nothing of this driver (`moot`) or could not be run here; undefined where it is to run. */
function outOfPlace(check: Check, options: CheckOptions): { why: string; moot: boolean } | undefined {
  const out = (why: string, moot = false) => ({ why, moot });
  const given = (need: CheckNeed): boolean => {
    if (need === 'broken') return options.broken !== undefined;
    if (need === 'expensive') return options.expensive ?? options.faults !== undefined;
    if (need.startsWith('faults.')) return options.faults?.[need.slice('faults.'.length) as keyof BoxFaults] !== undefined;
    return options.manifest.capabilities.includes(need as never);
  };
  const needs = [...aboutOf(check), ...(check.needs ?? [])];
  const missing = [...needs, ...(needs.some((need) => EXPENSIVE.includes(need as never)) ? (['expensive'] as const) : [])].find((need) => !given(need));
  if (missing !== undefined && isCapability(missing)) return out(`${missing} is not declared`, true);
  const known = options.except?.[check.id];
  if (known !== undefined) return out(`known gap: ${known}`);
  if (missing === 'expensive') return out('it takes long or costs money: `expensive` is not set');
  return missing === undefined ? undefined : out(`${missing} is not given`);
}

/** The checks to run. @throws where `except` or `only` names a check that there is not. */
function chosen({ except = {}, only }: CheckOptions): readonly Check[] {
  const unknown = [...Object.keys(except), ...(only ?? [])].filter((id) => !ALL_CHECKS.some((check) => check.id === id));
  if (unknown.length > 0) throw new Error(`no check is called ${unknown.join(', ')}`);
  return only ? ALL_CHECKS.filter((check) => only.includes(check.id) || check === NOTHING_LEFT) : ALL_CHECKS;
}

/** Runs one check. */
async function report(check: Check, context: CheckContext): Promise<CheckReport> {
  const { id, capability, sentence } = check;
  const told = (outcome: CheckReport['outcome'], why?: string): CheckReport => ({ id, capability, sentence, outcome, ...(why !== undefined && { why: context.redact(why) }) });
  const lacking = await context.lacking([check.capability, ...(check.needs ?? [])]);
  const skipped = outOfPlace(check, context.options) ?? (lacking === undefined ? undefined : { why: `the cloud lacks ${lacking}, by traits.lacks`, moot: true });
  let result: CheckReport;
  try {
    if (skipped === undefined) await check.run(context);
    result = skipped === undefined ? told('passed') : { ...told('skipped', skipped.why), ...(skipped.moot && { moot: true }) };
  } catch (error) {
    result = error instanceof CheckSkipped ? { ...told('skipped', error.message), ...(error.consequence && { undecided: true }) } : told('failed', showError(error));
  }
  context.options.onReport?.(result);
  return result;
}

/**
 * Runs all checks, one after another, and reports on each; never throws for what a driver does.
 * Needs no test runner. What the checks make is removed at the end, whatever failed; `kit.nothing-left` tells what could not be.
 */
export async function checkDriver(options: CheckOptions): Promise<CheckReport[]> {
  const checks = chosen(options);
  const context = new CheckContext(options);
  const reports: CheckReport[] = [];
  for (const check of checks) reports.push(await report(check, context));
  return reports;
}

/**
 * Declares one test per check within a test runner, in one `describe`; the manifest chooses which.
 * Each works alone as well (`-t 'vm.stop-again'`), since what a check needs is made when it is first asked for.
 * A check that could not be decided because another failed fails too, and says so; one that the traits leave out passes, and `onReport` tells it as `skipped`.
 */
export function describeDriver(options: CheckOptions & { runner?: Runner }): void {
  const checks = chosen(options);
  const runner = options.runner ?? (globalThis as unknown as Runner);
  const { name, version } = options.manifest;
  const context = new CheckContext(options);
  // Room for several waits of the longest kind: the kit ends each wait itself, with a better message.
  const limitMs = Math.max(60_000, 10 * context.timeoutMs);
  runner.describe(`driver ${name} ${version}`, () => {
    for (const check of checks.filter((candidate) => outOfPlace(candidate, options) === undefined)) {
      runner.it(`${check.id}: ${check.sentence}`, async () => {
        const { outcome, why, undecided } = await report(check, context);
        if (outcome === 'failed') throw new Error(why);
        if (undecided) throw new Error(`not checked: ${why}`);
      }, limitMs);
    }
  });
}
