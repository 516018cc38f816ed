import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf, packed } from '../../connector/fixtures/packed.js';
import type { Journey } from '../harness.js';

/** A driver dropped into the folder appears, breaks and goes without a reload; a bundle is refused, taken, upgraded, rolled back and deleted; keys and repositories come and go. */
export const drivers: Journey = {
  name: 'drivers',
  run: async ({ page, drivers: folder, say, see, check, logIn, unique, expectRefusal }) => {
    const w = (key: string, values?: Record<string, string>): string => say('drivers', key, values);
    expectRefusal('422 /v1/drivers');
    expectRefusal('400 /v1/driver');
    // The grade of a driver may be asked for in the moment in which it goes.
    for (const stem of ['dropped', 'packed']) expectRefusal(`404 /v1/drivers/${unique(stem)}/grade`);
    await logIn();
    await page.goto('/drivers');
    await page.getByRole('link', { name: 'simulator' }).or(page.getByText('simulator', { exact: true })).first().waitFor();
    await see('drivers');

    const dropped = unique('dropped');
    const drop = (version: string, top?: string): void => {
      const made = join(dirname(folder), `made-${dropped}-${version}`);
      mkdirSync(made);
      for (const { path, content } of filesOf({ name: dropped, version, ...(top !== undefined && { top }) })) writeFileSync(join(made, path), content);
      rmSync(join(folder, dropped), { recursive: true, force: true });
      renameSync(made, join(folder, dropped));
    };
    const row = page.locator('tr').filter({ hasText: dropped });
    drop('1.0.0');
    await row.locator('[data-state=ready]').waitFor();
    drop('1.1.0', "throw new Error('not today');");
    await page.getByText('not today').first().waitFor();
    await see('drivers-broken');
    rmSync(join(folder, dropped), { recursive: true });
    await row.first().waitFor({ state: 'detached' });
    check('a driver came, broke and went without a reload', true);

    const name = unique('packed');
    const upload = async (version: string, unsigned: boolean): Promise<void> => {
      await page.getByRole('button', { name: w('upload'), exact: true }).click();
      const dialog = page.getByRole('dialog');
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), dialog.getByLabel(w('upload.file')).click()]);
      await chooser.setFiles({ name: `${name}-${version}.mcmp`, mimeType: 'application/octet-stream', buffer: await packed({ name, version }) });
      if (unsigned) await dialog.getByLabel(w('upload.unsigned')).check();
      await dialog.getByRole('button', { name: w('upload.send'), exact: true }).click();
    };
    await upload('1.0.0', false);
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await see('driver-unsigned');
    await page.keyboard.press('Escape');
    await upload('1.0.0', true);
    await page.locator('[data-version="1.0.0"]').waitFor();
    await page.goto('/drivers');
    await upload('2.0.0', true);
    await page.locator('[data-version="2.0.0"]').waitFor();
    await see('driver');
    const confirm = async (verb: string, typed?: string): Promise<void> => {
      const dialog = page.getByRole('dialog');
      if (typed !== undefined) await dialog.getByRole('textbox').fill(typed);
      await dialog.getByRole('button', { name: verb, exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    const back = w('act.rollback', { version: '1.0.0' });
    await page.getByRole('button', { name: back }).click();
    await confirm(back);
    await page.locator('[data-version="1.0.0"]').getByText(w('v.state.active')).waitFor();
    await page.locator('[data-version="2.0.0"]').getByRole('button', { name: w('act.activate') }).click();
    await confirm(w('act.activate'));
    await page.locator('[data-version="2.0.0"]').getByText(w('v.state.active')).waitFor();
    await page.getByRole('button', { name: w('act.pin'), exact: true }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('^2');
    await page.getByRole('dialog').getByRole('button', { name: w('act.pin'), exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('^2', { exact: true }).waitFor();
    await page.locator('[data-version="1.0.0"]').getByRole('button', { name: say('portal', 'action.delete') }).click();
    await confirm(say('portal', 'action.delete'), '1.0.0');
    await page.locator('[data-version="1.0.0"]').waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: w('tab.audit') }).click();
    await page.getByText(w('deed.rolled-back'), { exact: true }).waitFor();
    await see('driver-audit');
    await page.getByRole('tab', { name: w('tab.grade') }).click();
    await page.locator('[data-proof=unproven]').first().waitFor();
    await see('driver-grade');
    await page.getByRole('button', { name: say('portal', 'action.more'), exact: true }).click();
    await page.getByRole('menuitem', { name: say('portal', 'action.delete') }).click();
    await confirm(say('portal', 'action.delete'), name);
    await page.getByRole('heading', { level: 1, name: w('title'), exact: true }).waitFor();
    await page.locator('tr').filter({ hasText: name }).waitFor({ state: 'detached' });

    for (const tab of ['matrix', 'repositories', 'keys']) {
      await page.getByRole('tab', { name: w(`tab.${tab}`) }).click();
      await page.locator(tab === 'matrix' ? '[data-proof]' : 'main h2').first().waitFor();
      await see(`drivers-${tab}`);
    }
    await page.getByRole('button', { name: w('key.add') }).click();
    await page.getByRole('dialog').getByLabel(w('key.title')).fill('Nobody');
    await page.getByRole('dialog').getByLabel(w('key.pem')).fill('no key');
    await page.getByRole('dialog').getByRole('button', { name: w('key.add') }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await see('driver-key-refused');
  },
};
