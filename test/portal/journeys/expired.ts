import type { Journey } from '../harness.js';

/** The session ends in the middle of the wizard, and once more as the MCI is sent: one logs in on the spot, what was typed is there, and what was asked goes on by itself; one MCI is made. A log-in in another tab disturbs nothing. */
export const expired: Journey = {
  name: 'expired',
  run: async ({ page, stage, say, see, check, logIn, unique, expectRefusal }) => {
    const t = (key: string, values?: Record<string, string | number>): string => say('make', key, values);
    expectRefusal('401 /v1/');
    expectRefusal('403 /v1/projects/default/mcis/plan');
    const name = unique('expired');
    const dialog = page.getByRole('dialog', { name: say('portal', 'session.expired') });
    const again = async (): Promise<void> => {
      await dialog.locator('input[type=password]').fill(stage.password);
      await dialog.getByRole('button', { name: say('portal', 'login.submit') }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await logIn();
    await page.goto('/mcis/new?place=gcp-demo/asia-northeast3');
    await page.getByLabel(t('name')).fill(name);
    const onwards = (step: string) => page.getByRole('button', { name: step === 'plan' ? t('toPlan') : t('next', { step: t(`step.${step}`) }), exact: true }).click();
    await onwards('where');
    await page.getByLabel(t('where.share', { place: 'gcp-demo asia-northeast3' })).waitFor();
    await onwards('access');
    await page.context().clearCookies();
    await onwards('plan');
    await dialog.waitFor();
    await see('session-expired');
    await dialog.locator('input[type=password]').fill('not the password');
    await dialog.getByRole('button', { name: say('portal', 'login.submit') }).click();
    await dialog.getByRole('alert').waitFor();
    await again();
    await page.locator('[data-plan=current]').waitFor();
    check('the plan that was asked for came after the log-in', (await page.getByText(say('portal', 'error.title')).count()) === 0);

    // Another tab of this browser begins another session of the same person.
    await page.evaluate(`fetch('/v1/auth/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(${JSON.stringify({ username: 'admin', password: stage.password })}) }).then((answer) => answer.status)`);
    await page.getByRole('button', { name: say('portal', 'action.back') }).click();
    await page.getByRole('checkbox', { name: t('access.http') }).check();
    await onwards('plan');
    await page.locator('[data-plan=current]').waitFor();

    await page.context().clearCookies();
    await page.getByRole('button', { name: t('create', { name }) }).click();
    await again();
    await page.getByText(t('progress.runs', { name })).first().waitFor({ timeout: 60_000 });
    const { items } = await stage.api.get<{ items: unknown[] }>(`/v1/projects/default/mcis?name=${name}`);
    check('one MCI was made', items.length === 1);
    await stage.api.call('DELETE', `/v1/projects/default/mcis/${name}`);
  },
};
