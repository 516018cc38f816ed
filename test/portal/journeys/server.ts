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
    /** An MCI is sent whose answer is lost, and then the server with it: it is sent again by itself, and there is one. */
    const unheard = async (): Promise<void> => {
      const t = (key: string, values?: Record<string, string | number>): string => say('make', key, values);
      const lost = unique('unheard');
      await page.goto('/mcis/new?place=gcp-demo/asia-northeast3');
      await page.getByLabel(t('name')).fill(lost);
      for (const step of ['where', 'access']) await page.getByRole('button', { name: t('next', { step: t(`step.${step}`) }), exact: true }).click();
      await page.getByRole('button', { name: t('toPlan') }).click();
      await page.locator('[data-plan=current]').waitFor();
      let sent = 0;
      await page.route('**/v1/projects/default/mcis', async (route) => {
        if (route.request().method() !== 'POST' || (sent += 1) > 1) return route.continue();
        await route.fetch();
        await route.abort('connectionreset');
      });
      await page.getByRole('button', { name: t('create', { name: lost }) }).click();
      await page.locator('[data-sent=waiting]').waitFor();
      const again = await stage.kill();
      await see('make-unheard');
      await page.reload().catch(() => undefined);
      await again();
      await page.goto('/mcis/new');
      await page.locator('[data-sent=idle]').getByRole('button', { name: t('sent.ask') }).click();
      await page.getByText(t('progress.runs', { name: lost })).first().waitFor({ timeout: 60_000 });
      const { items } = await stage.api.get<{ items: unknown[] }>(`/v1/projects/default/mcis?name=${lost}`);
      check('what was sent twice was made once', items.length === 1);
      await stage.api.call('DELETE', `/v1/projects/default/mcis/${lost}`);
    };
    const back = await stage.kill();
    await page.locator('[data-live=stale]').waitFor();
    await see('stale');
    await page.getByRole('navigation', { name: say('portal', 'menu') }).getByRole('link', { name: say('portal', 'menu.catalogue') }).click();
    await page.getByRole('heading', { level: 1, name: say('portal', 'error.pageAway') }).waitFor();
    await see('page-away');
    await back();
    await page.getByRole('heading', { level: 1, name: say('catalogue', 'title') }).waitFor();
    await page.getByRole('navigation', { name: say('portal', 'menu') }).getByRole('link', { name: say('portal', 'menu.home') }).click();
    await page.locator('[data-live=live]').waitFor({ timeout: 60_000 });
    await shows(before + 5);
    check('the session outlives the server', !page.url().includes('/login'));
    await stage.api.call('DELETE', `/v1/projects/default/mcis/${name}`);
    await shows(before);
    await unheard();
  },
};
