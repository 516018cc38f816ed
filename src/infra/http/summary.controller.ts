import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal, Iam, type Principal } from '../../iam/index.js';
import { Answers, Permission } from '../../platform/index.js';
import { Summaries } from '../summary.js';
import { Summary, SummaryQuery } from './summary.dto.js';

const id = '019a2c00-0000-7000-8000-000000000004';
const example = {
  asOf: '2026-11-25T09:00:00.000Z', counts: { running: 9, failed: 1 }, pricePerHour: [{ currency: 'USD', perHour: 0.3744 }], unpricedVms: 0, failures: [{ code: 'QUOTA_EXCEEDED', count: 1 }],
  places: [{ connectionId: id, cloud: 'aws', region: 'us-east-1', counts: { running: 9, failed: 1 }, pricePerHour: [{ currency: 'USD', perHour: 0.3744 }], mcis: [{ id, name: 'shop', counts: { running: 9, failed: 1 } }] }],
};

/** What a project has all in all. */
@Controller('v1/projects/:project/summary')
export class SummaryController {
  constructor(@Inject(Iam) private readonly iam: Iam, @Inject(Summaries) private readonly summaries: Summaries) {}

  @Get()
  @Permission('mci:read')
  @Answers(200, 'Tells what VMs a project has by state and place, what they cost per hour, and what failed.', Summary, example)
  async show(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Query({ schema: SummaryQuery }) query: z.infer<typeof SummaryQuery>): Promise<z.infer<typeof Summary>> {
    return this.summaries.of(await this.iam.requireProject(principal, project), query);
  }
}
