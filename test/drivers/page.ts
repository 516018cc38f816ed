import type { Capability, ConformanceReport, Grade, Manifest } from '@mcmp/driver-sdk';
import { CAPABILITY_METHODS, gradeOf } from '@mcmp/driver-sdk';

const BEGIN = '<!-- grades: written by `npm run drivers:grade` -->';
const END = '<!-- /grades -->';

/** A driver of this repository with the reports of its content. */
export interface Graded { manifest: Manifest; reports: ConformanceReport[] }

/** One cell: the strongest proof and how much passed there, a stronger one that proves a part, and what failed. */
function cell({ capabilities }: Grade, capability: Capability): string {
  const found = capabilities.find((each) => each.capability === capability);
  if (!found) return '';
  const failed = found.proofs.find((proof) => proof.failed > 0);
  const best = found.proofs.find(({ proof }) => proof === found.best);
  const part = found.proofs.find(({ proof }) => proof === found.partly);
  const partly = part && `partly ${part.proof} ${part.passed} of ${part.passed + part.skipped}`;
  return [...(best ? [`${best.proof} ${best.passed}`] : partly ? [] : ['unproven']), ...(partly ? [partly] : []), ...(failed ? [`**${failed.failed} failed at ${failed.proof}**`] : [])].join(', ');
}

/** The table of all drivers: a row for each capability that one of them declares, with the strongest proof and the number of checks that passed by it. */
export function matrixOf(drivers: readonly Graded[]): string {
  const grades = drivers.map(({ manifest, reports }) => gradeOf(manifest.capabilities, reports));
  const rows = (Object.keys(CAPABILITY_METHODS) as Capability[]).filter((capability) => drivers.some(({ manifest }) => manifest.capabilities.includes(capability)));
  const against = drivers.map(({ reports }) => [...new Set(reports.map((report) => `${report.against} (${report.proof})`))].join('; '));
  return [
    `| capability | ${drivers.map(({ manifest }) => manifest.name).join(' | ')} |`, `|---|${'---|'.repeat(drivers.length)}`,
    `| *grade* | ${grades.map(({ letter }) => letter ?? 'none').join(' | ')} |`,
    `| *held against* | ${against.map((text) => text || 'nothing').join(' | ')} |`,
    ...rows.map((capability) => `| ${capability} | ${grades.map((grade) => cell(grade, capability)).join(' | ')} |`),
  ].join('\n');
}

/** The text between the markers. @throws where the page has none */
export function sectionOf(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`drivers/README.md lacks "${BEGIN}" … "${END}"`);
  return page.slice(from + BEGIN.length, to).trim();
}

/** The page with another text between its markers. */
export const withSection = (page: string, text: string): string => page.replace(sectionOf(page), () => text);
