import type { Journey } from '../harness.js';

/** Somebody who may only look: what the role lacks is said at each button and over each form before it is clicked; somebody of no workspace learns what is missing. */
export const viewer: Journey = {
  name: 'viewer',
  run: async ({ page, stage, say, see, check, unique, expectRefusal }) => {
    // Asked before it is known that somebody belongs to no project.
    expectRefusal('404 /v1/projects/default/');
    const password = 'long enough to be one';
    const workspaceIds = (await stage.api.get<{ items: { id: string }[] }>('/v1/workspaces')).items.map(({ id }) => id);
    const [looks, outside] = [unique('looks'), unique('outside')];
    await stage.api.post('/v1/users', { username: looks, password, role: 'viewer', workspaceIds });
    await stage.api.post('/v1/users', { username: outside, password, role: 'viewer' });
    const logIn = async (username: string): Promise<void> => {
      await page.goto('/login');
      await page.getByLabel(say('portal', 'login.username')).fill(username);
      await page.locator('input[type=password]').fill(password);
      await page.getByRole('button', { name: say('portal', 'login.submit') }).click();
      await page.getByRole('navigation', { name: say('portal', 'menu') }).waitFor();
    };
    await logIn(looks);
    const lacks = (permission: string): string => say('portal', 'lacks', { role: 'viewer', permission });
    for (const [path, permission, button] of [
      ['/mcis', 'mci:create', say('mcis', 'create')], ['/mcis/shop', 'mci:update', say('mcis', 'actions')], ['/mcis/shop', 'mci:delete', say('mcis', 'delete')], ['/mcis/shop/commands', 'mci:command', say('commands', 'run')],
      ['/connections', 'connection:create', say('connections', 'new')], ['/connections/gcp-demo', 'connection:verify', say('connections', 'act.verify')], ['/drivers', 'driver:create', say('drivers', 'upload')],
    ] as const) {
      await page.goto(path);
      const control = page.locator(`[data-lacks="${permission}"]`).filter({ hasText: button }).first();
      await control.hover();
      await page.getByRole('tooltip', { name: lacks(permission) }).waitFor();
      check(`${path}: "${button}" cannot be clicked`, (await control.locator('[data-disabled]').count()) > 0);
    }
    for (const [path, permission] of [['/mcis/new', 'mci:create'], ['/connections/new?driver=simulator', 'connection:create'], ['/connections/gcp-demo/edit', 'connection:update']] as const) {
      await page.goto(path);
      await page.getByRole('alert').getByText(lacks(permission)).waitFor();
      await see(`viewer${path.replace(/\W+/g, '-')}`);
    }
    await page.goto('/connections/gcp-demo');
    await page.getByRole('button', { name: say('portal', 'action.more'), exact: true }).click();
    await page.getByText(lacks('connection:delete')).waitFor();
    await page.goto('/mcis/shop/vms');
    await page.getByLabel(say('mcis', 'terminal.of', { name: 'aws-1' })).hover();
    await page.getByRole('tooltip', { name: lacks('vm:terminal') }).waitFor();

    await page.context().clearCookies();
    await logIn(outside);
    await page.getByRole('heading', { name: say('portal', 'project.none') }).waitFor();
    await see('no-project');
  },
};
