import assert from 'node:assert/strict';
import test from 'node:test';
import { headlineMetric } from './program.mjs';

export function runsTests(program) {
  test('Runs lists every run with its figures and leads to one', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/runs`);
      const { runs } = await program.get(page, '/api/v1/runs');
      const rows = page.getByRole('region', { name: 'Runs' }).locator('tbody tr');
      await rows.first().waitFor();
      assert.equal(await rows.count(), runs.length);
      for (const [at, run] of runs.entries()) {
        const words = await rows.nth(at).innerText();
        assert.match(words, new RegExp(`^${run.id}\\b.*${run.status}`, 's'));
        if (run.results) assert.match(words, new RegExp(headlineMetric(run.results.metrics)));
        if (run.kind === 'folds') assert.match(words, /3 folds/);
      }
      await rows.first().getByRole('link').first().click();
      await page.getByRole('heading', { level: 1, name: `Run ${runs[0].id}` }).waitFor();
      await page.locator('.facts').getByText(runs[0].config.task_hash).waitFor();
    });
  });

  test('a run tells what was asked, what a search tried and which look it was', async () => {
    await program.page({}, async (page) => {
      const { runs } = await program.get(page, '/api/v1/runs');
      const run = runs.find(({ results, kind }) => kind === 'train' && results?.search);
      await page.goto(`${program.url}/runs/${run.id}`);
      const tries = page.getByRole('region', { name: 'Settings tried, train patients' });
      const [search] = run.results.search;
      for (const { loss, chosen } of search.tried) {
        const shown = loss >= 100 ? Math.round(loss).toLocaleString('en-US') : loss.toFixed(5);
        const row = tries.getByRole('row', { name: shown });
        assert.equal((await row.innerText()).includes('taken'), chosen);
      }
      await page.getByText(new RegExp(`The ${run.held_out_look}\\w\\w look`)).waitFor();
      for (const name of ['Metrics', 'Asked for', 'Parameters'])
        await page.getByRole('heading', { name }).waitFor();
    });
  });

  test('two runs are chosen and compared', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/runs`);
      await page.getByRole('combobox', { name: /^Compare/ }).selectOption('1');
      await page.getByRole('combobox', { name: /^with/ }).selectOption('2');
      await page.getByRole('button', { name: 'Compare', exact: true }).click();
      const asked = page.getByRole('region', { name: 'Asked for' }).locator('tbody tr');
      await asked.first().waitFor();
      const found = await program.get(page, '/api/v1/runs/compare?a=1&b=2');
      assert.equal(await asked.count(), found.config.length);
      const metrics = page.getByRole('region', { name: 'Metrics' }).locator('tbody tr');
      assert.equal(await metrics.count(), found.metrics.length);
    });
  });
}
