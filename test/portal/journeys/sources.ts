import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generateKeys, packBundle } from '@mcmp/driver-sdk/bundle';
import { filesOf } from '../../connector/fixtures/packed.js';
import { shelf } from '../../connector/fixtures/shelf.js';
import type { Journey } from '../harness.js';

const MIB = 1024 * 1024;
const LARGE = 3 * MIB;

/** Where drivers come from: an author's key is trusted, a large bundle of it sent in sight, though the session ends meanwhile; a newer one found in a repository and installed; rolled back, taken from service, activated; the key and the repository go again. */
export const sources: Journey = {
  name: 'sources',
  run: async ({ page, stage, say, see, check, logIn, unique, expectRefusal }) => {
    const w = (key: string, values?: Record<string, string>): string => say('drivers', key, values);
    expectRefusal('424 /v1/driver-repositories');
    expectRefusal('401 /v1/');
    const name = unique('sourced');
    const author = unique('author');
    const keys = generateKeys();
    const description = `<script>alert(1)</script> ${'unbroken'.repeat(40)}`;
    const bundle = (version: string, ballast = 0) => packBundle([...filesOf({ name, version, manifest: { title: { en: 'Sourced cloud', ko: '가져온 클라우드' }, description: { en: description, ko: description }, keywords: [name] } }), ...(ballast > 0 ? [{ path: 'ballast.bin', content: randomBytes(ballast) }] : [])], { privateKey: keys.privateKey });
    const dialog = page.getByRole('dialog');
    const confirm = async (verb: string): Promise<void> => {
      await dialog.getByRole('button', { name: verb, exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await logIn();

    await page.goto('/drivers?tab=keys');
    await page.getByRole('button', { name: w('key.add') }).click();
    await dialog.getByLabel(w('key.title')).fill(author);
    await dialog.getByLabel(w('key.pem')).fill(keys.publicKey);
    await confirm(w('key.add'));
    const key = page.locator('tr').filter({ hasText: author });
    await key.waitFor();

    await page.getByRole('button', { name: w('upload'), exact: true }).click();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), dialog.getByLabel(w('upload.file')).click()]);
    await chooser.setFiles({ name: `${name}-1.0.0.mcmp`, mimeType: 'application/octet-stream', buffer: await bundle('1.0.0', LARGE) });
    const wire = await page.context().newCDPSession(page);
    await wire.send('Network.enable');
    await wire.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 2 * MIB });
    await page.context().clearCookies();
    await dialog.getByRole('button', { name: w('upload.send'), exact: true }).click();
    const over = page.getByRole('dialog', { name: say('portal', 'session.expired') });
    await over.locator('input[type=password]').press('Escape');
    await over.locator('input[type=password]').fill(stage.password);
    await over.getByRole('button', { name: say('portal', 'login.submit') }).click();
    await over.waitFor({ state: 'detached' });
    const sent = Number(await page.locator('[data-sent]:not([data-sent="0"])').getAttribute('data-sent'));
    check('how much of a large bundle is sent is told while it is', sent > 0 && sent < LARGE && (await dialog.getByText('MiB', { exact: false }).count()) > 0);
    await page.screenshot({ path: `dist/portal-pictures/driver-sending.${author}.png` });
    const first = page.locator('[data-version="1.0.0"]');
    await first.getByText(w('v.state.active')).waitFor({ timeout: 60_000 });
    await wire.detach();
    check('it stands on the trusted key', (await first.getByText(w('v.trusted', { key: '' }).trim()).count()) === 1);

    const folder = mkdtempSync(join(tmpdir(), 'mcmp-portal-sources-'));
    const place = await shelf();
    try {
      mkdirSync(join(folder, 'bundles'));
      for (const version of ['2.0.0', '3.0.0']) writeFileSync(join(folder, 'bundles', `${version}.mcmp`), await bundle(version));
      execFileSync(process.execPath, [resolve('src/driver-sdk/bin/mcmp-driver.js'), 'repository', join(folder, 'bundles'), '--out', join(folder, 'site')]);
      for (const path of readdirSync(join(folder, 'site'), { recursive: true, encoding: 'utf8' })) if (statSync(join(folder, 'site', path)).isFile()) place.pages.set(`/${path}`, readFileSync(join(folder, 'site', path)));
      await page.goto('/drivers?tab=repositories');
      await page.getByRole('button', { name: w('repo.add') }).first().click();
      await dialog.getByLabel(w('repo.name')).fill(author);
      await dialog.getByLabel(w('repo.url')).fill(`${place.url}/nowhere`);
      await dialog.getByRole('button', { name: w('act.add'), exact: true }).click();
      await dialog.getByRole('alert').filter({ hasText: w('repo.failed') }).getByText('404').waitFor();
      await see('driver-repository-refused');
      await dialog.getByLabel(w('repo.url')).fill(place.url);
      await confirm(w('act.add'));
      const row = page.locator('tr').filter({ hasText: author });
      await row.locator('[data-state=ready]').waitFor();
      await page.getByLabel(w('search.label')).fill('no-such-driver-anywhere');
      await page.getByText(w('search.none')).waitFor();
      await page.getByLabel(w('search.label')).fill(`${name}@^2`);
      await page.getByText('3.0.0, 2.0.0').waitFor();
      await see('driver-search');
      await page.getByRole('button', { name: `${w('act.install')} ^2` }).click();
      await page.locator('[data-version="2.0.0"]').getByText(w('v.state.active')).waitFor();
      await page.getByText('3.0.0', { exact: true }).waitFor();

      const back = w('act.rollback', { version: '1.0.0' });
      await page.getByRole('button', { name: back }).click();
      await confirm(back);
      await first.getByText(w('v.state.active')).waitFor();
      await page.getByRole('button', { name: say('portal', 'action.more'), exact: true }).click();
      await page.getByRole('menuitem', { name: w('act.deactivate') }).click();
      await confirm(w('act.deactivate'));
      await page.locator('main [data-state=inactive]').waitFor();
      check('no version serves', (await page.getByText(w('v.state.active'), { exact: true }).count()) === 0);
      await see('driver-inactive');
      await page.locator('[data-version="2.0.0"]').getByRole('button', { name: w('act.activate') }).click();
      await confirm(w('act.activate'));
      await page.locator('main [data-state=ready]').waitFor();
      await page.locator('[data-version="2.0.0"]').getByText(w('v.state.active')).waitFor();

      await page.goto('/drivers?tab=keys');
      await key.getByText('2.0.0').waitFor();
      await key.getByRole('button').click();
      check('versions that stand on the key are not overlooked', await dialog.getByRole('button', { name: say('portal', 'action.delete'), exact: true }).isDisabled());
      await see('driver-key-in-use');
      await dialog.getByRole('checkbox').check();
      await confirm(say('portal', 'action.delete'));
      await key.waitFor({ state: 'detached' });
      await page.goto(`/drivers/${name}`);
      await first.getByText(w('v.untrusted', { key: '|' }).split('|').map((part) => part.trim()).sort((one, other) => other.length - one.length)[0] as string).waitFor();
      await page.goto('/drivers?tab=repositories');
      await row.getByRole('button').click();
      await confirm(say('portal', 'action.delete'));
      await row.waitFor({ state: 'detached' });
    } finally {
      await place.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
