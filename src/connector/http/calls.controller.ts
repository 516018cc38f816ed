import { Body, Controller, Get, HttpCode, Inject, type OnModuleInit, Param, Post } from '@nestjs/common';
import type { z } from 'zod';
import { Problem } from '../../kernel/problem.js';
import { Answers, type CallerScope, CurrentScope, LivePaths, Permission } from '../../platform/index.js';
import { Connections } from '../connections/connections.js';
import { DriverHost } from '../host/index.js';
import { askCloud } from '../problems.js';
import { CallFunction, CloudCall, CloudCallAnswer, DriverFunctionList, FunctionAnswer, functionExample } from './calls.dto.js';
import { functionPaths } from './function-paths.js';

/** The connector's API as it is: one method of the driver SDK at a time, the same for every cloud. What is made so belongs to no project. */
@Controller('v1')
export class CallsController implements OnModuleInit {
  constructor(@Inject(Connections) private readonly connections: Connections, @Inject(DriverHost) private readonly host: DriverHost, @Inject(LivePaths) private readonly live: LivePaths) {}

  onModuleInit(): void {
    this.live.add(() => functionPaths(this.host.list().flatMap((driver) => (driver.state === 'ready' ? [driver.manifest] : []))));
  }

  @Post('connections/:connection/calls')
  @Permission('connection:call')
  @HttpCode(200)
  @Answers(200, 'Calls one method of the driver SDK on a connection: checked, limited and retried as every call; for administrators and tools.', CloudCallAnswer, { method: 'vm.list', driver: 'aws', version: '1.0.0', tookMs: 84, result: { items: [] } })
  async call(@CurrentScope() scope: CallerScope, @Param('connection') reference: string, @Body({ schema: CloudCall }) { method, request, purpose, deadlineMs }: z.infer<typeof CloudCall>): Promise<z.infer<typeof CloudCallAnswer>> {
    const row = await this.connections.require(await scope.workspaceIds(), reference);
    const began = performance.now();
    return askCloud(async () => {
      const session = await this.connections.session(row.id);
      const result: unknown = await session.call(method, request as never, { priority: purpose, ...(deadlineMs !== undefined && { deadlineMs }) });
      return { method, driver: session.manifest.name, version: session.manifest.version, tookMs: Math.round(performance.now() - began), result: result ?? null };
    }, ['request']);
  }

  @Get('drivers/:driver/functions')
  @Permission('driver:read')
  @Answers(200, 'Lists the functions that a driver offers beyond the common ones, with their JSON schemas.', DriverFunctionList, { items: [functionExample], nextPageToken: null })
  functions(@Param('driver') name: string): z.infer<typeof DriverFunctionList> {
    return { items: this.manifest(name).functions ?? [], nextPageToken: null };
  }

  @Post('drivers/:driver/functions/:function')
  @Permission('driver:call')
  @HttpCode(200)
  @Answers(200, 'Calls a function of a driver on one of its connections.', FunctionAnswer, { driver: 'aws', version: '1.0.0', output: { text: 'login:' } })
  async run(@CurrentScope() scope: CallerScope, @Param('driver') driver: string, @Param('function') name: string, @Body({ schema: CallFunction }) { connection, region, input }: z.infer<typeof CallFunction>): Promise<z.infer<typeof FunctionAnswer>> {
    const { functions = [], version } = this.manifest(driver);
    if (!functions.some((each) => each.name === name)) throw new Problem('NOT_FOUND', `The driver "${driver}" has no function "${name.slice(0, 100)}"; GET /v1/drivers/${driver}/functions lists its functions.`);
    const row = await this.connections.require(await scope.workspaceIds(), connection);
    if (row.driver !== driver) throw new Problem('INVALID_REQUEST', `connection: "${row.name}" is of the driver "${row.driver}"`, { errors: [{ field: 'connection', rule: `must be one of the driver "${driver}"`, help: `GET /v1/connections?driver=${driver} lists them` }] });
    return askCloud(async () => {
      const session = await this.connections.session(row.id);
      const { output } = await session.call('function.call', { region, name, input }, { priority: 'person' });
      return { driver, version, output: output ?? null };
    });
  }

  private manifest(name: string) {
    const driver = this.host.find(name);
    if (!driver) throw new Problem('NOT_FOUND', `There is no driver "${name.slice(0, 100)}" that works; GET /v1/drivers lists those that are installed.`);
    return driver.manifest;
  }
}
