import { Controller, Get, Inject } from '@nestjs/common';
import { z } from 'zod';
import { Answers } from '../http/answers.js';
import { Permission } from '../http/marks.js';
import { Diagnosis } from './diagnosis.js';
import { HEALTH_STATES, type HealthPart } from './part.js';

const state = z.enum(HEALTH_STATES);
const PartBody = z.object({
  kind: z.string().meta({ description: '`server`, `database`, `work`, `driver` or `connection`' }),
  name: z.string(),
  state,
  detail: z.string().meta({ description: 'How it is, or what is broken and why' }),
  since: z.iso.datetime().nullable().meta({ description: 'Since when it is so, where that is known' }),
  help: z.string().nullable().meta({ description: 'What would help' }),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  target: z.object({ type: z.string(), id: z.string(), name: z.string() }).nullable().meta({ description: 'The thing behind it, where it is one of the API' }),
});
const HealthBody = z.object({
  state: state.meta({ description: 'The worst of all parts' }),
  asOf: z.iso.datetime(),
  counts: z.record(state, z.int()),
  parts: z.array(PartBody),
});
const partExample: HealthPart = {
  kind: 'connection', name: 'aws-main', state: 'down', detail: 'UNAUTHENTICATED: the access key does not exist', since: '2026-11-24T09:00:00.000Z', help: 'Give the connection a new credential and verify it.', facts: { cloud: 'aws', driver: 'aws' },
  target: { type: 'connection', id: '019a2c00-0000-7000-8000-000000000004', name: 'aws-main' },
};

/** How the platform itself is. */
@Controller('v1/platform')
export class DiagnosisController {
  constructor(@Inject(Diagnosis) private readonly diagnosis: Diagnosis) {}

  // No `…:read`, which every role holds: it tells of all workspaces, and of machines.
  @Get('health')
  @Permission('platform:diagnose')
  @Answers(200, 'Tells how each part of the platform is (servers, database, work, drivers, connections): what is broken, since when, and what would help.', HealthBody, { state: 'down', asOf: '2026-11-24T09:00:00.000Z', counts: { ok: 4, unknown: 0, degraded: 0, down: 1 }, parts: [partExample] })
  health(): Promise<z.infer<typeof HealthBody>> {
    return this.diagnosis.look();
  }
}
