import type { Journey } from '../harness.js';

/** Text as long and as strange as the API takes it: nothing of it runs, nothing is wider than the window, what is cut is told in full by a title. */
export const extreme: Journey = {
  name: 'extreme',
  // In the language that breaks between words alone.
  languages: ['ko'],
  run: async ({ page, stage, say, see, check, logIn, unique }) => {
    const base = '/v1/projects/default/mcis';
    const long = (length: number): string => unique('x').padEnd(length, 'w');
    const name = long(40);
    const group = long(30);
    const text = `<script>alert(1)</script><img src=x onerror="alert(2)"> 한글로 쓴 설명 🚀👩‍👩‍👧‍👦 “{{name}}” `;
    const description = text.padEnd(500, 'W');
    const labels = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${String(index).padStart(2, '0')}`.padEnd(31, 'k'), `v${index}`.padEnd(63, 'v')]));
    let ran = 0;
    page.on('dialog', (dialog) => { ran += 1; void dialog.dismiss(); });
    const [vm] = (await stage.api.get<{ items: { connectionId: string; region: string; specId: string; imageId: string }[] }>(`${base}/shop/vms?cloud=gcp&pageSize=1`)).items;
    if (!vm) throw new Error('the MCI that every journey finds has no VM in gcp');
    const { connectionId: connection, region, specId: spec, imageId: image } = vm;
    await stage.api.post(base, { name, description, labels, groups: [{ name: group, size: 2, connection, region, spec, image, labels }] });
    await logIn();
    await page.getByRole('button', { name: /asia-northeast3|Seoul|서울/ }).first().press('Enter');
    await page.getByRole('link', { name: `${name} (2)` }).waitFor();
    await see('extreme-home');
    await page.goto('/mcis');
    const row = page.locator('tr').filter({ hasText: name });
    await row.locator('[data-state=running]').waitFor({ timeout: 60_000 });
    check('a label that is cut is told by its title', (await row.locator(`[title="${Object.entries(labels)[0]?.join('=')}"]`).count()) > 0);
    await see('extreme-mcis');
    const widths = [['mci', `/mcis/${name}`, '[title^="<script>"]'], ['vms', `/mcis/${name}/vms`, `td:has-text("${group}-1")`]] as const;
    for (const [what, path, shown] of widths) {
      await page.goto(path);
      await page.locator(shown).first().waitFor();
      await see(`extreme-${what}`);
    }
    await page.goto(`/operations?target=${name}`);
    await page.getByRole('link', { name, exact: true }).first().waitFor();
    check('a target that is cut is told by its title', (await page.locator(`[title="${name}"]`).count()) > 0);
    await see('extreme-operations');
    await page.getByRole('row').nth(1).getByRole('link').first().click();
    await page.getByRole('heading', { level: 1 }).getByText(name).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(say('portal', 'palette.hint')).fill(name);
    await page.getByRole('dialog').getByText(name, { exact: true }).first().waitFor();
    await see('extreme-palette');
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`/mcis/${name}`);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await see('extreme-phone');
    check('nothing of it ran', ran === 0);
    await stage.api.call('DELETE', `${base}/${name}`);
  },
};
