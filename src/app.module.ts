import { type DynamicModule, Module } from '@nestjs/common';
import { ConnectorModule, connectorEntities } from './connector/index.js';
import { IamModule, iamEntities } from './iam/index.js';
import { InfraModule, infraEntities } from './infra/index.js';
import { PlatformModule, type PlatformParts, platformEntities } from './platform/index.js';

/** Entities of every domain, for the database. */
export const entities: (new () => object)[] = [...platformEntities, ...iamEntities, ...connectorEntities, ...infraEntities];

/** The one place that names every domain module. */
@Module({})
export class AppModule {
  static with(parts: PlatformParts): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(parts), IamModule, ConnectorModule, InfraModule] };
  }
}
