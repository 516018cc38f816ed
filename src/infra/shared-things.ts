import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Traits } from '@mcmp/driver-sdk';
import { newId } from '../kernel/ids.js';
import { NETWORKS, freeCidr } from './cidr.js';
import { PlaceRow, ResourceRow, VmRow } from './infra.entities.js';
import { cloudName } from './names.js';
import { type PlaceView, Rows, TASK } from './rows.js';
import { isLive } from './vm-states.js';

/** Cloud ids of what VMs of one zone stand on. */
export interface Foundation { networkId: string; subnetId: string; securityGroupIds: string[]; keyPairId: string }

/** Decides which networks, subnets, security groups and key pairs there are, and when they go; {@link Resources} does the work. */
@Injectable()
export class SharedThings {
  constructor(@Inject(Rows) private readonly rows: Rows) {}

  /** What VMs of these zones stand on, by zone, for the zones where all of it is available; what is missing is written down and begun. A failed row is returned as such. */
  async foundations(view: PlaceView, traits: Traits, zones: readonly string[]): Promise<{ ready: Map<string, Foundation>; failed: Map<string, ResourceRow> }> {
    const zoneOf = (zone: string): string => (traits.subnetScope === 'zone' ? zone : '');
    const wanted = this.wanted(view, traits, [...new Set(zones.map(zoneOf))]);
    const find = ({ kind, zone, mciId }: Pick<ResourceRow, 'kind' | 'zone' | 'mciId'>) => view.resources.find((row) => row.kind === kind && row.zone === zone && row.mciId === mciId);
    if (wanted.some((want) => !find(want))) view.resources = await this.writeDown(view, wanted);
    const waiting = wanted.map(find).filter((row) => row?.state === 'planned');
    await this.rows.wake(TASK.resource, waiting.map((row) => (row as ResourceRow).id));
    const result = { ready: new Map<string, Foundation>(), failed: new Map<string, ResourceRow>() };
    const [network, group, key] = (['network', 'security-group', 'key-pair'] as const).map((kind) => view.resources.find((row) => row.kind === kind));
    for (const zone of zones) {
      const subnet = view.resources.find((row) => row.kind === 'subnet' && row.zone === zoneOf(zone));
      const needed = [network, subnet, group, key];
      const broken = needed.find((row) => row?.state === 'failed');
      if (broken) result.failed.set(zone, broken);
      else if (needed.every((row) => row?.state === 'available')) {
        const [networkId, subnetId, groupId, keyPairId] = needed.map((row) => row?.cloudId as string) as [string, string, string, string];
        result.ready.set(zone, { networkId, subnetId, securityGroupIds: [groupId], keyPairId });
      }
    }
    return result;
  }

  private wanted({ place, mci }: PlaceView, traits: Traits, zones: string[]): Pick<ResourceRow, 'kind' | 'zone' | 'mciId' | 'region'>[] {
    const { region } = place;
    return [
      { kind: 'network', zone: '', mciId: null, region: traits.networkScope === 'global' ? '*' : region },
      ...zones.map((zone) => ({ kind: 'subnet' as const, zone, mciId: null, region })),
      { kind: 'security-group', zone: '', mciId: mci.id, region },
      { kind: 'key-pair', zone: '', mciId: mci.id, region },
    ];
  }

  /** Writes the missing rows down, ranges included, one writer per project at a time. */
  private writeDown(view: PlaceView, wanted: Pick<ResourceRow, 'kind' | 'zone' | 'mciId' | 'region'>[]): Promise<ResourceRow[]> {
    const { place } = view;
    const { projectId, connectionId, region } = place;
    return this.rows.database.transaction(async (manager) => {
      await this.rows.lockShared(manager, projectId);
      const live = () => manager.createQueryBuilder(ResourceRow, 'row').where(`row.projectId = :projectId AND row.connectionId = :connectionId AND row.region IN (:region, '*') AND (row.mciId IS NULL OR row.mciId = :mciId) AND row.state <> 'deleting'`, { projectId, connectionId, region, mciId: view.mci.id }).getMany();
      const rows = await live();
      for (const want of wanted) {
        if (rows.some((row) => row.kind === want.kind && row.zone === want.zone && row.mciId === want.mciId)) continue;
        const id = newId();
        const network = rows.find((row) => row.kind === 'network');
        const row = manager.create(ResourceRow, {
          ...want, id, projectId, connectionId, callRegion: region, name: cloudName(`mcmp-${want.kind}`, id), state: 'planned', cloudId: null, askedAt: null, seen: false, failure: null,
          networkId: want.kind === 'subnet' || want.kind === 'security-group' ? (network as ResourceRow).id : null,
          cidr: want.kind === 'network' ? (place.cidr ?? (await this.freeNetwork(manager, projectId))) : want.kind === 'subnet' ? await this.freeSubnet(manager, network as ResourceRow) : null,
        });
        await manager.insert(ResourceRow, row);
        rows.push(row);
      }
      return rows;
    });
  }

  private async freeNetwork(manager: EntityManager, projectId: string): Promise<string> {
    const taken = await manager.query<{ cidr: string }[]>(`SELECT cidr FROM infra.resource WHERE project_id = $1 AND kind = 'network' UNION SELECT cidr FROM infra.place WHERE project_id = $1 AND cidr IS NOT NULL`, [projectId]);
    const cidr = freeCidr(NETWORKS.within, NETWORKS.prefix, taken.map((row) => row.cidr));
    if (!cidr) throw new Error('All 256 network ranges of the project are taken');
    return cidr;
  }

  private async freeSubnet(manager: EntityManager, network: ResourceRow): Promise<string> {
    const taken = await manager.findBy(ResourceRow, { networkId: network.id, kind: 'subnet' });
    const within = network.cidr as string;
    const prefix = Math.min(28, Math.max(NETWORKS.subnetPrefix, Number(within.split('/')[1]) + 4));
    const cidr = freeCidr(within, prefix, taken.map((row) => row.cidr as string));
    if (!cidr) throw new Error(`The network range ${within} has no room for another subnet`);
    return cidr;
  }

  /** Takes a failed row back, with what was to lie in it; places that need it may then begin anew, and meet nothing of the failed one. */
  async takeBack(row: ResourceRow): Promise<void> {
    const [rows] = await this.rows.manager.query<[{ id: string }[], number]>(`UPDATE infra.resource SET state = 'deleting' WHERE (id = $1 AND state = 'failed') OR (network_id = $1 AND state IN ('planned', 'failed')) RETURNING id`, [row.id]);
    await this.rows.wake(TASK.resource, rows.map(({ id }) => id));
  }

  /** Where no VM of the place is left: its own things go, then its share in the project's. True once nothing is left and the place row is gone. */
  async release(view: PlaceView): Promise<boolean> {
    const { place, mci } = view;
    const { projectId, connectionId, region } = place;
    const leaving: string[] = [];
    const gone = await this.rows.database.transaction(async (manager) => {
      await this.rows.lockShared(manager, projectId);
      const vms = await manager.findBy(VmRow, { mciId: mci.id, connectionId, region });
      // Rows that were just now asked to go need the place too: nobody else takes them away.
      if (vms.some((vm) => isLive(vm) || (vm.desired === 'absent' && (vm.state !== 'terminated' || vm.forget)))) return false;
      const end = async (where: string, parameters: unknown[]): Promise<void> => {
        const [rows] = await manager.query<[{ id: string }[], number]>(`UPDATE infra.resource SET state = 'deleting' WHERE state <> 'deleting' AND ${where} RETURNING id`, parameters);
        leaving.push(...rows.map(({ id }) => id));
      };
      await end('mci_id = $1 AND connection_id = $2 AND region = $3', [mci.id, connectionId, region]);
      if ((await manager.countBy(ResourceRow, { mciId: mci.id, connectionId, region })) > 0) return false;
      const others = await manager.findBy(PlaceRow, { projectId, connectionId });
      const elsewhere = others.filter((other) => other.id !== place.id);
      if (!elsewhere.some((other) => other.region === region)) await end('mci_id IS NULL AND project_id = $1 AND connection_id = $2 AND region = $3', [projectId, connectionId, region]);
      if (elsewhere.length === 0) await end(`mci_id IS NULL AND project_id = $1 AND connection_id = $2 AND region = '*'`, [projectId, connectionId]);
      const left = await manager.query<unknown[]>(`SELECT 1 FROM infra.resource WHERE mci_id IS NULL AND project_id = $1 AND connection_id = $2 AND state = 'deleting' AND (region = $3 OR region = '*') LIMIT 1`, [projectId, connectionId, region]);
      if (left.length > 0) return false;
      await manager.delete(PlaceRow, { id: place.id });
      return true;
    });
    await this.rows.wake(TASK.resource, leaving);
    return gone;
  }
}
