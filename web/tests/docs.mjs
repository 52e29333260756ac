import assert from 'node:assert/strict';
import test from 'node:test';

export function docsTests(program) {
  test('the reference lists every operation of the OpenAPI document', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/docs`);
      const { paths } = await program.get(page, '/openapi.json');
      const operations = Object.values(paths).flatMap((methods) => Object.keys(methods));
      await page.locator('.operation').first().waitFor();
      assert.equal(await page.locator('.operation').count(), operations.length);
    });
  });

  test('an operation tells its fields and sends a real request', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/docs`);
      const predict = page.locator('.operation', { hasText: '/api/v1/predict/sepsis' });
      await predict.locator('summary').first().click();
      await predict.getByText('features.heart_rate', { exact: true }).waitFor();
      await predict.getByRole('button', { name: 'Send' }).click();
      await predict.locator('.reply').getByText('200').first().waitFor();
      const answer = JSON.parse(await predict.locator('.reply pre').first().innerText());
      assert.equal(answer.task, 'sepsis');
      await predict.getByRole('button', { name: 'Copy as curl' }).click();
      const line = await page.evaluate(() => navigator.clipboard.readText());
      assert.match(line, /^curl -s -H @codman-data\/secrets\/auth_header .*predict\/sepsis'$/s);
    });
  });
}
