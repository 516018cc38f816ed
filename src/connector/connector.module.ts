import { join } from 'node:path';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
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
import { DriverHost } from './host/index.js';
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
  inject: [CONFIG, Logger, ApiBudget],
  useFactory: async (config: Config, logger: Logger, budget: ApiBudget) => {
    const host = new DriverHost({ driversDir: config.driversDir, idleMs: config.driverIdleMs, storeDir: join(config.dataDir, 'drivers'), logger, budget });
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
export class ConnectorModule implements OnApplicationShutdown {
  constructor(@Inject(DriverHost) private readonly host: DriverHost) {}

  /** After the work that uses drivers has ended. */
  onApplicationShutdown(): Promise<void> {
    return this.host.stop();
  }
}
