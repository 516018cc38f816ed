import type { Journey } from '../harness.js';

/** Every page of the menu, with what stands there: each is held to the rules of all pages, and its picture taken. */
export const pages: Journey = {
  name: 'pages',
  run: async ({ page, stage, see, check, logIn }) => {
    await logIn();
    const [operation] = (await stage.api.get<{ items: { id: string }[] }>('/v1/operations?pageSize=1&kind=mci.create')).items;
    const shown: [name: string, path: string][] = [
      ['mcis', '/mcis'], ['mci-overview', '/mcis/shop'], ['mci-vms', '/mcis/shop/vms'], ['operations', '/operations'], ['operation', `/operations/${operation?.id ?? ''}`],
      ['connections', '/connections'], ['connection', '/connections/gcp-demo'], ['connection-new', '/connections/new'], ['drivers', '/drivers'], ['driver', '/drivers/simulator'], ['catalogue', '/catalogue'], ['platform', '/platform'],
    ];
    for (const [name, path] of shown) {
      await page.goto(path);
      await page.locator('h1').waitFor();
      await page.waitForTimeout(600);
      while ((await page.locator('main .mantine-Loader-root:visible, main .mantine-Skeleton-root:visible').count()) > 0) await page.waitForTimeout(100);
      check(`${path} loads whole`, (await page.getByRole('alert').count()) === 0);
      await see(name);
    }
  },
};
