import type { Journey } from '../harness.js';

/** An MCI from needs to running VMs: a name that is refused, places, access, the plan, a reload in the middle, progress; then seen on its page, and deleted by its name. */
export const make: Journey = {
  name: 'make',
  run: async ({ page, say, see, check, logIn, unique }) => {
    const t = (key: string, values?: Record<string, string | number>): string => say('make', key, values);
    const name = unique('wizard');
    await logIn();
    await page.goto('/mcis/new?place=gcp-demo/asia-northeast3&place=ncp-demo/KR');
    await page.getByRole('heading', { level: 1, name: t('title') }).waitFor();
    const named = page.getByLabel(t('name'));
    await named.fill('Not A Name');
    await page.getByText(t('name.rule')).first().waitFor();
    await see('make-needs-refused');
    await named.fill(name);
    await page.getByLabel(t('need.count')).fill('4');
    await see('make-needs');
    const onwards = page.getByRole('button', { name: new RegExp(`^(${escaped(t('next', { step: '' }).trim())}|${escaped(t('toPlan'))})`) });
    await onwards.click();
    await page.getByLabel(t('where.share', { place: 'gcp-demo asia-northeast3' })).waitFor();
    await see('make-where');
    await page.reload();
    await page.getByLabel(t('where.share', { place: 'gcp-demo asia-northeast3' })).waitFor();
    check('what was filled in outlives a reload', (await page.getByLabel(t('where.share', { place: 'gcp-demo asia-northeast3' })).inputValue()) === '2');
    await page.goto('/mcis/new?from=shop');
    await page.locator('[data-aside]').getByRole('button', { name: t('aside.back') }).waitFor();
    check('another MCI takes the place of the draft', (await named.inputValue()).startsWith('shop-'));
    await see('make-aside');
    await page.locator('[data-aside]').getByRole('button', { name: t('aside.back') }).click();
    await page.getByLabel(t('where.share', { place: 'gcp-demo asia-northeast3' })).waitFor();
    await onwards.click();
    await page.getByRole('heading', { name: t('access.title') }).waitFor();
    await see('make-access');
    await onwards.click();
    await page.locator('[data-plan=current]').waitFor();
    await see('make-plan');
    await page.getByRole('button', { name: t('create', { name }) }).click();
    await page.getByText(t('progress.runs', { name })).first().waitFor({ timeout: 60_000 });
    await see('make-done');
    await page.goto(`/mcis/${name}`);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.locator('[data-state=running]').first().waitFor();
    await see('mci');
  },
};

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
