import type { ConformanceReport } from '@mcmp/driver-sdk';
import { Body, Controller, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { type Page, PageQuery } from '../../kernel/page.js';
import { CurrentPrincipal, type Principal } from '../../iam/index.js';
import { Answers, Permission } from '../../platform/index.js';
import { Grades, type ReportSummary } from '../grades/grades.js';
import { driverGradeExample, driverReportExample } from './examples.js';
import { AddDriverReport, DriverGrade, DriverReport, DriverReportPage, GradeQuery, WholeDriverReport } from './grades.dto.js';

type Answer = z.infer<typeof DriverReport>;
const answer = ({ ranAt, addedAt, ...row }: ReportSummary): Answer => ({ ...row, ranAt: ranAt.toISOString(), addedAt: addedAt.toISOString() });

/** How far drivers are proven, and by which runs of the conformance kit. */
@Controller('v1/drivers/:driver')
export class GradesController {
  constructor(@Inject(Grades) private readonly grades: Grades) {}

  @Get('grade')
  @Permission('driver:read')
  @Answers(200, 'Grades a driver: for each capability what was proven against what; one without a report is unproven.', DriverGrade, driverGradeExample)
  async grade(@Param('driver') name: string, @Query({ schema: GradeQuery }) { version }: z.infer<typeof GradeQuery>): Promise<z.infer<typeof DriverGrade>> {
    const { grade, reports, ...of } = await this.grades.grade(name, version);
    const originOf = (proof: string) => reports.find((report) => report.proof === proof)?.origin ?? 'claimed';
    return {
      ...of, letter: grade.letter ?? null, counts: grade.counts, reports: reports.map(answer),
      capabilities: grade.capabilities.map(({ proofs, ...capability }) => ({ ...capability, proofs: proofs.map((each) => ({ ...each, origin: originOf(each.proof) })) })),
    };
  }

  @Post('reports')
  @Permission('driver:update')
  @Answers(201, 'Keeps a report of the conformance kit, as `mcmp-driver test` writes it; it counts for exactly the content that was run. The same run again answers 200.', DriverReport, driverReportExample)
  async add(@CurrentPrincipal() { userId }: Principal, @Param('driver') name: string, @Body({ schema: AddDriverReport }) { report, origin }: z.infer<typeof AddDriverReport>, @Res({ passthrough: true }) reply: FastifyReply): Promise<Answer> {
    const { row, created } = await this.grades.add(name, report as ConformanceReport, origin, userId);
    void reply.status(created ? 201 : 200).header('location', `/v1/drivers/${name}/reports/${row.id}`);
    return answer(row);
  }

  @Get('reports')
  @Permission('driver:read')
  @Answers(200, 'Lists the reports of a driver without their checks, the latest kept first.', DriverReportPage, { items: [driverReportExample], nextPageToken: null })
  async list(@Param('driver') name: string, @Query({ schema: PageQuery }) query: PageQuery): Promise<Page<Answer>> {
    const page = await this.grades.list(name, query);
    return { ...page, items: page.items.map(answer) };
  }

  @Get('reports/:report')
  @Permission('driver:read')
  @Answers(200, 'Shows a report with all its checks.', WholeDriverReport, { ...driverReportExample, checks: [{ id: 'vm.stop-again', capability: 'vm', sentence: 'stops a suspended VM again without complaint', outcome: 'passed' }] })
  async show(@Param('driver') name: string, @Param('report') id: string): Promise<z.infer<typeof WholeDriverReport>> {
    const { checks, ...row } = await this.grades.get(name, id);
    return { ...answer(row), checks };
  }
}
