import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal, Iam, type Principal } from '../../iam/index.js';
import { Answers, Permission } from '../../platform/index.js';
import { Mcis } from '../mcis.js';
import { ProjectVmPage, ProjectVmQuery } from './mci.dto.js';
import { mci, vm } from './mci.examples.js';

/** VMs of a project, whatever MCI they are of. */
@Controller('v1/projects/:project/vms')
export class VmsController {
  constructor(@Inject(Iam) private readonly iam: Iam, @Inject(Mcis) private readonly mcis: Mcis) {}

  @Get()
  @Permission('mci:read')
  @Answers(200, 'Finds VMs over all MCIs of a project by words, state and place.', ProjectVmPage, { items: [{ ...vm, mciId: mci.id, mci: mci.name }], nextPageToken: null })
  async list(@CurrentPrincipal() principal: Principal, @Param('project') project: string, @Query({ schema: ProjectVmQuery }) query: z.infer<typeof ProjectVmQuery>): Promise<z.infer<typeof ProjectVmPage>> {
    return this.mcis.listProjectVms(await this.iam.requireProject(principal, project), query);
  }
}
