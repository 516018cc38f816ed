import type { EntityManager } from 'typeorm';
import { newId } from '../../kernel/ids.js';
import { Problem } from '../../kernel/problem.js';
import { EVERYONE, type Events } from '../../platform/index.js';
import type { DriverHost } from '../host/index.js';
import { DriverAuditRow, type DriverDeed } from './drivers.entities.js';

const LOCK = `hashtextextended('connector.driver:' || $1, 7)`;

/** Waits for whoever changes the drivers of this name, and keeps others out until the transaction ends. */
export async function lockDriver(manager: EntityManager, name: string): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(${LOCK})`, [name]);
}

/**
 * Keeps the driver of a connection that is being made from being deleted meanwhile.
 * @throws Problem CONFLICT where it was deleted since the caller looked.
 */
export async function holdDriver(manager: EntityManager, host: DriverHost, name: string): Promise<void> {
  const [found] = await manager.query<{ held: boolean }[]>(`SELECT EXISTS (SELECT FROM connector.driver WHERE name = $1) AS held FROM pg_advisory_xact_lock_shared(${LOCK})`, [name]);
  if (!found?.held && !host.inFolder(name)) throw new Problem('CONFLICT', `The driver "${name}" was deleted meanwhile: install it again.`);
}

/** One entry of the audit. */
export interface Deed { who: string | null; what: DriverDeed; driver?: string; version?: string | null; hash?: string | null; detail?: Record<string, unknown> }

/** Writes down who did what, in the transaction in which it is done. */
export async function audit(manager: EntityManager, { who, what, driver, version, hash, detail }: Deed): Promise<void> {
  await manager.insert(DriverAuditRow, { id: newId(), who, what, driver: driver ?? null, version: version ?? null, hash: hash ?? null, detail: (detail ?? {}) as never });
}

/** Tells everyone, also those without a connection of it, that a driver came, went, or is served by another version. */
export function tellEveryone(manager: EntityManager, events: Events, name: string, data: object): Promise<void> {
  return events.publish(manager, { workspaceId: EVERYONE, type: 'driver.changed', subject: { type: 'driver', id: name, name }, data });
}
