import { type DynamicModule, Global, Module } from '@nestjs/common';
import { CONFIG, type Config } from './config/config.js';
import { Database } from './database/database.js';
import { HealthController } from './http/health.controller.js';
import { Logger } from './logger/logger.js';
import { Secrets } from './secrets/secrets.js';

/** The parts that are ready before Nest starts. */
export interface PlatformParts {
  config: Config;
  database: Database;
  logger: Logger;
  secrets: Secrets;
}

/** Plumbing that knows no domain, for every domain. */
@Global()
@Module({ controllers: [HealthController] })
export class PlatformModule {
  static with(parts: PlatformParts): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: parts.config },
      { provide: Database, useValue: parts.database },
      { provide: Logger, useValue: parts.logger },
      { provide: Secrets, useValue: parts.secrets },
    ];
    return { module: PlatformModule, providers, exports: providers };
  }
}
