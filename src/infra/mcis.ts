import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Principal, ProjectRef } from '../iam/index.js';
import { type Page, idAfter, isId, toPage } from '../kernel/page.js';
import { Problem } from '../kernel/problem.js';
import { Secrets } from '../platform/index.js';
import type { Mci, MciDetail, MciQuery, PrivateKey, ProjectVm, ProjectVmQuery, Vm, VmQuery } from './http/mci.dto.js';
import { MciRow, VmGroupRow, VmRow } from './infra.entities.js';
import { Rows } from './rows.js';
import { countStates } from './status.js';
import { groupView, mciView, vmView } from './views.js';

type Body<T extends z.ZodType> = z.infer<T>;

/** What MCIs, groups and VMs there are, as the rows know it; nothing here asks a cloud. */
@Injectable()
export class Mcis {
  constructor(@Inject(Rows) private readonly rows: Rows, @Inject(Secrets) private readonly secrets: Secrets) {}

  /** The MCI by id or name. @throws Problem NOT_FOUND. */
  async require(project: ProjectRef, reference: string): Promise<MciRow> {
    const mci = await this.rows.manager.findOneBy(MciRow, { projectId: project.id, ...(isId(reference) ? { id: reference } : { name: reference }) });
    if (!mci) throw new Problem('NOT_FOUND', `The project "${project.name}" has no MCI "${reference}"; GET /v1/projects/${project.name}/mcis lists them.`);
    return mci;
  }

  /** The private key of an MCI's VMs, once, for the one who made it. @throws Problem FORBIDDEN, GONE. */
  async takeKey(principal: Principal, mci: MciRow): Promise<Body<typeof PrivateKey>> {
    if (mci.createdBy !== principal.userId) throw new Problem('FORBIDDEN', 'Only the one who made the MCI may take its private key.');
    const [, taken] = await this.rows.manager.query<[unknown, number]>('UPDATE infra.mci SET key_downloaded_at = now() WHERE id = $1 AND key_downloaded_at IS NULL', [mci.id]);
    if (taken === 0) throw new Problem('GONE', 'The private key was taken before, and is given once only. Commands still run through POST …/commands.');
    const users = await this.rows.manager.query<{ ssh_user: string }[]>('SELECT DISTINCT ssh_user FROM infra.vm WHERE mci_id = $1 ORDER BY 1', [mci.id]);
    return { privateKey: this.secrets.open(mci.sealedKey, `mci:${mci.id}`), fileName: `mcmp-${mci.name}.pem`, users: users.map((row) => row.ssh_user) };
  }

  /** MCIs of a project by id, narrowed by name, label and status. */
  async list(project: ProjectRef, query: Body<typeof MciQuery>): Promise<Page<Body<typeof Mci>>> {
    const select = this.rows.manager.createQueryBuilder(MciRow, 'mci').where('mci.projectId = :projectId', { projectId: project.id });
    const after = idAfter(query);
    if (after) select.andWhere('mci.id > :after', { after });
    if (query.name) select.andWhere('strpos(mci.name, :name) > 0', { name: query.name });
    if (query.label) {
      const [key, ...value] = query.label.split('=');
      select.andWhere('mci.labels @> :label', { label: JSON.stringify({ [key as string]: value.join('=') }) });
    }
    const rows = await select.orderBy('mci.id').limit(query.pageSize + 1).getMany();
    const page = toPage(rows, query.pageSize, (row) => [row.id]);
    const views = await this.views(page.items);
    return { ...page, items: query.status ? views.filter((view) => view.status === query.status) : views };
  }

  /** One MCI with its groups. */
  async show(mci: MciRow): Promise<Body<typeof MciDetail>> {
    const [[view], groups, counts] = await Promise.all([
      this.views([mci]),
      this.rows.manager.find(VmGroupRow, { where: { mciId: mci.id }, order: { id: 'ASC' } }),
      this.rows.manager.query<{ groupId: string; state: string; count: number }[]>('SELECT group_id AS "groupId", state, count(*)::int AS count FROM infra.vm WHERE mci_id = $1 GROUP BY 1, 2 ORDER BY 2', [mci.id]),
    ]);
    return { ...(view as Body<typeof Mci>), groups: groups.map((group) => groupView(group, counts)), publicKey: mci.publicKey, keyDownloadedAt: mci.keyDownloadedAt?.toISOString() ?? null, access: mci.access };
  }

  /** VMs of an MCI by id. */
  async listVms(mci: MciRow, query: Body<typeof VmQuery>): Promise<Page<Body<typeof Vm>>> {
    const groups = new Map((await this.rows.manager.findBy(VmGroupRow, { mciId: mci.id })).map((group) => [group.id, group.name]));
    const select = this.rows.manager.createQueryBuilder(VmRow, 'vm').where('vm.mciId = :mciId', { mciId: mci.id });
    const after = idAfter(query);
    if (after) select.andWhere('vm.id > :after', { after });
    if (query.group) select.andWhere('vm.groupId IN (:...ids)', { ids: [...groups].filter(([, name]) => name === query.group).map(([id]) => id).concat('00000000-0000-0000-0000-000000000000') });
    for (const field of ['state', 'region', 'cloud'] as const) if (query[field]) select.andWhere(`vm.${field} = :${field}`, { [field]: query[field] });
    const rows = await select.orderBy('vm.id').limit(query.pageSize + 1).getMany();
    const page = toPage(rows, query.pageSize, (row) => [row.id]);
    return { ...page, items: page.items.map((vm) => vmView(vm, groups.get(vm.groupId) ?? '')) };
  }

  /** VMs of all MCIs of a project by id, narrowed by words. */
  async listProjectVms(project: ProjectRef, query: Body<typeof ProjectVmQuery>): Promise<Page<Body<typeof ProjectVm>>> {
    const select = this.rows.manager.createQueryBuilder(VmRow, 'vm').innerJoin(MciRow, 'mci', 'mci.id = vm.mciId').innerJoin(VmGroupRow, 'grp', 'grp.id = vm.groupId')
      .addSelect('mci.name', 'mci_name').addSelect('grp.name', 'grp_name').where('mci.projectId = :projectId', { projectId: project.id });
    const after = idAfter(query);
    if (after) select.andWhere('vm.id > :after', { after });
    if (query.group) select.andWhere('grp.name = :group', { group: query.group });
    for (const field of ['state', 'region', 'cloud'] as const) if (query[field]) select.andWhere(`vm.${field} = :${field}`, { [field]: query[field] });
    const words = (query.q ?? '').toLowerCase().split(/\s+/).filter((word) => word !== '');
    words.forEach((word, nth) => select.andWhere(`strpos(lower(concat_ws(' ', vm.name, mci.name, vm.publicIp, vm.privateIp, vm.cloudId, vm.specId, vm.cloud, vm.region)), :word${nth}) > 0`, { [`word${nth}`]: word }));
    const { entities, raw } = await select.orderBy('vm.id').limit(query.pageSize + 1).getRawAndEntities<{ mci_name: string; grp_name: string }>();
    const rows = entities.map((vm, nth) => ({ ...vmView(vm, raw[nth]?.grp_name ?? ''), mciId: vm.mciId, mci: raw[nth]?.mci_name ?? '' }));
    return toPage(rows, query.pageSize, ({ id }) => [id]);
  }

  /** The row of a VM by id or name. @throws Problem NOT_FOUND. */
  async requireVm(mci: MciRow, reference: string): Promise<VmRow> {
    const vm = await this.rows.manager.findOneBy(VmRow, { mciId: mci.id, ...(isId(reference) ? { id: reference } : { name: reference }) });
    if (!vm) throw new Problem('NOT_FOUND', `The MCI "${mci.name}" has no VM "${reference}".`);
    return vm;
  }

  /** One VM by id or name. @throws Problem NOT_FOUND. */
  async showVm(mci: MciRow, reference: string): Promise<Body<typeof Vm>> {
    const vm = await this.requireVm(mci, reference);
    const group = await this.rows.manager.findOneByOrFail(VmGroupRow, { id: vm.groupId });
    return vmView(vm, group.name);
  }

  private async views(mcis: readonly MciRow[]): Promise<Body<typeof Mci>[]> {
    const ids = mcis.map((mci) => mci.id);
    const [counts, prices, actions] = await Promise.all([
      countStates(this.rows.manager, ids),
      this.rows.manager.query<{ mci_id: string; currency: string; sum: number }[]>(`SELECT mci_id, currency, sum(price_per_hour) AS sum FROM infra.vm WHERE mci_id = ANY($1::uuid[]) AND currency IS NOT NULL AND state NOT IN ('planned', 'terminated', 'failed') GROUP BY 1, 2 ORDER BY 2`, [ids]),
      this.rows.manager.query<{ mci_id: string; operation_id: string }[]>('SELECT mci_id, operation_id FROM infra.mci_action WHERE mci_id = ANY($1::uuid[]) ORDER BY created_at', [ids]),
    ]);
    return mcis.map((mci) => mciView(
      mci, counts.get(mci.id) ?? {},
      prices.filter((row) => row.mci_id === mci.id).map((row) => ({ currency: row.currency, perHour: Math.round(row.sum * 10_000) / 10_000 })),
      actions.filter((row) => row.mci_id === mci.id).map((row) => row.operation_id),
    ));
  }
}
