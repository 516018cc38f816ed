/** What domains may use of the platform. */
export { CONFIG, ConfigError, configTable, readConfig } from './config/config.js';
export type { Config } from './config/config.js';
export { Database } from './database/database.js';
export { Answers, ProblemBody, openApiSchema } from './http/answers.js';
export { PERMISSION_MARK, PUBLIC_MARK, Permission, Public } from './http/marks.js';
export { openApiDocument, serveOpenApi } from './http/openapi.js';
export { ProblemFilter } from './http/problems.js';
export { invalidRequest, refuseNul, validationPipe } from './http/validation.js';
export { Logger, logContext, redact, withLogContext } from './logger/logger.js';
export type { LogContext } from './logger/logger.js';
export { PlatformModule } from './platform.module.js';
export type { PlatformParts } from './platform.module.js';
export { Secrets } from './secrets/secrets.js';
