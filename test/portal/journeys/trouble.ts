import { watchOperation } from '../../../src/cli/client.js';
import type { Journey } from '../harness.js';

/** What goes wrong without anybody's fault: an MCI that is taken back as a whole is tried again with what was filled in; a VM that was chosen goes before one acts on it. */
export const trouble: Journey = {
  name: 'trouble',
  run: async ({ page, stage, say, see, check, logIn, unique, expectRefusal }) => {
    const t = (key: string, values?: Record<string, string | number>): string => say('make', key, values);
    const base = '/v1/projects/default/mcis';
    const name = unique('trouble');
    expectRefusal(`404 ${base}/${name}/vms`);
    const faults = (method: string, body?: unknown): Promise<unknown> => fetch(`${stage.control}/control/faults`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    await logIn();
    await page.goto('/mcis/new?place=gcp-demo/asia-northeast3');
    await page.getByLabel(t('name')).fill(name);
    for (const step of ['where', 'access']) await page.getByRole('button', { name: t('next', { step: t(`step.${step}`) }), exact: true }).click();
    await page.getByRole('radio', { name: t('policy.rollback') }).click();
    await page.getByRole('button', { name: t('toPlan') }).click();
    await page.locator('[data-plan=current]').waitFor();
    await faults('POST', [{ method: 'vm.create', effect: { type: 'error', code: 'QUOTA_EXCEEDED' } }]);
    await page.getByRole('button', { name: t('create', { name }) }).click();
    await page.getByRole('alert').getByText(t('progress.gone'), { exact: true }).waitFor({ timeout: 60_000 });
    await faults('DELETE');
    await page.getByRole('link', { name: t('progress.mci') }).first().waitFor({ state: 'detached' });
    await see('make-taken-back');
    await page.getByRole('button', { name: t('progress.again') }).click();
    await page.getByLabel(t('name')).waitFor();
    check('what was filled in is there again', (await page.getByLabel(t('name')).inputValue()) === name);

    const [vm] = (await stage.api.get<{ items: { connectionId: string; region: string; specId: string; imageId: string }[] }>(`${base}/shop/vms?cloud=gcp&pageSize=1`)).items;
    if (!vm) throw new Error('the MCI that every journey finds has no VM in gcp');
    const shrinks = unique('shrinks');
    const { id } = await stage.api.post<{ id: string }>(base, { name: shrinks, groups: [{ name: 'web', size: 2, connection: vm.connectionId, region: vm.region, spec: vm.specId, image: vm.imageId }] });
    await watchOperation(stage.api, id, () => undefined);
    await page.goto(`/mcis/${shrinks}/vms`);
    const row = page.getByRole('row').filter({ has: page.getByText('web-2', { exact: true }) });
    await row.locator('[data-state=running]').waitFor({ timeout: 60_000 });
    await row.getByRole('checkbox').check();
    await page.getByRole('button', { name: say('mcis', 'act.suspend') }).click();
    await page.getByRole('dialog').getByText(say('mcis', 'will.suspend', { count: 1 })).waitFor();
    await stage.api.post(`${base}/${shrinks}/groups/web/scale`, { size: 1 });
    await page.getByRole('dialog').getByText(say('mcis', 'gone.chosen', { count: 1 })).waitFor({ timeout: 60_000 });
    check('nothing is left to be done', await page.getByRole('dialog').getByRole('button', { name: say('mcis', 'act.suspend') }).isDisabled());
    await see('mci-vm-gone');
    await stage.api.call('DELETE', `${base}/${shrinks}`);
  },
};
