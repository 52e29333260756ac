import assert from 'node:assert/strict';
import test from 'node:test';
import { headlineMetric } from './program.mjs';

const grouped = (value) => value.toLocaleString('en-US');

export function dashboardTests(program) {
  test('Dashboard shows what the program answers', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/`);
      const status = await program.get(page, '/api/v1/status');
      const figure = (label) =>
        page.locator('.figure', { has: page.getByText(label, { exact: true }) });
      await figure('Patients').getByText(grouped(status.data.patients), { exact: true }).waitFor();
      await figure('Measurements')
        .getByText(grouped(status.data.measurements), { exact: true })
        .waitFor();
      for (const { name, rows } of status.tables) {
        const row = page
          .getByRole('region', { name: 'Tables' })
          .getByRole('row', { name: new RegExp(`^${name} `) });
        assert.match(await row.innerText(), new RegExp(grouped(rows)));
      }
      for (const { version, metrics } of status.models.filter(
        ({ state }) => state === 'champion',
      )) {
        const row = page
          .getByRole('region', { name: 'Models in service' })
          .getByRole('row', { name: new RegExp(version) });
        assert.match(await row.innerText(), new RegExp(headlineMetric(metrics)));
      }
      const health = await program.get(page, '/health');
      const parts = page.getByRole('region', { name: 'Health of the parts' }).locator('tbody tr');
      await parts.first().waitFor();
      assert.equal(await parts.count(), health.services.length);
    });
  });

  test('the banner says what this is not, and names synthetic data', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/`);
      const banner = page.getByRole('note');
      await banner.getByText('Not a medical device; for research and validation.').waitFor();
      const { synthetic_only: synthetic } = await program.get(page, '/api/v1/status');
      if (synthetic) await banner.getByText('Synthetic data').waitFor();
      else assert.equal(await banner.getByText('Synthetic data').count(), 0);
    });
  });

  test('a program that stops answering leaves the last numbers, marked as old', async () => {
    await program.page(
      {},
      async (page) => {
        await page.clock.install();
        await page.goto(`${program.url}/`);
        await page.locator('.figure-value').first().waitFor();
        await page.route('**/api/**', (route) => route.abort());
        await page.clock.runFor(61_000);
        await page
          .getByText(/since then: the program does not answer/)
          .first()
          .waitFor();
        assert.ok((await page.locator('.figure-value').count()) > 0, 'the old numbers must stay');
      },
      [/ERR_FAILED/],
    );
  });
}
