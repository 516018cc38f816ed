import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Quota } from '@mcmp/driver-sdk';
import { Connector } from '../connector/index.js';
import type { ProjectRef } from '../iam/index.js';
import { Problem } from '../kernel/problem.js';
import { offeredZones } from './candidates.js';
import type { CreateMci } from './http/mci.dto.js';
import { type Plan, type PlanFacts, makePlan } from './plan.js';
import { type NetworkRange, type ResolvedMci, Resolver, rangeProblem } from './resolve.js';
import { Rows } from './rows.js';

/** Looks a request's names up and gathers the facts of a plan. */
@Injectable()
export class Planner {
  constructor(@Inject(Rows) private readonly rows: Rows, @Inject(Connector) private readonly connector: Connector) {}

  /** @throws Problem INVALID_REQUEST with every field at fault. */
  async resolve(project: ProjectRef, request: CreateMci): Promise<ResolvedMci> {
    return new Resolver(this.connector, project.workspaceId).resolve(request, await this.ranges(this.rows.manager, project.id));
  }

  /** Under the project's lock: what another request took since {@link resolve}. @throws Problem INVALID_REQUEST. */
  async refuseTakenRanges(manager: EntityManager, project: ProjectRef, request: CreateMci, { cidrs }: ResolvedMci): Promise<void> {
    const taken = await this.ranges(manager, project.id);
    const errors = [...cidrs].flatMap(([place, cidr]) => {
      const problem = rangeProblem({ connectionId: place.slice(0, place.indexOf('/')), region: place.slice(place.indexOf('/') + 1), cidr }, taken);
      return problem ? [{ field: `networks[${request.networks.findIndex((network) => network.cidr === cidr)}].cidr`, ...problem }] : [];
    });
    if (errors.length > 0) throw new Problem('INVALID_REQUEST', errors.map(({ field, rule }) => `${field}: ${rule}`).join('; '), { errors });
  }

  /** Ranges of the project's networks, made or asked for. */
  private ranges(manager: EntityManager, projectId: string): Promise<NetworkRange[]> {
    return manager.query(
      `SELECT connection_id AS "connectionId", region, cidr FROM infra.resource WHERE project_id = $1 AND kind = 'network' AND state <> 'deleting' AND cidr IS NOT NULL UNION SELECT connection_id, region, cidr FROM infra.place WHERE project_id = $1 AND cidr IS NOT NULL`, [projectId]);
  }

  async plan(project: ProjectRef, request: CreateMci): Promise<{ plan: Plan; resolved: ResolvedMci }> {
    const resolved = await this.resolve(project, request);
    const [existing, quotas, history, traits, zones] = await Promise.all([this.existing(project.id), this.quotas(resolved), this.history(), this.traits(resolved), this.zones(resolved)]);
    return { resolved, plan: makePlan(resolved, { existing, quotas, history, traits, zones }) };
  }

  private existing(projectId: string): Promise<PlanFacts['existing']> {
    return this.rows.manager.query(`SELECT kind, connection_id AS "connectionId", region, zone, name, cidr FROM infra.resource WHERE project_id = $1 AND mci_id IS NULL AND state IN ('planned', 'creating', 'available')`, [projectId]);
  }

  private async quotas({ groups }: ResolvedMci): Promise<Map<string, Quota[] | string>> {
    const places = new Map(groups.map((group) => [`${group.connection.id}/${group.spec.region}`, group]));
    const entries = await Promise.all([...places].map(async ([place, group]): Promise<[string, Quota[] | string]> => {
      try {
        return [place, await this.connector.quotas(group.connection.id, group.spec.region)];
      } catch (error) {
        return [place, error instanceof Error ? error.message : 'the cloud did not answer'];
      }
    }));
    return new Map(entries);
  }

  private async traits({ groups }: ResolvedMci): Promise<PlanFacts['traits']> {
    const ids = [...new Set(groups.map((group) => group.connection.id))];
    return new Map(await Promise.all(ids.map(async (id) => [id, await this.connector.traits(id)] as const)));
  }

  private async zones({ groups }: ResolvedMci): Promise<Map<string, string>> {
    const chosen = await Promise.all(groups.filter((group) => group.zone === '').map(async ({ input, connection, spec }) => {
      const region = (await this.connector.regions(connection.id)).find((item) => item.id === spec.region);
      return [input.name, offeredZones(region, spec)[0] ?? ''] as const;
    }));
    return new Map(chosen);
  }

  /** Median of what VMs of each cloud took lately. */
  private async history(): Promise<Map<string, number>> {
    const rows = await this.rows.manager.query<{ cloud: string; seconds: number }[]>(
      `SELECT cloud, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM running_at - created_at)) AS seconds FROM (SELECT cloud, running_at, created_at FROM infra.vm WHERE running_at IS NOT NULL ORDER BY running_at DESC LIMIT 2000) AS lately GROUP BY cloud`);
    return new Map(rows.map((row) => [row.cloud, Number(row.seconds)]));
  }
}
