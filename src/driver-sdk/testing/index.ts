/** The conformance kit: what holds a driver to the contract of `drivers/README.md`. */
export type { Check } from './context.js';
export { memoryBox } from './memory/index.js';
export type { BoxFaults, CheckNeed, CheckOptions, CheckPlace, CheckReport, CheckSubject, Runner } from './options.js';
export { reportOf } from './report.js';
export type { RunOf } from './report.js';
export { ALL_CHECKS, checkDriver, checksOf, describeDriver } from './runner.js';
