import { isDeepStrictEqual } from 'node:util';
import { type Capability, type ConformanceReport, type Grade, PROOFS, type ReportedCheck, countsOf, gradeOf } from '@mcmp/driver-sdk';
import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../kernel/ids.js';
import { type Page, type PageQuery, idAfter, isId, toPage } from '../../kernel/page.js';
import { Problem } from '../../kernel/problem.js';
import { Database } from '../../platform/index.js';
import { DriverViews } from '../drivers/view.js';
import { DriverReportRow, type ReportOrigin } from './grades.entities.js';

/** A report that is kept, without its checks. */
export type ReportSummary = Omit<DriverReportRow, 'checks'>;
/** The grade of one version, with what it was found by. */
export interface VersionGrade { driver: string; version: string; hash: string; grade: Grade; reports: ReportSummary[] }

const SUMMARY = ['id', 'driver', 'version', 'contentHash', 'proof', 'against', 'origin', 'ranAt', 'counts', 'addedBy', 'addedAt'] as const satisfies (keyof DriverReportRow)[];

/** Keeps reports of the conformance kit, and grades drivers by them. A report counts for exactly the content that it was run on. */
@Injectable()
export class Grades {
  constructor(@Inject(Database) private readonly database: Database, @Inject(DriverViews) private readonly views: DriverViews) {}

  /**
   * Keeps a report; the same run again changes nothing, but that an administrator's `run-here` goes before a claim.
   * @throws Problem NOT_FOUND for an unknown driver; UNPROCESSABLE where the report is of another driver, of a content that this server does not know, or does not add up; CONFLICT where another report of that run is kept.
   */
  async add(name: string, report: ConformanceReport, origin: ReportOrigin, by: string): Promise<{ row: ReportSummary; created: boolean }> {
    const { versions } = await this.views.get(name);
    const refuse = (field: string, detail: string, rule: string, help: string): never => {
      throw new Problem('UNPROCESSABLE', detail, { errors: [{ field: `report.${field}`, rule, help }] });
    };
    if (report.driver !== name) refuse('driver', `The report is of the driver "${report.driver}", not of "${name}".`, `must be ${name}`, `POST /v1/drivers/${encodeURIComponent(report.driver)}/reports takes it`);
    const known = versions.find(({ hash }) => hash === report.contentHash);
    if (!known) refuse('contentHash', `No version of "${name}" here has the content ${report.contentHash.slice(0, 16)}….`, 'must be the hash of a version that is known here', versions.length > 0 ? `known are ${versions.map(({ version, hash }) => `${version} (${hash.slice(0, 16)}…)`).slice(0, 10).join(', ')}: run the kit on one of these` : 'install the driver first');
    if (known?.version !== report.version) refuse('version', `This content is ${name} ${known?.version}, the report says ${report.version}.`, `must be ${known?.version}`, 'the report was changed by hand, or of a folder under work');
    if (JSON.stringify(countsOf(report.checks)) !== JSON.stringify({ passed: report.counts.passed, failed: report.counts.failed, skipped: report.counts.skipped })) refuse('counts', 'The counts of the report are not those of its checks.', 'must agree with checks', 'send the file that mcmp-driver test wrote, unchanged');
    const twice = report.checks.find(({ id }, at) => report.checks.findIndex((other) => other.id === id) < at);
    if (twice) refuse('checks', `The report tells of the check ${twice.id} more than once.`, 'must hold each check once', 'send the file that mcmp-driver test wrote, unchanged');
    const { ALL_CHECKS } = await kit();
    const moved = report.checks.find(({ id, capability }) => ALL_CHECKS.some((check) => check.id === id && check.capability !== capability));
    if (moved) refuse('checks', `The check ${moved.id} is not one of ${moved.capability}.`, 'must name the capability that each check is about', 'send the file that mcmp-driver test wrote, unchanged');
    return this.database.transaction(async (manager) => {
      const { driver, version, contentHash, proof, against, at, counts, checks } = report;
      const [id, ranAt] = [newId(), new Date(at)];
      await manager.createQueryBuilder().insert().into(DriverReportRow).values({ id, driver, version, contentHash, proof, against, origin, ranAt, counts, checks, addedBy: by }).orIgnore().execute();
      const row = await manager.findOneByOrFail(DriverReportRow, { contentHash, proof, against, ranAt });
      if (row.id !== id && !isDeepStrictEqual(row.checks, JSON.parse(JSON.stringify(checks)))) throw new Problem('CONFLICT', `Another report of this run (${proof}, ${against}, ${at}) is kept as ${row.id}: a run has one.`, { errors: [{ field: 'report.at', rule: 'must be of a run of its own', help: 'run mcmp-driver test again' }] });
      if (origin === 'run-here' && row.origin === 'claimed') {
        Object.assign(row, { origin, addedBy: by });
        await manager.update(DriverReportRow, row.id, { origin, addedBy: by });
      }
      return { row: summaryOf(row), created: row.id === id };
    });
  }

  /** Reports of a driver, the latest kept first. @throws Problem NOT_FOUND for an unknown driver. */
  async list(name: string, query: PageQuery): Promise<Page<ReportSummary>> {
    await this.views.get(name);
    const find = this.database.dataSource.getRepository(DriverReportRow).createQueryBuilder('row').select(SUMMARY.map((column) => `row.${column}`)).where('row.driver = :name', { name });
    const before = idAfter(query);
    if (before) find.andWhere('row.id < :before', { before });
    const rows = await find.orderBy('row.id', 'DESC').limit(query.pageSize + 1).getMany();
    return toPage(rows.map(summaryOf), query.pageSize, (row) => [row.id]);
  }

  /** One report with all its checks. @throws Problem NOT_FOUND. */
  async get(name: string, id: string): Promise<DriverReportRow> {
    await this.views.get(name);
    const row = isId(id) ? await this.database.dataSource.getRepository(DriverReportRow).findOneBy({ id, driver: name }) : null;
    if (!row) throw new Problem('NOT_FOUND', `There is no such report of "${name}"; GET /v1/drivers/${encodeURIComponent(name)}/reports lists them.`);
    return row;
  }

  /** The grade of a version, that which serves where none is named. @throws Problem NOT_FOUND. */
  async grade(name: string, wanted?: string): Promise<VersionGrade> {
    const view = await this.views.get(name);
    const version = wanted === undefined ? (view.versions.find(({ state }) => state === 'active') ?? view.versions[0]) : view.versions.find((each) => each.version === wanted);
    if (!version) throw new Problem('NOT_FOUND', wanted === undefined ? `No version of "${name}" can be read: ${view.why ?? 'none is installed'}.` : `There is no ${name} ${wanted.slice(0, 60)}; GET /v1/drivers/${encodeURIComponent(name)} lists its versions.`);
    const rows = await this.database.dataSource.getRepository(DriverReportRow).find({ where: { contentHash: version.hash }, order: { ranAt: 'DESC' } });
    const counted = PROOFS.flatMap((proof) => {
      const of = rows.filter((row) => row.proof === proof);
      // What was run here goes before what is claimed, however new the claim is.
      const row = of.find(({ origin }) => origin === 'run-here') ?? of[0];
      return row ? [row] : [];
    });
    const capabilities = version.capabilities as Capability[];
    const expected = (await kit()).checksOf(capabilities);
    return { driver: name, version: version.version, hash: version.hash, grade: gradeOf(capabilities, counted.map((row) => whole(reportIn(row), expected))), reports: counted.map(summaryOf) };
  }
}

/** The kit is large, and wanted only where somebody asks for grades. */
const kit = () => import('@mcmp/driver-sdk/testing');

/** A report as the kit would have it: what it does not tell of is skipped, so that a few checks prove nothing of a whole capability, and checks that the kit does not have prove nothing. */
function whole(report: ConformanceReport, expected: readonly Pick<ReportedCheck, 'id' | 'capability' | 'sentence'>[]): ConformanceReport {
  const known = new Set(expected.map(({ id }) => id));
  const told = new Set(report.checks.map(({ id }) => id));
  const untold = expected.filter(({ id }) => !told.has(id)).map(({ id, capability, sentence }): ReportedCheck => ({ id, capability, sentence, outcome: 'skipped', why: 'the report does not tell of it' }));
  return { ...report, checks: [...report.checks.filter(({ id }) => known.has(id)), ...untold] };
}

/** A row without its checks. */
const summaryOf = ({ id, driver, version, contentHash, proof, against, origin, ranAt, counts, addedBy, addedAt }: DriverReportRow): ReportSummary => ({ id, driver, version, contentHash, proof, against, origin, ranAt, counts, addedBy, addedAt });

/** The report that a row keeps. */
const reportIn = ({ driver, version, contentHash, proof, against, ranAt, counts, checks }: DriverReportRow): ConformanceReport => ({ format: 1, driver, version, contentHash, sdk: 1, proof, against, at: ranAt.toISOString(), counts, checks });
