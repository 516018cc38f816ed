import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config, Database, Events, Logger, serverName } from '../../platform/index.js';
import { type DriverChange, DriverHost } from '../host/index.js';
import { tellEveryone } from './record.js';

/**
 * Tells everyone what changed of the drivers of this server by itself, above all in its drivers folder: a driver that was dropped in, replaced, taken away, or found broken.
 * What a person decides is told in the transaction in which it is written; this tells when it holds here.
 */
@Injectable()
export class DriverNews {
  private readonly server: string;

  constructor(@Inject(DriverHost) host: DriverHost, @Inject(Database) private readonly database: Database, @Inject(Events) private readonly events: Events, @Inject(Logger) private readonly logger: Logger, @Inject(CONFIG) config: Config) {
    this.server = serverName(config);
    host.onChange((change) => void this.tell(change).catch((error: unknown) => this.logger.warn('a change of the drivers could not be told', { reason: (error as Error).message })));
  }

  private async tell({ added, removed, failed, cleared = [] }: DriverChange): Promise<void> {
    const gone = removed.filter(({ name }) => !added.some((driver) => driver.name === name));
    const news: [name: string, data: object][] = [
      ...added.map(({ name, version, hash }) => [name, { what: 'serving', version, hash }] as [string, object]),
      ...gone.map(({ name, version, hash }) => [name, { what: 'withdrawn', version, hash }] as [string, object]),
      ...cleared.filter((folder) => !gone.some((driver) => driver.folder === folder)).map((folder) => [folder, { what: 'withdrawn' }] as [string, object]),
      ...failed.map(({ folder, why }) => [folder, { what: 'failed', why }] as [string, object]),
    ];
    if (news.length === 0) return;
    await this.database.transaction(async (manager) => {
      for (const [name, data] of news) await tellEveryone(manager, this.events, name, { ...data, server: this.server });
    });
  }
}
