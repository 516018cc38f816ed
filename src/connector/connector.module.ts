import { join } from 'node:path';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { IamModule } from '../iam/index.js';
import { CONFIG, type Config, Database, Logger, Metrics, serverName } from '../platform/index.js';
import { ApiBudget } from './budget/budget.js';
import { startApiBudget } from './budget/start.js';
import { Refresh } from './catalogue/refresh.js';
import { Sync } from './catalogue/sync.js';
import { Connections } from './connections/connections.js';
import { Sessions } from './connections/sessions.js';
import { SimulatedClouds } from './connections/simulated.js';
import { Connector } from './connector.js';
import { ConnectorDiagnosis } from './diagnosis.js';
import { DriverCatalog } from './drivers/catalog.js';
import { Drivers } from './drivers/drivers.js';
import { DriverFollower } from './drivers/follow.js';
import { DriverKeys } from './drivers/keys.js';
import { DriverNews } from './drivers/news.js';
import { DriverRepositories } from './drivers/repositories.js';
import { DriverViews } from './drivers/view.js';
import { Grades } from './grades/grades.js';
import { DriverHost, databasePorts } from './host/index.js';
import { BudgetController } from './http/budget.controller.js';
import { CallsController } from './http/calls.controller.js';
import { CatalogueController } from './http/catalogue.controller.js';
import { ConnectionsController } from './http/connections.controller.js';
import { DriverKeysController } from './http/driver-keys.controller.js';
import { DriverRepositoriesController } from './http/driver-repositories.controller.js';
import { DriversController } from './http/drivers.controller.js';
import { GradesController } from './http/grades.controller.js';
import { SimulatedCloudsController } from './http/simulated.controller.js';

const apiBudget = { provide: ApiBudget, inject: [Database, CONFIG, Logger, Metrics], useFactory: (database: Database, config: Config, logger: Logger, metrics: Metrics) => startApiBudget(database, serverName(config), logger, metrics) };
const driverHost = {
  provide: DriverHost,
  inject: [CONFIG, Logger, ApiBudget, Database],
  useFactory: async (config: Config, logger: Logger, budget: ApiBudget, database: Database) => {
    const own = [...(config.port === 0 ? [] : [{ port: config.port }]), ...(await databasePorts(database.url))];
    const host = new DriverHost({ fence: { own, open: config.driversMayReach }, driversDir: config.driversDir, idleMs: config.driverIdleMs, storeDir: join(config.dataDir, 'drivers'), logger, budget });
    await host.start();
    return host;
  },
};
const sessions = { provide: Sessions, inject: [DriverHost, Logger], useFactory: (host: DriverHost, logger: Logger) => new Sessions(host, logger) };

/** Connections to clouds, the drivers behind them, and the catalogue of what they offer. */
@Module({
  imports: [IamModule],
  controllers: [ConnectionsController, CallsController, BudgetController, CatalogueController, DriversController, DriverKeysController, DriverRepositoriesController, GradesController, SimulatedCloudsController],
  providers: [apiBudget, driverHost, sessions, Connections, SimulatedClouds, Refresh, Sync, Connector, DriverFollower, DriverNews, DriverKeys, DriverViews, Drivers, DriverRepositories, DriverCatalog, Grades, ConnectorDiagnosis],
  exports: [Connector],
})
export class ConnectorModule implements OnModuleInit, OnApplicationShutdown {
  constructor(@Inject(DriverHost) private readonly host: DriverHost, @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost) {}

  /** A port that the system chose is known when the server listens. */
  onModuleInit(): void {
    const server = this.http.httpAdapter?.getHttpServer() as Server | undefined;
    server?.once('listening', () => this.host.keepFrom((server.address() as AddressInfo).port));
  }

  /** After the work that uses drivers has ended. */
  onApplicationShutdown(): Promise<void> {
    return this.host.stop();
  }
}
