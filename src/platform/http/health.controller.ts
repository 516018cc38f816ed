import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { Problem } from '../../kernel/problem.js';
import { Database } from '../database/database.js';
import { Metrics } from '../metrics/metrics.js';
import { Answers } from './answers.js';
import { Public } from './marks.js';

const Health = z.object({ status: z.literal('ok'), checks: z.record(z.string(), z.literal('ok')).optional() });

/** Liveness, readiness and metrics of this server. */
@Controller()
@Public()
export class HealthController {
  constructor(@Inject(Database) private readonly database: Database, @Inject(Metrics) private readonly figures: Metrics) {}

  @Get('health/live')
  @Answers(200, 'The process answers.', Health, { status: 'ok' })
  live(): z.infer<typeof Health> {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Answers(200, 'The server and its database can work.', Health, { status: 'ok', checks: { database: 'ok' } })
  async ready(): Promise<z.infer<typeof Health>> {
    try {
      await this.database.ping();
    } catch (cause) {
      throw new Problem('UNAVAILABLE', 'The database does not answer; the server waits for it and needs no restart.', { cause, retryAfterSeconds: 2 });
    }
    return { status: 'ok', checks: { database: 'ok' } };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'Gives the figures of this process in the Prometheus text format.' })
  @ApiResponse({ status: 200, description: 'The figures', content: { 'text/plain': { schema: { type: 'string' }, example: '# HELP mcmp_work_due Jobs that are due and wait, on all servers\n# TYPE mcmp_work_due gauge\nmcmp_work_due 0\n' } } })
  metrics(): Promise<string> {
    return this.figures.registry.metrics();
  }
}
