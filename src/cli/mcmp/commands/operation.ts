import type { Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import { follow } from '../following.js';
import type { OperationItem } from '../operation.js';
import { hasEnded } from '../operation.js';

/** `mcmp operation watch`. */
export const operationWatch: Command = {
  noun: 'operation', verb: 'watch', summary: 'Follows an operation to its end, the newest that goes on where none is named.', permission: 'operation:read', operations: ['Operations_get', 'Operations_events'],
  about: ['A server that goes away is waited for. Ctrl-C leaves the operation running. The exit code is 0 where it succeeded and 1 where it did not.'],
  arguments: [{ name: 'OPERATION', required: false, completes: 'operation' }], flags: [], examples: ['operation watch', 'operation watch 019a2c00-0000-7000-8000-000000000010 --timeout 10m'],
  async run({ arguments: [id], session }) {
    const operation = id === undefined ? await newest(session.api) : await session.api.get<OperationItem>(`/v1/operations/${encodeURIComponent(id)}`);
    return follow(session, operation.id, operation);
  },
};

async function newest(api: { pages(path: string, query: Record<string, number>, limit: number): Promise<{ items: Record<string, unknown>[] }> }): Promise<OperationItem> {
  const { items } = await api.pages('/v1/operations', { pageSize: 50 }, 50);
  const found = (items as OperationItem[]).find((operation) => !hasEnded(operation));
  if (!found) throw new Failure(EXIT.notFound, 'no operation goes on now', ['`mcmp operation list` shows those that have ended.']);
  return found;
}
