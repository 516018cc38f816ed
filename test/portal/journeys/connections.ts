import type { Journey } from '../harness.js';

interface Credential { accessKeyId: string; secretKey: string }

/** A cloud is connected with a wrong and the right credential, looked at from all sides, given a new credential, and deleted; one in use is not let go. */
export const connections: Journey = {
  name: 'connections',
  run: async ({ page, stage, say, see, check, logIn, unique, expectRefusal }) => {
    const w = (key: string, values?: Record<string, string>): string => say('connections', key, values);
    expectRefusal('422 /v1/connections');
    expectRefusal('409 /v1/connections');
    const name = unique('azure');
    const account = unique('second');
    const { accessKeyId, secretKey } = (await (await fetch(`${stage.control}/control/credential?cloud=azure&account=${account}`)).json()) as Credential;
    await logIn();
    await page.goto('/connections');
    await page.getByRole('link', { name: 'azure-demo' }).waitFor();
    await see('connections');
    await page.getByRole('link', { name: w('new') }).click();
    await page.locator('[data-driver=simulator]').waitFor();
    await see('connection-choice');
    await page.locator('[data-driver=simulator]').click();
    const field = (of: string) => page.locator(`input[name="${of}"]`);
    const connect = page.getByRole('button', { name: w('form.create'), exact: true });
    await field('name').fill('Not a name');
    await connect.click();
    await page.getByText(w('rule.name')).waitFor();
    check('what is missing is said at its field', (await page.getByText(w('rule.required')).count()) === 4);
    await see('connection-form');
    await field('name').fill(name);
    await field('endpoint').fill(stage.wires.plain as string);
    await page.locator('form input[aria-haspopup=listbox]:visible').first().click();
    await page.getByRole('option', { name: 'azure' }).click();
    await field('accessKeyId').fill(accessKeyId);
    await field('secretKey').fill(`${secretKey.slice(0, -4)}oops`);
    await connect.click();
    await page.locator('[data-refusal=UNAUTHENTICATED]').getByText('SignatureDoesNotMatch').waitFor();
    await see('connection-refused');
    await page.getByRole('button', { name: say('portal', 'code.title') }).click();
    check('the code to copy holds no secret', !(await page.locator('pre').innerText()).includes(secretKey.slice(0, 8)));
    await field('secretKey').fill(secretKey);
    await connect.click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.locator('[data-sync=succeeded]').waitFor({ timeout: 60_000 });
    await page.locator('[data-place]').nth(20).waitFor({ state: 'attached' });
    check('the browser keeps no secret', !(await page.evaluate<string>('JSON.stringify(localStorage) + JSON.stringify(sessionStorage)')).includes(secretKey.slice(0, 8)));
    await see('connection');
    await page.getByRole('button', { name: w('act.verify'), exact: true }).click();
    await page.getByText(`azure:account/${account}`).nth(1).waitFor();
    for (const tab of ['regions', 'quotas', 'budget', 'functions']) {
      await page.getByRole('tab', { name: w(`tab.${tab}`) }).click();
      await page.locator({ regions: 'tr[aria-rowindex="1"]', quotas: '[data-quota]', budget: '[data-bucket]', functions: '[data-accordion-control]' }[tab] as string).first().waitFor();
      await see(`connection-${tab}`);
    }
    await page.locator('[data-accordion-control]').last().click();
    await page.getByRole('button', { name: say('functions', 'run'), exact: true }).click();
    await page.locator('pre').getByText('perHour').waitFor();
    await see('connection-function');

    const more = page.getByRole('button', { name: say('portal', 'action.more'), exact: true });
    await more.click();
    await page.getByRole('menuitem', { name: w('act.rotate') }).click();
    await field('accessKeyId').fill(accessKeyId);
    await field('secretKey').fill('not-the-secret-of-it');
    const save = page.getByRole('button', { name: w('form.save'), exact: true });
    await save.click();
    await page.locator('[data-refusal=UNAUTHENTICATED]').waitFor();
    await field('secretKey').fill(secretKey);
    await save.click();
    await page.locator('[data-sync]').waitFor();

    const remove = async (of: string): Promise<void> => {
      await more.click();
      await page.getByRole('menuitem', { name: say('portal', 'action.delete') }).click();
      await page.getByRole('dialog').getByRole('textbox').fill(of);
      await page.getByRole('dialog').getByRole('button', { name: say('portal', 'action.delete'), exact: true }).click();
    };
    await remove(name);
    await page.getByRole('link', { name: 'azure-demo' }).waitFor();
    await page.getByRole('link', { name, exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'azure-demo' }).click();
    await page.locator('[data-sync]').waitFor();
    await remove('azure-demo');
    await page.getByRole('alert').getByText('shop').waitFor();
    await see('connection-in-use');

    await page.goto('/connections/aws-demo?tab=budget');
    const things = page.locator('[data-bucket="vm.create (items)"]').first();
    await page.locator('[data-bucket]').first().waitFor();
    if (!(await things.isVisible())) await page.getByRole('button', { name: /^(Show all|예산)/ }).click();
    await things.getByText(say('budget', 'perSecond.items', { rate: 2 })).waitFor();
    await see('connection-budget-items');
  },
};
