import assert from 'node:assert/strict';
import test from 'node:test';
import { fillSample, predict } from './program.mjs';

async function onePrediction(program, page) {
  await fillSample(page, program.url);
  return predict(page);
}

export function predictionsTests(program) {
  test('a prediction is found by its number and opened as it was answered', async () => {
    await program.page({}, async (page) => {
      const answer = await onePrediction(program, page);
      await page.goto(`${program.url}/predictions`);
      await page.getByLabel('Number begins with').fill(answer.id.slice(0, 12));
      await page.getByRole('button', { name: 'Search' }).click();
      const rows = page.getByRole('region', { name: 'Predictions' }).locator('tbody tr');
      await page.getByText('1 shown, that is all').waitFor();
      assert.equal(await rows.count(), 1);
      assert.match(page.url(), new RegExp(`id=${answer.id.slice(0, 12)}`));
      await rows.getByRole('link').first().click();
      await page.getByRole('heading', { level: 1, name: 'Prediction' }).waitFor();
      await page.getByText(answer.id).waitFor();
      await page.locator('.waterfall svg').waitFor();
      await page.getByRole('button', { name: 'Compute it again' }).click();
      await page.getByText('The same model and the same inputs give the same answer').waitFor();
    });
  });

  test('a search that finds nothing says so and leads back', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/predictions?version=never-1`);
      await page.getByText('No prediction fits this search.').waitFor();
      await page.getByRole('link', { name: 'Show all' }).click();
      assert.equal(new URL(page.url()).search, '');
    });
  });

  test('the filters of the address fill the form, and each narrows the list', async () => {
    await program.page({}, async (page) => {
      const answer = await onePrediction(program, page);
      await page.goto(`${program.url}/predictions?band=${answer.band}&alert=${answer.alert}`);
      assert.equal(await page.getByLabel('Band').inputValue(), answer.band);
      const { predictions } = await program.get(
        page,
        `/api/v1/predictions?band=${answer.band}&alert=${answer.alert}`,
      );
      assert.ok(predictions.length > 0);
      for (const one of predictions) {
        assert.equal(one.band, answer.band);
        assert.equal(one.alert ?? false, answer.alert);
      }
      const rows = page.getByRole('region', { name: 'Predictions' }).locator('tbody tr');
      await rows.first().waitFor();
      assert.equal(await rows.count(), predictions.length);
    });
  });
}
