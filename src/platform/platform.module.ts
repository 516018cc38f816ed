import { type DynamicModule, Global, Module } from '@nestjs/common';
import { CONFIG, type Config } from './config/config.js';
import { Database } from './database/database.js';
import { Events } from './events/events.js';
import { EventStreams } from './events/stream.js';
import { DiagnosisController } from './diagnosis/diagnosis.controller.js';
import { Diagnosis } from './diagnosis/diagnosis.js';
import { ServerReport } from './diagnosis/server-facts.js';
import { HealthController } from './http/health.controller.js';
import { Idempotency } from './http/idempotency.js';
import { LivePaths } from './http/openapi.js';
import { Logger } from './logger/logger.js';
import { Metrics } from './metrics/metrics.js';
import { OperationLogs } from './operations/logs.js';
import { OperationsController } from './operations/operations.controller.js';
import { Operations } from './operations/operations.js';
import { Retention } from './retention.js';
import { Secrets } from './secrets/secrets.js';
import { Work } from './work/work.js';

/** The parts that are ready before Nest starts. */
export interface PlatformParts {
  config: Config;
  database: Database;
  logger: Logger;
  secrets: Secrets;
}

/** Plumbing that knows no domain, for every domain. */
@Global()
@Module({ controllers: [HealthController, OperationsController, DiagnosisController] })
export class PlatformModule {
  static with(parts: PlatformParts): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: parts.config },
      { provide: Database, useValue: parts.database },
      { provide: Logger, useValue: parts.logger },
      { provide: Secrets, useValue: parts.secrets },
    ];
    const services = [Metrics, Work, Events, EventStreams, Operations, Idempotency, LivePaths, ServerReport, Diagnosis];
    return { module: PlatformModule, providers: [...providers, ...services, OperationLogs, Retention], exports: [...providers, ...services] };
  }
}
