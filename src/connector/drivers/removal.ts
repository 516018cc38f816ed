import type { EntityManager } from 'typeorm';
import { Problem } from '../../kernel/problem.js';
import { ConnectionRow } from '../connector.entities.js';
import type { DriverHost } from '../host/index.js';
import { DriverBundleRow, DriverRow, FOLDER } from './drivers.entities.js';
import { audit } from './record.js';

/** The Problem of a name that no driver has. */
export const noDriver = (name: string): Problem => new Problem('NOT_FOUND', `There is no driver "${name.slice(0, 60)}"; GET /v1/drivers lists those that are installed.`);

/** Deletes one bundle, under the lock of its name. @throws Problem NOT_FOUND; IN_USE while it serves, with the connections that stand on it. */
export async function removeVersion(manager: EntityManager, host: DriverHost, name: string, version: string, by: string): Promise<void> {
  const bundle = await manager.findOneBy(DriverBundleRow, { name, version });
  if (!bundle) throw new Problem('NOT_FOUND', `There is no bundle ${name} ${version}; GET /v1/drivers/${name} lists its versions${host.inFolder(name)?.version === version ? ' (this one lies in the drivers folder: take it out there)' : ''}.`);
  const row = await manager.findOneBy(DriverRow, { name });
  if (row?.state === 'active' && row.active === bundle.contentHash) throw inUse(await holders(manager, name), `${name} ${version} serves now: activate another version or deactivate it first`);
  await manager.delete(DriverBundleRow, { name, version });
  if (row?.previous === bundle.contentHash) await manager.update(DriverRow, { name }, { previous: null });
  if (row?.active === bundle.contentHash) await manager.update(DriverRow, { name }, { active: null });
  await audit(manager, { who: by, what: 'version-deleted', driver: name, version, hash: bundle.contentHash });
}

/** Deletes a driver with all its bundles, under the lock of its name. @throws Problem NOT_FOUND; IN_USE with the connections that stand on it; CONFLICT where it lies in the drivers' folder alone. */
export async function removeDriver(manager: EntityManager, host: DriverHost, name: string, by: string): Promise<void> {
  const row = await manager.findOneBy(DriverRow, { name });
  const bundles = await manager.findBy(DriverBundleRow, { name });
  if (!row && bundles.length === 0) throw host.inFolder(name) ? new Problem('CONFLICT', `The driver "${name}" lies in the drivers folder alone: take it out there, or deactivate it.`) : noDriver(name);
  const held = await holders(manager, name);
  if (row && row.active !== FOLDER && held.length > 0) throw inUse(held, `the driver "${name}" is what they speak through: delete these connections first`);
  await manager.delete(DriverBundleRow, { name });
  await manager.delete(DriverRow, { name });
  await audit(manager, { who: by, what: 'deleted', driver: name, detail: { versions: bundles.map(({ version }) => version) } });
}

async function holders(manager: EntityManager, name: string): Promise<string[]> {
  const rows = await manager.find(ConnectionRow, { select: { id: true, name: true }, where: { driver: name }, order: { name: 'ASC' }, take: 100 });
  return rows.map((connection) => `connection "${connection.name}"`);
}

const inUse = (held: string[], why: string): Problem =>
  new Problem('IN_USE', `${held.length > 0 ? `In use by ${held.slice(0, 10).join(', ')}${held.length > 10 ? ` and ${held.length - 10} more` : ''}: ` : ''}${why}.`, { extra: { usedBy: held } });
