// A version's way through the registry in the browser, each step with a reason: approved, in
// shadow with its report, tried, put in service, rolled back, retired.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fillSample, predict } from './program.mjs';

async function change(page, button) {
  await page.getByRole('button', { name: button, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(`browser test: ${button}`);
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
}

const inShadow = ({ state }) => state === 'challenger';

export function modelStateTests(program) {
  test('the challenger tells what it would have answered where the champion did', async () => {
    await program.page({}, async (page) => {
      const { path, model } = await program.versionPath(page, inShadow);
      await page.goto(`${program.url}/predict/${model.task}?variant=${model.variant}`);
      await fillSample(page);
      await predict(page);
      const shadow = await program.get(
        page,
        `/api/v1/models/${model.task}/shadow?variant=${model.variant}`,
      );
      assert.ok(shadow.predictions > 0);
      await page.goto(program.url + path);
      const figure = page.locator('.figure', { hasText: 'Answers compared' });
      assert.equal(await figure.locator('.figure-value').innerText(), `${shadow.predictions}`);
      const bands = page.getByRole('region', { name: 'Bands of champion and challenger' });
      const counts = (await bands.locator('td').allInnerTexts()).map(Number);
      assert.deepEqual(counts, shadow.bands.flat());
      const largest = page.getByRole('region', { name: 'Largest differences' }).locator('tbody tr');
      assert.equal(await largest.count(), shadow.largest.length);
      await page.goto(`${program.url}/models/${model.task}/${shadow.champion}`);
      await page.getByText(`${shadow.challenger} runs in shadow of`).waitFor();
    });
  });

  test('a version that waits is tried; its answers stand apart from those that served', async () => {
    await program.page({}, async (page) => {
      const { path, model } = await program.versionPath(page, inShadow);
      await page.goto(program.url + path);
      await page.getByRole('link', { name: 'Try it' }).click();
      await page.getByText('is tried here and need not be in service').waitFor();
      await fillSample(page);
      const [response] = await Promise.all([
        page.waitForResponse((r) => r.url().includes('/try')),
        page.getByRole('button', { name: 'Predict', exact: true }).click(),
      ]);
      const answer = await response.json();
      assert.equal(answer.variant, `${model.variant} (trial)`);
      assert.equal(answer.model.version, model.version);
      await page.locator('.result-number').waitFor();
      await page.goto(`${program.url}/predictions?id=${answer.id.slice(0, 12)}`);
      await page.getByRole('row', { name: `${model.variant} (trial)` }).waitFor();
      await page.getByRole('region', { name: 'Predictions' }).getByRole('link').first().click();
      await page.locator('.waterfall svg').waitFor();
    });
  });

  test('put in service, rolled back, retired: the history has each reason', async () => {
    await program.page({}, async (page) => {
      const { path, model } = await program.versionPath(page, inShadow);
      const { champions } = await program.get(page, `/api/v1/models/${model.task}`);
      const before = champions[model.variant];
      await page.goto(program.url + path);
      await change(page, 'Put in service');
      await page.locator('.lead .state-champion').waitFor();
      await page.goto(`${program.url}/models`);
      await page.getByText(`in service: ${model.version}`).waitFor();
      await page.goto(program.url + path);
      await change(page, 'Roll back');
      await page.locator('.lead .state-retired').waitFor();
      const now = await program.get(page, `/api/v1/models/${model.task}`);
      assert.equal(now.champions[model.variant], before, 'what served before serves again');
      for (const button of ['Put in service', 'Roll back'])
        assert.ok(now.history.some(({ reason }) => reason.endsWith(`browser test: ${button}`)), button);
    });
  });

  test('a candidate is retired, also a fixture, which is offered nothing else', async () => {
    await program.page({}, async (page) => {
      const { path } = await program.versionPath(page, ({ fixture }) => fixture);
      await page.goto(program.url + path);
      await page.getByText('never approved and never put in service').waitFor();
      assert.deepEqual(await page.locator('.actions button').allInnerTexts(), ['Retire']);
      await change(page, 'Retire');
      await page.locator('.lead .state-retired').waitFor();
    });
  });
}
