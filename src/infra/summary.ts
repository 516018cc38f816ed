import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { ProjectRef } from '../iam/index.js';
import type { Summary, SummaryQuery } from './http/summary.dto.js';
import { Rows } from './rows.js';

interface Row { connection_id: string; cloud: string; region: string; mci_id: string; mci: string; state: string; count: number; currency: string | null; sum: number | null; unpriced: number }

/** States in which a VM costs nothing yet or any more. */
const FREE = ['planned', 'terminated', 'failed'];
const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** Sums in one currency each, from the rows that have one. */
function prices(rows: readonly Row[]): { currency: string; perHour: number }[] {
  const sums = new Map<string, number>();
  for (const { currency, sum } of rows) if (currency !== null) sums.set(currency, (sums.get(currency) ?? 0) + (sum ?? 0));
  return [...sums].sort(([one], [other]) => one.localeCompare(other)).map(([currency, sum]) => ({ currency, perHour: rounded(sum) }));
}

function counts(rows: readonly Row[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { state, count } of rows) found[state] = (found[state] ?? 0) + count;
  return found;
}

/** Rows by a key, in the order in which each key first comes. */
function by(rows: readonly Row[], key: (row: Row) => string): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return [...groups.values()];
}

/** What a project has all in all, and where: one question to the rows, none to a cloud. */
@Injectable()
export class Summaries {
  constructor(@Inject(Rows) private readonly rows: Rows) {}

  async of(project: ProjectRef, query: z.infer<typeof SummaryQuery>): Promise<z.infer<typeof Summary>> {
    const [key, ...value] = (query.label ?? '').split('=');
    const rows = await this.rows.manager.query<Row[]>(
      `SELECT vm.connection_id, vm.cloud, vm.region, vm.mci_id, mci.name AS mci, vm.state, vm.currency, count(*)::int AS count,
              sum(vm.price_per_hour) FILTER (WHERE vm.state <> ALL($2)) AS sum, (count(*) FILTER (WHERE vm.currency IS NULL AND vm.state <> ALL($2)))::int AS unpriced
         FROM infra.vm JOIN infra.mci ON mci.id = vm.mci_id
        WHERE mci.project_id = $1 AND ($3::text IS NULL OR vm.cloud = $3) AND ($4::jsonb IS NULL OR mci.labels @> $4) AND ($5::text IS NULL OR vm.state = $5)
        GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY vm.cloud, vm.region, mci.name, vm.state`,
      [project.id, FREE, query.cloud ?? null, query.label ? JSON.stringify({ [key as string]: value.join('=') }) : null, query.state ?? null],
    );
    const failures = await this.rows.manager.query<{ code: string; count: number }[]>(
      `SELECT vm.failure->>'code' AS code, count(*)::int AS count FROM infra.vm JOIN infra.mci ON mci.id = vm.mci_id WHERE mci.project_id = $1 AND vm.failure IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1`, [project.id],
    );
    return {
      asOf: new Date().toISOString(), counts: counts(rows), pricePerHour: prices(rows), unpricedVms: rows.reduce((sum, { unpriced }) => sum + unpriced, 0), failures,
      places: by(rows, (row) => `${row.connection_id}/${row.region}`).map((place) => ({
        connectionId: place[0]!.connection_id, cloud: place[0]!.cloud, region: place[0]!.region, counts: counts(place), pricePerHour: prices(place),
        mcis: by(place, ({ mci_id }) => mci_id).map((mci) => ({ id: mci[0]!.mci_id, name: mci[0]!.mci, counts: counts(mci) })),
      })),
    };
  }
}
