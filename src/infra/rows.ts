import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../kernel/ids.js';
import { Database, Events, Work } from '../platform/index.js';
import { MciRow, PlaceRow, ResourceRow, VmGroupRow, VmRow } from './infra.entities.js';
import { changingView } from './views.js';

/** The tasks of this domain, by key: a resource row, a place row, an MCI, an operation of a command. */
export const TASK = { resource: 'infra.resource', place: 'infra.place', mci: 'infra.mci', command: 'infra.command' } as const;

/** Everything that one place of an MCI is about. */
export interface PlaceView {
  place: PlaceRow;
  mci: MciRow;
  vms: VmRow[];
  groups: Map<string, VmGroupRow>;
  /** Rows that this place uses and that are not on their way out: the project's shared ones and the MCI's own. */
  resources: ResourceRow[];
}

type CloudFields = Pick<VmRow, 'state' | 'cloudId' | 'providerState' | 'privateIp' | 'publicIp' | 'sshHost' | 'sshPort' | 'failure' | 'runningAt'>;
/** What the place's work may change of a VM; what a person wants (`desired` …) is never touched here. */
export type VmChange = { id: string } & Partial<CloudFields>;

/** Reads and writes the rows of this domain; every change of a VM is told as an event in the same transaction. */
@Injectable()
export class Rows {
  constructor(@Inject(Database) readonly database: Database, @Inject(Events) private readonly events: Events, @Inject(Work) private readonly work: Work) {}

  get manager(): EntityManager {
    return this.database.dataSource.manager;
  }

  /** Operations under way for which a place or resource is worked on; what is logged meanwhile belongs to them. */
  async operationsOn(of: { placeId: string } | { resourceId: string }): Promise<string[]> {
    const rows = await this.manager.query<{ id: string }[]>(
      'placeId' in of
        ? 'SELECT DISTINCT a.operation_id AS id FROM infra.place p JOIN infra.mci_action a ON a.mci_id = p.mci_id WHERE p.id = $1'
        : `SELECT DISTINCT a.operation_id AS id FROM infra.resource r JOIN infra.place p ON p.project_id = r.project_id AND p.connection_id = r.connection_id AND r.region IN (p.region, '*') AND (r.mci_id IS NULL OR r.mci_id = p.mci_id) JOIN infra.mci_action a ON a.mci_id = p.mci_id WHERE r.id = $1`,
      ['placeId' in of ? of.placeId : of.resourceId]);
    return rows.map(({ id }) => id);
  }

  async place(id: string): Promise<PlaceView | undefined> {
    const place = await this.manager.findOneBy(PlaceRow, { id });
    if (!place) return undefined;
    const { mciId, connectionId, region, projectId } = place;
    const [mci, vms, groups, resources] = await Promise.all([
      this.manager.findOneByOrFail(MciRow, { id: mciId }),
      this.manager.find(VmRow, { where: { mciId, connectionId, region }, order: { id: 'ASC' } }),
      this.manager.findBy(VmGroupRow, { mciId }),
      this.manager.createQueryBuilder(ResourceRow, 'row').where(`row.projectId = :projectId AND row.connectionId = :connectionId AND row.region IN (:region, '*') AND (row.mciId IS NULL OR row.mciId = :mciId) AND row.state <> 'deleting'`, { projectId, connectionId, region, mciId }).getMany(),
    ]);
    return { place, mci, vms, groups: new Map(groups.map((group) => [group.id, group])), resources };
  }

  /** Saves what the cloud says of VMs and changes the given rows alike. */
  async saveVms(view: Pick<PlaceView, 'mci'>, vms: readonly VmRow[], changes: readonly VmChange[]): Promise<void> {
    if (changes.length === 0) return;
    const byId = new Map(vms.map((vm) => [vm.id, vm]));
    const changed: { vm: VmRow; told: boolean }[] = [];
    for (const { id, ...fields } of changes) {
      const vm = byId.get(id);
      if (!vm) continue;
      const told = (fields.state !== undefined && fields.state !== vm.state) || (fields.publicIp !== undefined && fields.publicIp !== vm.publicIp);
      Object.assign(vm, fields);
      changed.push({ vm, told });
    }
    await this.database.transaction(async (manager) => {
      await manager.query(
        `UPDATE infra.vm AS v SET state = c.state, cloud_id = c."cloudId", provider_state = c."providerState", private_ip = c."privateIp", public_ip = c."publicIp", ssh_host = c."sshHost", ssh_port = c."sshPort", failure = c.failure, running_at = c."runningAt"
         FROM jsonb_to_recordset($1::jsonb) AS c(id uuid, state text, "cloudId" text, "providerState" text, "privateIp" text, "publicIp" text, "sshHost" text, "sshPort" integer, failure jsonb, "runningAt" timestamptz) WHERE v.id = c.id`,
        [JSON.stringify(changed.map(({ vm: { id, state, cloudId, providerState, privateIp, publicIp, sshHost, sshPort, failure, runningAt } }) => ({ id, state, cloudId, providerState, privateIp, publicIp, sshHost, sshPort, failure, runningAt })))],
      );
      await this.tellVms(manager, view.mci, changed.filter(({ told }) => told).map(({ vm }) => vm));
    });
  }

  /** Removes rows of VMs of which nothing is left, and tells it. */
  async forgetVms(manager: EntityManager, mci: MciRow, vms: readonly VmRow[]): Promise<void> {
    if (vms.length === 0) return;
    await manager.query('DELETE FROM infra.vm WHERE id = ANY($1::uuid[])', [vms.map((vm) => vm.id)]);
    await this.events.publish(manager, vms.map((vm) => ({ workspaceId: mci.workspaceId, projectId: mci.projectId, type: 'vm.deleted', subject: { type: 'vm', id: vm.id, name: vm.name }, data: { mciId: mci.id, mci: mci.name } })));
  }

  /** Tells where VMs are now. */
  async tellVms(manager: EntityManager, mci: MciRow, vms: readonly VmRow[]): Promise<void> {
    await this.events.publish(
      manager,
      vms.map((vm) => ({
        workspaceId: mci.workspaceId, projectId: mci.projectId, type: 'vm.changed', subject: { type: 'vm', id: vm.id, name: vm.name },
        data: { mciId: mci.id, mci: mci.name, ...changingView(vm) },
      })),
    );
  }

  resource(id: string): Promise<ResourceRow | null> {
    return this.manager.findOneBy(ResourceRow, { id });
  }

  /**
   * Wakes every place of an MCI. A place goes as soon as nothing of it is left in the cloud; where VMs that failed there are to go now, too, it is written anew, for nobody else takes them away.
   */
  async wakePlaces(manager: EntityManager, mci: Pick<MciRow, 'id'>): Promise<void> {
    await this.restorePlaces(manager, mci.id);
    const places = await manager.findBy(PlaceRow, { mciId: mci.id });
    await this.wake(TASK.place, places.map((place) => place.id), manager);
    await this.wake(TASK.mci, [mci.id], manager);
  }

  /** Writes places anew that are gone although VMs of theirs are still to be taken away; of one MCI or of all. */
  async restorePlaces(manager: EntityManager, mciId: string | null = null): Promise<void> {
    const missing = await manager.query<{ mciId: string; projectId: string; connectionId: string; region: string }[]>(
      `SELECT DISTINCT v.mci_id AS "mciId", m.project_id AS "projectId", v.connection_id AS "connectionId", v.region FROM infra.vm v JOIN infra.mci m ON m.id = v.mci_id
       WHERE ($1::uuid IS NULL OR v.mci_id = $1) AND v.desired = 'absent' AND (v.state <> 'terminated' OR v.forget)
       AND NOT EXISTS (SELECT 1 FROM infra.place p WHERE p.mci_id = v.mci_id AND p.connection_id = v.connection_id AND p.region = v.region)`, [mciId]);
    for (const { mciId: id, projectId, connectionId, region } of missing) await manager.query(`INSERT INTO infra.place (id, mci_id, project_id, connection_id, region) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (mci_id, connection_id, region) DO NOTHING`, [newId(), id, projectId, connectionId, region]);
  }

  /** Has the work of these rows looked at again. */
  async wake(task: (typeof TASK)[keyof typeof TASK], keys: readonly string[], manager?: EntityManager): Promise<void> {
    for (const key of [...keys].sort()) await this.work.wake(manager, task, key);
  }

  /** Places that stand on a resource: those of its MCI, or all of the project there where it is shared. */
  async placesOn(row: ResourceRow): Promise<string[]> {
    const rows: { id: string }[] = await this.manager.query(
      `SELECT id FROM infra.place WHERE project_id = $1 AND connection_id = $2 AND ($3 = '*' OR region = $3) AND ($4::uuid IS NULL OR mci_id = $4)`,
      [row.projectId, row.connectionId, row.region, row.mciId],
    );
    return rows.map(({ id }) => id);
  }

  /** One at a time for what MCIs of a project share in a connection: who joins, who leaves, which ranges are taken. */
  async lockShared(manager: EntityManager, projectId: string): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock(7216410, hashtext($1))', [projectId]);
  }
}
