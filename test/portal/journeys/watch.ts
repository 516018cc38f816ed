import type { Journey } from '../harness.js';

/** Looks at what goes on: an operation from its beginning over the server's death to its end, how the platform is, and the catalogue from a search to a comparison. */
export const watch: Journey = {
  name: 'watch',
  run: async ({ page, stage, say, see, check, logIn, unique, expectRefusal }) => {
    expectRefusal('away');
    await logIn();
    const name = unique('watched');
    const [example] = (await stage.api.get<{ items: { connectionId: string; region: string; specId: string; imageId: string }[] }>('/v1/projects/default/mcis/shop/vms?pageSize=1')).items;
    if (!example) throw new Error('the MCI that every journey finds has no VM');
    const { connectionId: connection, region, specId: spec, imageId: image } = example;

    await page.goto('/operations?kind=mci.create');
    await page.locator('tbody tr').first().waitFor();
    // Slow enough that the server is lost in the middle.
    const faults = (method: string, body?: unknown): Promise<unknown> => fetch(`${stage.control}/control/faults`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    await faults('POST', [{ method: 'vm.create', effect: { type: 'latency', ms: 6000 } }]);
    const { id } = await stage.api.post<{ id: string }>('/v1/projects/default/mcis', { name, groups: [{ name: 'web', size: 4, connection, region, spec, image }] });
    // News comes into the list by itself.
    const row = page.locator('tbody tr', { hasText: name });
    await row.waitFor();
    await row.getByRole('link', { name: say('kinds', 'mci.create') }).click();
    await page.waitForURL(`**/operations/${id}`);
    const timeline = page.getByRole('list', { name: say('operations', 'timeline') });
    await timeline.getByText(say('operations', 'at.began')).waitFor();
    const back = await stage.kill();
    await faults('DELETE');
    await page.locator('[data-stale]').waitFor();
    await see('operation-stale');
    await back();
    await page.locator('[data-stale]').waitFor({ state: 'detached', timeout: 60_000 });
    await page.locator('[data-state=succeeded]').first().waitFor({ timeout: 60_000 });
    // The work may be done before the browser hears that the server is back.
    await timeline.locator('[data-tone=good]').filter({ hasText: say('operations', 'at.succeeded') }).waitFor();
    await page.locator('[data-part]').nth(3).waitFor();
    await page.locator('[data-level]').first().waitFor();
    await see('operation-ended');
    await stage.api.call('DELETE', `/v1/projects/default/mcis/${name}`);

    await page.goto('/platform');
    await page.locator('[data-health]').waitFor();
    check('the driver is well', (await page.locator('[data-part=simulator]').getAttribute('data-state')) === 'ok');

    await page.goto('/catalogue');
    await page.locator('tbody tr').first().waitFor();
    await page.getByLabel(say('catalogue', 'filter.vcpu')).pressSequentially('4');
    await page.getByLabel(say('catalogue', 'words'), { exact: true }).pressSequentially('aws');
    await page.waitForURL(/vcpuMin=4.*q=aws|q=aws.*vcpuMin=4/);
    await page.locator('tbody tr', { hasText: 'aws' }).first().waitFor();
    for (const nth of [0, 1]) await page.locator('tbody input[type=checkbox]').nth(nth).check();
    await page.getByRole('link', { name: say('catalogue', 'compare', { count: 2 }) }).click();
    await page.getByRole('heading', { name: say('catalogue', 'compare.title') }).waitFor();
    await page.locator('th a').first().waitFor();
    await see('catalogue-compare');
    await page.locator('th a').first().click();
    await page.getByRole('heading', { name: say('catalogue', 'history') }).first().waitFor();
    await see('catalogue-spec');
    await page.getByRole('link', { name: say('catalogue', 'use.mci') }).click();
    await page.waitForURL('**/mcis/new**');
  },
};
