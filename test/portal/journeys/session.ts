import type { Journey } from '../harness.js';

/** Logging in, with a wrong and the right password; being led back; logging out. */
export const session: Journey = {
  name: 'session',
  run: async ({ page, say, see, check, stage, expectRefusal }) => {
    expectRefusal('401 /v1/auth/session');
    await page.goto('/mcis');
    await page.getByRole('heading', { name: say('portal', 'login.title') }).waitFor();
    check('without a session the log-in page comes first, and knows the way back', page.url().endsWith('/login?next=%2Fmcis'));
    await see('login');
    await page.getByLabel(say('portal', 'login.username')).fill('admin');
    const password = page.locator('input[type=password]');
    await password.fill('not the password');
    await password.press('Enter');
    await page.getByRole('alert').waitFor();
    check('a wrong password leaves one on the page, with what was typed', (await page.getByLabel(say('portal', 'login.username')).inputValue()) === 'admin');
    await see('login-refused');
    await password.fill(stage.password);
    await password.press('Enter');
    await page.waitForURL('**/mcis');
    await page.reload();
    await page.getByRole('navigation', { name: say('portal', 'menu') }).waitFor();
    check('the session outlives a reload', new URL(page.url()).pathname === '/mcis');
    check('nothing that a script can read holds the session', (await page.evaluate<string>('document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)')).match(/eyJ|session=/i) === null);
    await page.getByRole('button', { name: say('portal', 'account') }).click();
    await page.getByRole('menuitem', { name: say('portal', 'session.logout') }).click();
    await page.getByRole('heading', { name: say('portal', 'login.title') }).waitFor();
    await page.goto('/mcis');
    await page.getByRole('heading', { name: say('portal', 'login.title') }).waitFor();
    check('after logging out nothing is shown', page.url().includes('/login'));
  },
};
