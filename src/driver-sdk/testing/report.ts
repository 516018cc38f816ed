import type { ConformanceReport, Proof } from '../grade.js';
import { countsOf } from '../grade.js';
import type { Manifest } from '../manifest.js';
import type { CheckReport } from './options.js';

/** What a run was of, and against what. */
export interface RunOf {
  manifest: Pick<Manifest, 'name' | 'version'>;
  /** Of the driver's files, as `contentHashOf` of `@mcmp/driver-sdk/bundle` gives it. */
  contentHash: string;
  proof: Proof;
  /** With its version, e.g. `moto 5.2.5`. */
  against: string;
}

/** A whole run of the kit as a report that a server takes and grades by. */
export const reportOf = ({ manifest, contentHash, proof, against }: RunOf, checks: readonly CheckReport[]): ConformanceReport => ({
  format: 1, driver: manifest.name, version: manifest.version, contentHash, sdk: 1, proof, against, at: new Date().toISOString(), counts: countsOf(checks), checks: [...checks],
});
