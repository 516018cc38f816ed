import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from '../../bench/stage.js';
import type { Journey } from '../harness.js';

/** How many VMs run once nothing is under way any more. */
async function settled({ api }: Stage): Promise<number> {
  for (;;) {
    const { items } = await api.get<{ items: unknown[] }>('/v1/operations?state=running&pageSize=1');
    if (items.length === 0) return (await api.get<{ counts: Record<string, number> }>('/v1/projects/default/summary')).counts.running ?? 0;
    await delay(200);
  }
}

/** The server is killed in the middle of work and comes back: the page says that it is not live, then shows the truth again, without a reload. */
export const server: Journey = {
  name: 'server',
  run: async ({ page, stage, say, see, check, logIn, unique, expectRefusal }) => {
    expectRefusal('away');
    await logIn();
    await page.locator('[data-live=live]').waitFor();
    const running = page.locator(`[data-figure="${say('home', 'running')}"]`);
    // Journeys before this one leave VMs.
    const before = await settled(stage);
    const shows = (count: number) => running.getByText(String(count), { exact: true }).waitFor({ timeout: 60_000 });
    await shows(before);
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
    await shows(before + 5);
    check('the session outlives the server', !page.url().includes('/login'));
    await stage.api.call('DELETE', `/v1/projects/default/mcis/${name}`);
    await shows(before);
  },
};
