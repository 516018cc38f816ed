import { type Page, type PageQuery, idAfter, isId, toPage } from '../../kernel/page.js';
import type { Database } from '../../platform/index.js';
import { ConnectionRow, type ConnectionState } from '../connector.entities.js';

/** What narrows the list of connections. */
export interface ConnectionFilter extends PageQuery { workspace?: string; driver?: string; cloud?: string; state?: ConnectionState; q?: string }

/** Connections of these workspaces, in the order in which they were made. */
export async function listConnections(database: Database, workspaceIds: string[] | 'all', filter: ConnectionFilter): Promise<Page<ConnectionRow>> {
  const query = database.dataSource.getRepository(ConnectionRow).createQueryBuilder('row').where(workspaceIds === 'all' ? 'true' : 'row.workspaceId = ANY(:workspaceIds)', { workspaceIds });
  const after = idAfter(filter);
  if (after) query.andWhere('row.id > :after', { after });
  if (filter.workspace !== undefined) query.andWhere('row.workspaceId = :workspace', { workspace: filter.workspace });
  if (filter.driver !== undefined) query.andWhere('row.driver = :driver', { driver: filter.driver });
  if (filter.cloud !== undefined) query.andWhere('row.cloud = :cloud', { cloud: filter.cloud });
  if (filter.state !== undefined) query.andWhere('row.state = :state', { state: filter.state });
  if (filter.q) query.andWhere(`position(lower(:q) in lower(concat_ws(' ', row.name, row.cloud, row.driver, row.accountId, row.principal))) > 0`, { q: filter.q });
  return toPage(await query.orderBy('row.id').limit(filter.pageSize + 1).getMany(), filter.pageSize, (row) => [row.id]);
}

/** Ids and names of the connections that a search runs over. */
export async function searchedConnections(database: Database, workspaceIds: string[] | 'all', filter: { cloud?: string | undefined; connection?: string | undefined }): Promise<Map<string, string>> {
  const query = database.dataSource.getRepository(ConnectionRow).createQueryBuilder('row').select(['row.id', 'row.name']).where(workspaceIds === 'all' ? 'true' : 'row.workspaceId = ANY(:workspaceIds)', { workspaceIds });
  if (filter.cloud !== undefined) query.andWhere('row.cloud = :cloud', { cloud: filter.cloud });
  if (filter.connection !== undefined) query.andWhere(isId(filter.connection) ? 'row.id = :connection' : 'row.name = :connection', { connection: filter.connection });
  return new Map((await query.getMany()).map(({ id, name }) => [id, name]));
}
