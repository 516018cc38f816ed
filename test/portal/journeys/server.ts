import type { Journey } from '../harness.js';

/** The server is killed in the middle of work and comes back: the page says that it is not live, then shows the truth again, without a reload. */
export const server: Journey = {
  name: 'server',
  run: async ({ page, stage, say, see, check, logIn, unique, expectRefusal }) => {
    expectRefusal('away');
    await logIn();
    await page.locator('[data-live=live]').waitFor();
    const running = page.locator(`[data-figure="${say('home', 'running')}"]`);
    await running.getByText('20', { exact: true }).waitFor();
    const name = unique('killed');
    const [example] = (await stage.api.get<{ items: { connectionId: string; region: string; specId: string; imageId: string }[] }>('/v1/projects/default/mcis/shop/vms?pageSize=1')).items;
    if (!example) throw new Error('the MCI that every journey finds has no VM');
    const { connectionId: connection, region, specId: spec, imageId: image } = example;
    await stage.api.post('/v1/projects/default/mcis', { name, groups: [{ name: 'web', size: 5, connection, region, spec, image }] });
    await page.waitForTimeout(400);
    const back = await stage.kill();
    await page.locator('[data-live=stale]').waitFor();
    await see('stale');
    await back();
    await page.locator('[data-live=live]').waitFor({ timeout: 60_000 });
    await running.getByText('25', { exact: true }).waitFor({ timeout: 60_000 });
    check('the session outlives the server', !page.url().includes('/login'));
    await stage.api.call('DELETE', `/v1/projects/default/mcis/${name}`);
    await running.getByText('20', { exact: true }).waitFor({ timeout: 60_000 });
  },
};
