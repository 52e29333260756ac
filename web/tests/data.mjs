import assert from 'node:assert/strict';
import test from 'node:test';

const grouped = (n) => n.toString().replace(/\B(?=(\d{3})+$)/g, ',');

export function dataTests(program) {
  test('Data shows tables, quality, quarantine and lineage as the program tells them', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/data`);
      const { tables } = await program.get(page, '/api/v1/data/tables');
      const rows = page.getByRole('region', { name: 'Tables', exact: true }).locator('tbody tr');
      await rows.first().waitFor();
      assert.equal(await rows.count(), tables.length);
      const { overall } = await program.get(page, '/api/v1/data/quality');
      await page.getByText(grouped(overall.measurements), { exact: true }).first().waitFor();
      assert.equal(overall.measurements, overall.stored + overall.duplicates + overall.quarantined);
      const { total } = await program.get(page, '/api/v1/data/quarantine?limit=1');
      await page.getByText(new RegExp(`^${grouped(total)} refused`)).waitFor();
      const { nodes } = await program.get(page, '/api/v1/lineage');
      await page.locator('.lineage svg').waitFor();
      assert.equal(await page.locator('.lineage .thing').count(), nodes.length);
    });
  });

  test('the places of a reason open below it, page by page', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/data`);
      const reasons = page.getByRole('region', { name: 'Quarantine by reason' });
      await reasons.getByRole('button', { name: /^Show/ }).first().click();
      const places = page.getByRole('region', { name: /^Places of/ });
      await places.locator('tbody tr').first().waitFor();
      const first = await places.locator('tbody tr').first().innerText();
      await page.getByRole('button', { name: 'Older' }).last().click();
      await page.waitForFunction(
        (before) => !document.querySelector('.places')?.innerText.includes(before),
        first.split('\t')[0],
      );
    });
  });

  test('a table tells columns, rows, history and where it comes from', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/data/tables/gold.icu_stays`);
      const table = await program.get(page, '/api/v1/data/tables/gold.icu_stays');
      const columns = page.getByRole('region', { name: 'Columns' }).locator('tbody tr');
      await columns.first().waitFor();
      assert.equal(await columns.count(), table.columns.length);
      const sample = page.getByRole('region', { name: 'Sample rows' }).locator('tbody tr');
      assert.equal(await sample.count(), Math.min(20, table.rows));
      await page.locator('.lineage-tree').getByText('silver.events').first().waitFor();
    });
  });
}
