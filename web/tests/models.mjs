import assert from 'node:assert/strict';
import test from 'node:test';
import { headlineMetric } from './program.mjs';

const changing = /\/(activate|approve|challenge|retire|rollback)$/;

const isServing = ({ task, state }) => task === 'sepsis' && state === 'champion';

async function openDialog(program, page) {
  const { path, model } = await program.versionPath(page, isServing);
  await page.goto(program.url + path);
  const button = page.getByRole('button', { name: 'Roll back', exact: true });
  await button.click();
  return { model, button, dialog: page.getByRole('dialog') };
}

export function modelsTests(program) {
  test('Models lists every version with its numbers', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/models`);
      const { models } = await program.get(page, '/api/v1/models');
      await page.locator('tbody tr').first().waitFor();
      assert.equal(await page.locator('tbody tr').count(), models.length);
      for (const { version, metrics } of models) {
        const row = page.getByRole('row', { name: new RegExp(`^${version} `) });
        assert.match(await row.innerText(), new RegExp(headlineMetric(metrics)));
      }
      await page.getByText('History: what served when, and why').first().click();
      await page
        .getByRole('region', { name: /^History of/ })
        .locator('tbody tr')
        .first()
        .waitFor();
    });
  });

  test('a version page shows its report: numbers, four charts, card', async () => {
    await program.page({}, async (page) => {
      const { path } = await program.versionPath(page, ({ task }) => task === 'sepsis');
      const { report, card } = await program.get(page, `/api/v1${path}`);
      await page.goto(program.url + path);
      const auroc = page.getByText(report.discrimination.auroc.toFixed(3), { exact: true });
      await auroc.first().waitFor(); // other figures may round to the same
      for (const name of [
        /^ROC curve/,
        /^precision-recall curve/,
        /^calibration/,
        /^decision curve/,
      ]) {
        const chart = page.getByRole('img', { name });
        await chart.waitFor();
        assert.ok((await chart.locator('.line, .dot').count()) > 0, `the chart ${name} is empty`);
      }
      const heading = /^## (.+)$/m.exec(card)[1];
      await page.getByRole('heading', { name: heading, exact: true }).waitFor();
      assert.equal(await page.locator('.findings li').count(), (report.leakage ?? []).length);
    });
  });

  test('the alert-burden slider shows what the report says at each threshold', async () => {
    await program.page({}, async (page) => {
      const { path } = await program.versionPath(page, ({ task }) => task === 'sepsis');
      const { report } = await program.get(page, `/api/v1${path}`);
      assert.ok(report.alert_burden, 'the report has no alert burden');
      await page.goto(program.url + path);
      const slider = page.getByRole('slider');
      const section = page.locator('.section', { has: slider });
      const alerts = section
        .locator('.figure', { hasText: 'Alerts per 100 patient-days' })
        .locator('.figure-value');
      const { curve, silenced } = report.alert_burden;
      await slider.waitFor();
      assert.equal(
        await alerts.innerText(),
        silenced.per_100_patient_days.toFixed(1),
        'begins at the threshold in use',
      );
      for (const [key, point] of [
        ['Home', curve[0]],
        ['End', curve.at(-1)],
      ]) {
        await slider.press(key);
        assert.equal(await alerts.innerText(), point.silenced.per_100_patient_days.toFixed(1));
      }
      await page.getByLabel('only the first alert of a stay').check();
      assert.equal(
        await alerts.innerText(),
        curve.at(-1).first_alert.per_100_patient_days.toFixed(1),
      );
    });
  });

  test('a change of what serves requires a reason', async () => {
    await program.page({}, async (page) => {
      let sent = 0;
      page.on('request', (request) => (sent += changing.test(request.url()) ? 1 : 0));
      const { button, dialog } = await openDialog(program, page);
      await dialog.getByLabel('Reason').fill('   ');
      await dialog.getByRole('button', { name: 'Roll back' }).click();
      await dialog.getByText('Give a reason').waitFor();
      assert.equal(sent, 0, 'nothing may be sent without a reason');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      assert.ok(
        await button.evaluate((b) => b === document.activeElement),
        'the focus returns to the button',
      );
    });
  });

  test('with a reason the program is asked, and its answer is shown', async () => {
    await program.page(
      {},
      async (page) => {
        const { dialog, model } = await openDialog(program, page);
        const reason = `browser test ${Date.now()}`;
        await dialog.getByLabel('Reason').fill(reason);
        const [response] = await Promise.all([
          page.waitForResponse((r) => changing.test(r.url())),
          dialog.getByRole('button', { name: 'Roll back' }).click(),
        ]);
        assert.deepEqual(response.request().postDataJSON(), { variant: model.variant, reason });
        if (response.ok()) {
          await dialog.waitFor({ state: 'hidden' });
          const { history } = await program.get(page, `/api/v1/models/${model.task}`);
          assert.equal(history[0].reason, reason);
        } else {
          // The first champion of a variant has none before it: the program says so, the dialog
          // stays.
          const { title, detail } = await response.json();
          await dialog.getByText(detail || title).waitFor();
        }
      },
      [/40[49]|422/],
    );
  });

  test('a candidate is approved and runs in shadow, each with a reason', async () => {
    await program.page({}, async (page) => {
      const { path, model } = await program.versionPath(
        page,
        ({ task, state }) => task === 'sepsis' && state === 'candidate',
      );
      await page.goto(program.url + path);
      for (const [button, state] of [
        ['Approve', 'approved'],
        ['Run in shadow', 'challenger'],
      ]) {
        const reason = `browser test: ${button}`;
        await page.getByRole('button', { name: button, exact: true }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Reason').fill(reason);
        await dialog.getByRole('button', { name: button, exact: true }).click();
        await dialog.waitFor({ state: 'hidden' });
        await page.locator(`.lead .state-${state}`).waitFor();
        const { history } = await program.get(page, `/api/v1/models/${model.task}`);
        assert.equal(history[0].reason, reason);
        assert.equal(history[0].to, state);
      }
      const approvals = page.getByRole('region', { name: 'Approvals' }).locator('tbody tr');
      assert.match(await approvals.innerText(), /browser test: Approve/);
      await page.goto(`${program.url}/models`);
      await page.getByText(`in shadow: ${model.version}`).waitFor();
    });
  });

  test('two versions are compared by what the program says of them', async () => {
    await program.page({}, async (page) => {
      const { path, model } = await program.versionPath(page, isServing);
      await page.goto(program.url + path);
      await page.getByRole('link', { name: /^with / }).first().click();
      const metrics = page.getByRole('region', { name: 'Metrics' }).locator('tbody tr');
      await metrics.first().waitFor();
      const { searchParams } = new URL(page.url());
      assert.equal(searchParams.get('b'), model.version);
      const diff = await program.get(page, `/api/v1/models/${model.task}/diff?${searchParams}`);
      assert.equal(await metrics.count(), diff.metrics.length);
      for (const { name, difference } of diff.metrics) {
        const row = metrics.filter({ hasText: new RegExp(`^${name.replaceAll('_', ' ')}`, 'i') });
        assert.match(await row.innerText(), new RegExp(Math.abs(difference).toFixed(4)));
      }
      for (const name of diff.features.added)
        assert.equal(await page.getByText(name, { exact: true }).count(), 1, name);
    });
  });

  test('the history tells what served at a time', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/models`);
      const { model } = await program.versionPath(page, isServing);
      const { models } = await program.get(page, '/api/v1/models');
      const tasks = [...new Set(models.map(({ task }) => task))];
      const section = page.locator('.section').nth(tasks.indexOf(model.task));
      await section.getByText('History: what served when, and why').click();
      const then = page.getByLabel('What served at');
      await then.fill('2001-01-01T14:05');
      await page.getByText('No model was in service then.').waitFor();
      const soon = new Date(Date.now() + 48 * 3600 * 1000).toISOString().slice(0, 16);
      await then.fill(soon);
      await page.getByText(new RegExp(`^${model.version}, put in service by`)).waitFor();
    });
  });
}
