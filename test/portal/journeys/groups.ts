import type { Journey } from '../harness.js';

/** Two groups of other sizes and systems in other places, whose regions are chosen on the map by the keyboard alone; both are then in the MCI. */
export const groups: Journey = {
  name: 'groups',
  // The same steps are played in both by `make`.
  languages: ['en'],
  run: async ({ page, stage, say, see, check, logIn, unique }) => {
    const t = (key: string, values?: Record<string, string | number>): string => say('make', key, values);
    const name = unique('groups');
    await logIn();
    await page.goto('/mcis/new');
    await page.getByLabel(t('name')).fill(name);
    const need = (of: string) => page.locator(`[data-need="${of}"]`);
    await need('web').getByLabel(t('need.count')).fill('3');
    await need('web').getByText(t('need.sizeOf', { word: t('size.small'), vcpu: 1, memory: 1 })).click();
    await page.getByRole('button', { name: t('need.add') }).click();
    await need('app').getByRole('combobox', { name: t('need.name') }).fill('data-store');
    const second = need('data-store');
    await second.getByLabel(t('need.count')).fill('2');
    await second.getByText(t('need.sizeOf', { word: t('size.large'), vcpu: 4, memory: 16 })).click();
    await second.getByRole('combobox', { name: t('need.os') }).or(second.getByLabel(t('need.os'))).first().click();
    await page.getByRole('option', { name: /debian/i }).first().click();
    await page.getByRole('button', { name: t('next', { step: t('step.where') }), exact: true }).click();
    await page.getByText(t('where.none', { count: 3 })).waitFor();

    /** What the keyboard is at: a mark of the map, or a region of the list. */
    const at = (): Promise<{ mark: string | null; pressed: string | null; region: string | null }> =>
      page.evaluate('(({ activeElement: one }) => ({ mark: one.dataset.place === undefined ? null : one.getAttribute("aria-label"), pressed: one.getAttribute("aria-pressed"), region: one.closest("[data-region]")?.dataset.region ?? null }))(document)');
    const tabToMap = async (): Promise<void> => {
      for (let presses = 0; (await at()).mark === null; presses += 1) {
        if (presses > 30) throw new Error('the Tab key does not come to the map');
        await page.keyboard.press('Tab');
      }
    };
    /** Goes by the arrow until a mark is of one region, or of several. */
    const goTo = async (arrow: string, several: boolean): Promise<string> => {
      for (let presses = 0; presses < 30; presses += 1) {
        const { mark } = await at();
        if (mark !== null && / \+\d+(:|$)/.test(mark) === several && presses > 0) return mark;
        await page.keyboard.press(arrow);
      }
      throw new Error(`no mark of ${several ? 'several regions' : 'one region'} was met by ${arrow}`);
    };
    await tabToMap();
    for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press('+');
    const first = await goTo('ArrowLeft', false);
    await page.keyboard.press('Enter');
    await page.locator('[data-place][aria-pressed=true]').first().waitFor();
    check(`"${first}" is chosen, and the keyboard stays there`, (await at()).pressed === 'true');
    await see('groups-map-keyboard');
    await page.keyboard.press('Tab');
    check('the next stop is beside the places of the map', (await at()).mark === null);

    await page.getByText('data-store (2)', { exact: true }).click();
    await page.getByText(t('where.none', { count: 2 })).waitFor();
    await tabToMap();
    for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press('-');
    await goTo('ArrowRight', true);
    await page.keyboard.press('Enter');
    check('of regions that stand together, the keyboard comes to the list', (await at()).region !== null);
    await see('groups-map-several');
    await page.keyboard.press('Tab');
    const { region } = await at();
    await page.keyboard.press('Space');
    await page.locator(`[data-region="${region}"] input:checked`).waitFor();
    await page.getByRole('button', { name: t('next', { step: t('step.access') }), exact: true }).click();
    await page.getByRole('button', { name: t('toPlan') }).click();
    await page.locator('[data-plan=current]').waitFor();
    await page.getByRole('button', { name: t('create', { name }) }).click();
    await page.getByText(t('progress.runs', { name })).first().waitFor({ timeout: 60_000 });
    await page.goto(`/mcis/${name}`);
    for (const [group, size] of [['web', '3'], ['data-store', '2']] as const) {
      const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: group, exact: true }) });
      await row.getByRole('cell', { name: size, exact: true }).waitFor();
    }
    await see('groups-mci');
    const { groups: made } = await stage.api.get<{ groups: { name: string; region: string; specId: string; imageId: string }[] }>(`/v1/projects/default/mcis/${name}`);
    const [one, other] = made;
    check('the groups differ in place, spec and image', made.length === 2 && one?.region !== other?.region && one?.specId !== other?.specId && one?.imageId !== other?.imageId);
    await stage.api.call('DELETE', `/v1/projects/default/mcis/${name}`);
  },
};
