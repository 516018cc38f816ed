import type { Journey } from '../harness.js';

/** A life of an MCI in the portal: its list and pages, a command, a terminal, suspend and resume, scale, the key, delete. */
export const run: Journey = {
  name: 'run',
  run: async ({ page, stage, say, see, check, logIn, unique, expectRefusal }) => {
    const word = (key: string, values?: Record<string, string | number>): string => say('mcis', key, values);
    const name = unique('life');
    const base = '/v1/projects/default/mcis';
    const { groups } = await stage.api.get<{ groups: { cloud: string; connectionId: string; region: string; specId: string; imageId: string }[] }>(`${base}/shop`);
    await stage.api.post(base, { name, labels: { team: 'life' }, groups: groups.filter(({ cloud }) => ['aws', 'gcp'].includes(cloud)).map(({ cloud, connectionId, region, specId, imageId }) => ({ name: cloud, size: 2, connection: connectionId, region, spec: specId, image: imageId })) });

    await logIn();
    await page.goto('/mcis');
    await page.getByRole('heading', { level: 1, name: word('title') }).waitFor();
    await page.getByRole('link', { name, exact: true }).waitFor();
    await see('mcis');
    await page.getByLabel(word('filter.label')).fill('team=life');
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    const count = (state: string) => page.locator(`[data-count=${state}]`).first();
    await count('running').getByText(/^4 /).waitFor();
    await see('mci');

    await page.getByRole('tab', { name: word('tab.vms') }).click();
    const row = (vm: string) => page.getByRole('row').filter({ has: page.getByText(vm, { exact: true }) });
    await row('aws-1').locator('[data-state=running]').waitFor();
    await see('mci-vms');
    await row('gcp-1').getByRole('checkbox').check();
    await row('gcp-2').getByRole('checkbox').check();
    await page.getByRole('button', { name: word('act.suspend') }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(word('will.suspend', { count: 2 })).waitFor();
    await see('mci-suspend');
    await dialog.getByRole('button', { name: word('act.suspend') }).click();
    await row('gcp-1').locator('[data-state=suspended]').waitFor();
    check('the VMs that were not chosen run on', (await row('aws-1').locator('[data-state=running]').count()) === 1);

    await page.getByRole('tab', { name: word('tab.commands') }).click();
    await page.getByRole('textbox', { name: say('commands', 'command'), exact: true }).fill('echo hello');
    await page.getByRole('button', { name: say('commands', 'run'), exact: true }).click();
    await page.locator('[data-answer="0"]').getByText(say('commands', 'same', { count: 2 })).waitFor();
    await page.getByRole('textbox', { name: say('commands', 'command'), exact: true }).fill('cat /nothing');
    await page.getByRole('button', { name: say('commands', 'run'), exact: true }).click();
    await page.locator('[data-answer="1"]').getByText('/nothing').first().waitFor();
    await see('mci-commands');

    await page.goto(`/mcis/${name}/vms/aws-1/terminal`);
    await page.locator('[data-terminal=ready]').waitFor();
    await page.locator('.xterm-screen').click();
    await page.keyboard.type('echo typed-$(whoami)\n');
    await page.locator('.xterm-accessibility-tree').getByText(/^typed-\w+/).waitFor();
    await see('terminal');
    await page.keyboard.type('exit\n');
    await page.locator('[data-terminal=closed]').getByText(say('commands', 'closed', { reason: say('commands', 'why.1000') })).waitFor();

    await page.goto(`/mcis/${name}`);
    await page.locator('[aria-haspopup=menu]').filter({ hasText: word('actions') }).click();
    await page.getByRole('menuitem', { name: word('act.resume') }).click();
    await dialog.getByText(word('will.resume', { count: 2 })).waitFor();
    await dialog.getByRole('button', { name: word('act.resume') }).click();
    await count('running').getByText(/^4 /).waitFor();
    await page.getByRole('button', { name: word('actions.of', { name: 'aws' }) }).click();
    await page.getByRole('menuitem', { name: 'aws…' }).click();
    await page.getByLabel(word('scale.size')).fill('3');
    await dialog.getByText(word('scale.added', { count: 1 })).waitFor();
    await see('mci-scale');
    await dialog.getByRole('button', { name: word('scale'), exact: true }).click();
    await count('running').getByText(/^5 /).waitFor();

    await page.getByRole('button', { name: word('key') }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: word('key.take') }).click()]);
    check('the key is a file of the MCI’s name', download.suggestedFilename() === `mcmp-${name}.pem`);
    await see('mci-key');
    await dialog.getByRole('button', { name: say('portal', 'action.close'), exact: true }).last().click();
    check('the key is not offered twice', (await page.getByRole('button', { name: word('key') }).count()) === 0);

    for (const tab of ['operations', 'code']) {
      await page.getByRole('tab', { name: word(`tab.${tab}`) }).click();
      await page.getByRole('tabpanel').first().waitFor();
      await see(`mci-${tab}`);
    }
    expectRefusal(`404 ${base}/${name}`);
    await page.getByRole('button', { name: word('delete'), exact: true }).click();
    const go = dialog.getByRole('button', { name: word('delete'), exact: true });
    check('deleting waits for the name', await go.isDisabled());
    await dialog.getByRole('textbox').fill(name);
    await see('mci-delete');
    await go.click();
    await page.getByRole('heading', { name: word('gone') }).waitFor();
    await see('mci-gone');
  },
};
