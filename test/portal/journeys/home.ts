import type { Journey } from '../harness.js';

/** The world: figures, map by mouse and keyboard, filters, palette, languages, an address without a page. */
export const home: Journey = {
  name: 'home',
  run: async ({ page, say, see, check, logIn, language, expectRefusal }) => {
    await logIn();
    const title = page.getByRole('heading', { level: 1, name: say('home', 'title') });
    await title.waitFor();
    await page.locator('[data-live=live]').waitFor();
    const figure = (name: string) => page.locator(`[data-figure="${say('home', name)}"]`);
    await figure('running').getByText('20', { exact: true }).waitFor();
    check('the regions of all clouds stand on the map', (await page.locator('[data-place]').count()) > 20);
    await see('home');
    const seoul = page.getByRole('button', { name: /asia-northeast3|Seoul|서울/ }).first();
    await seoul.focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-region]').first().waitFor();
    check('a place opens beside the map by the keyboard', (await page.getByRole('link', { name: /^shop/ }).count()) > 0);
    await see('home-place');
    await page.getByRole('button', { name: say('portal', 'action.close') }).click();
    await page.getByLabel(say('home', 'filter.label')).fill('team=nobody');
    await figure('running').getByText('0', { exact: true }).waitFor();
    await page.getByLabel(say('home', 'filter.label')).fill('team=shop');
    await figure('running').getByText('20', { exact: true }).waitFor();
    await page.getByLabel(say('home', 'filter.label')).fill('team');
    await page.getByText(say('home', 'filter.labelRule')).waitFor();
    await page.getByLabel(say('home', 'filter.label')).fill('');

    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(say('portal', 'palette.hint')).fill('shop');
    await page.getByRole('dialog').getByText('shop').first().waitFor();
    await see('palette');
    await page.getByPlaceholder(say('portal', 'palette.hint')).fill('shop gcp-2');
    await page.getByRole('dialog').getByText('gcp-2', { exact: true }).click();
    await page.waitForURL(/\/mcis\/shop\?vm=gcp-2$/);
    await page.goto('/');
    await page.locator('[data-live=live]').waitFor();

    // A page that nobody sees lets go of its stream, and is live again when it is looked at.
    const look = (state: 'hidden' | 'visible') => page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`);
    await look('hidden');
    await page.locator('[data-live=stale]').waitFor();
    await look('visible');
    await page.locator('[data-live=live]').waitFor();

    const other = language === 'en' ? ['한국어', 'ko'] as const : ['English', 'en'] as const;
    await page.getByRole('button', { name: say('portal', 'language') }).click();
    await page.getByRole('menuitem', { name: other[0] }).click();
    await page.locator(`html[lang=${other[1]}]`).waitFor({ state: 'attached' });
    await page.reload();
    check('a chosen language is kept', (await page.locator('html').getAttribute('lang')) === other[1]);
    await page.getByRole('button', { name: /Language|언어/ }).click();
    await page.getByRole('menuitem', { name: language === 'en' ? 'English' : '한국어' }).click();
    await title.waitFor();

    expectRefusal('404 /none/such');
    check('a first part that no page has is not found', (await page.goto('/none/such'))?.status() === 404);
    await page.getByRole('heading', { level: 1, name: say('portal', 'error.notFound') }).waitFor();
    await see('missing');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto('/');
    await title.waitFor();
    await figure('running').getByText('20', { exact: true }).waitFor();
    await see('home-phone');
  },
};
