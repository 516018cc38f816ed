import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { migrations } from '../migrations/index.js';
import { AppModule, entities } from './app.module.js';
import { servePortal } from './portal/index.js';
import { type Config, Database, EventStreams, Events, Logger, ProblemFilter, Secrets, StartError, Work, acceptUpgrades, hardenEdge, httpAdapter, prepareDataDir, serveOpenApi, validationPipe } from './platform/index.js';

/** A server that listens. */
export interface RunningServer {
  /** e.g. `http://127.0.0.1:8080`. */
  url: string;
  database: Database;
  /** Takes no more requests, finishes those under way, closes the database. */
  close(): Promise<void>;
}

/** Starts everything in order: database, modules, listener. What was started is stopped again if a later step fails. */
export async function startServer(config: Config, logger = new Logger(config.logLevel)): Promise<RunningServer> {
  prepareDataDir(config.dataDir);
  const secrets = Secrets.fromConfig(config);
  const database = await Database.open({ ...config, entities, migrations, warn: (message, fields) => logger.warn(message, fields) });
  let app: NestFastifyApplication | undefined;
  const close = async (): Promise<void> => {
    app?.get(EventStreams).close();
    await app?.get(Work).stop();
    await app?.close();
    await app?.get(Events).close();
    await database.close();
  };
  try {
    app = await NestFactory.create<NestFastifyApplication>(AppModule.with({ config, database, logger, secrets }), httpAdapter(config), { logger, abortOnError: false, bodyParser: false });
    hardenEdge(app.getHttpAdapter().getInstance() as never);
    acceptUpgrades(app.getHttpAdapter().getInstance() as never);
    app.useGlobalFilters(new ProblemFilter(logger));
    app.useGlobalPipes(validationPipe());
    serveOpenApi(app);
    servePortal(app.getHttpAdapter().getInstance() as never);
    await app.init();
    await app.get(Work).start();
    await app.listen(config.port, config.host).catch((cause: NodeJS.ErrnoException) => {
      throw cause.syscall === 'listen' ? new StartError(`The server cannot listen at ${config.host}, port ${config.port} (${cause.code}): ${cause.code === 'EADDRINUSE' ? 'stop what listens there, or set' : 'set'} MCMP_HOST and MCMP_PORT to what is free (port 0 takes any)`, { cause }) : cause;
    });
    const { port } = app.getHttpServer().address() as { port: number };
    const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
    logger.info('listening', { url });
    let closing: Promise<void> | undefined;
    return { url, database, close: () => (closing ??= close()) };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}
