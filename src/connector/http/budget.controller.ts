import { Controller, Get, Inject, Param } from '@nestjs/common';
import type { z } from 'zod';
import { CurrentPrincipal, Iam, type Principal } from '../../iam/index.js';
import { Answers, type CallerScope, CurrentScope, Database, Permission } from '../../platform/index.js';
import { ApiBudget } from '../budget/budget.js';
import { type Used, budgetReport } from '../budget/report.js';
import { Connections } from '../connections/connections.js';
import { DriverHost } from '../host/index.js';
import { ApiBudgetAnswer } from './budget.dto.js';
import { budgetExample } from './examples.js';

type Answer = z.infer<typeof ApiBudgetAnswer>;

/** How much of a cloud account's API is used, and by whom. */
@Controller('v1/connections')
export class BudgetController {
  constructor(
    @Inject(Connections) private readonly connections: Connections,
    @Inject(ApiBudget) private readonly budget: ApiBudget,
    @Inject(DriverHost) private readonly host: DriverHost,
    @Inject(Database) private readonly database: Database,
    @Inject(Iam) private readonly iam: Iam,
  ) {}

  @Get(':connection/api-budget')
  @Permission('connection:read')
  @Answers(200, 'Shows how many calls the cloud account of a connection allows, what is in force now, who waits, and who used how much.', ApiBudgetAnswer, budgetExample)
  async show(@CurrentPrincipal() principal: Principal, @CurrentScope() scope: CallerScope, @Param('connection') reference: string): Promise<Answer> {
    const row = await this.connections.require(await scope.workspaceIds(), reference);
    await this.budget.flush();
    const manifest = this.host.find(row.driver)?.manifest;
    const { servers, buckets } = await budgetReport(this.database, this.connections.accountOf(row), manifest);
    const { items } = await this.iam.listWorkspaces(principal, { pageSize: 10_000 });
    const names = new Map(items.map(({ id, name }) => [id, name]));
    return {
      connectionId: row.id, connection: row.name, accountId: row.accountId, asOf: new Date().toISOString(), servers, published: manifest?.limits ?? [],
      buckets: buckets.map((bucket) => ({ ...bucket, lastMinute: named(bucket.lastMinute, names), lastHour: named(bucket.lastHour, names) })),
    };
  }
}

/** Gives workspaces their names; those that the caller may not see become one. */
function named(used: Used, names: Map<string, string>): Answer['buckets'][number]['lastHour'] {
  const seen = used.byWorkspace.filter(({ workspaceId }) => names.has(workspaceId)).map((one) => ({ ...one, workspace: names.get(one.workspaceId) as string }));
  const others = used.byWorkspace.filter(({ workspaceId }) => !names.has(workspaceId)).reduce((sum, { calls }) => sum + calls, 0);
  return { ...used, byWorkspace: [...seen, ...(others > 0 ? [{ workspaceId: null, workspace: null, calls: others }] : [])] };
}
