import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentPrincipal, Iam, type Principal } from '../../iam/index.js';
import { Answers, Permission } from '../../platform/index.js';
import { CATALOGUE_PARTS } from '../catalogue/catalogue.js';
import { Sync } from '../catalogue/sync.js';
import { SimulatedClouds } from '../connections/simulated.js';
import { workspaceFor } from './workspace.js';

const SimulatedCloud = z.object({ cloud: z.string(), region: z.string().meta({ description: 'The region that is read first' }), connection: z.string().meta({ description: 'Name of the connection that is made' }) });
const SimulatedList = z.object({ items: z.array(SimulatedCloud).meta({ description: 'Empty where this server was started without simulated clouds' }), nextPageToken: z.string().nullable() });
const ConnectSimulated = z.strictObject({ workspaceId: z.uuid().optional().meta({ description: 'Absent takes your only workspace' }) }).meta({ example: {} });
const Connected = z.object({ connections: z.array(z.object({ id: z.uuid(), name: z.string(), cloud: z.string() })) });

const listExample = { items: [{ cloud: 'aws', region: 'us-east-1', connection: 'aws-demo' }], nextPageToken: null };
const connectedExample = { connections: [{ id: '019a2c00-0000-7000-8000-000000000011', name: 'aws-demo', cloud: 'aws' }] };

/** The clouds of the box that the server was started beside, to try everything without an account. */
@Controller('v1/simulated-clouds')
export class SimulatedCloudsController {
  constructor(@Inject(SimulatedClouds) private readonly clouds: SimulatedClouds, @Inject(Sync) private readonly syncs: Sync, @Inject(Iam) private readonly iam: Iam) {}

  @Get()
  @Permission('connection:read')
  @Answers(200, 'Lists the simulated clouds that may be connected by one call.', SimulatedList, listExample)
  list(): z.infer<typeof SimulatedList> {
    return { items: this.clouds.list(), nextPageToken: null };
  }

  @Post()
  @Permission('connection:create')
  @HttpCode(200)
  @ApiBody({ required: false })
  @Answers(200, 'Connects all simulated clouds and begins to read a region of each; those that are connected stay as they are.', Connected, connectedExample)
  async connect(@CurrentPrincipal() principal: Principal, @Body({ schema: ConnectSimulated.optional() }) body: z.infer<typeof ConnectSimulated> | undefined): Promise<z.infer<typeof Connected>> {
    const workspaceId = await workspaceFor(this.iam, principal, body?.workspaceId);
    const rows = await this.clouds.connect(workspaceId, principal.userId, async (manager, row, region) => {
      await this.syncs.start(manager, row, { parts: [...CATALOGUE_PARTS], regions: [region], createdBy: principal.userId });
    });
    return { connections: rows.map(({ id, name, cloud }) => ({ id, name, cloud })) };
  }
}
