// What the report of a version holds stands on its page, whatever it predicts.
import assert from 'node:assert/strict';
import test from 'node:test';

const rowsOf = (page, name) => page.getByRole('region', { name, exact: true }).locator('tbody tr');

// Where the report has it the page has it, row by row; else neither.
async function assertRows(page, name, expected) {
  if (expected > 0) await rowsOf(page, name).first().waitFor();
  assert.equal(await rowsOf(page, name).count(), expected, name);
}

async function openAll(page) {
  await page.locator('details').evaluateAll((all) => all.forEach((one) => (one.open = true)));
}

const isNumber = (value) => typeof value === 'number';

async function assertSections(page, report) {
  await page.getByRole('heading', { name: 'How good it is' }).waitFor();
  await openAll(page);
  await page.getByText(new RegExp(`the ${report.held_out_look}(st|nd|rd|th) look`)).first().waitFor();
  await assertRows(page, 'Subgroups', report.subgroups.length);
  const gaps = report.subgroup_gaps.filter(({ value }) => isNumber(value));
  await assertRows(page, 'Gaps between groups', gaps.length);
  await assertRows(page, 'Comparators', report.comparators.length);
  const measures = report.comparisons.flatMap((one) => one.measures);
  await assertRows(page, 'Comparison measure by measure', measures.length);
  const shown = report.importance.filter(({ mean_abs }) => mean_abs > 0).slice(0, 20);
  await assertRows(page, 'Feature importance', shown.length);
  const parts = shown.flatMap(({ dependence }) => dependence ?? []);
  await assertRows(page, 'Dependence', parts.length);
  assert.equal(await page.locator('.dependence .mark').count(), parts.length);
  for (const search of report.search ?? [])
    await assertRows(page, `Settings tried, ${search.of}`, search.tried.length);
}

async function ofTask(program, page, wanted) {
  const { path, model } = await program.versionPath(page, ({ task }) => task === wanted);
  const { report } = await program.get(page, `/api/v1${path}`);
  await page.goto(program.url + path);
  return { model, report };
}

export function modelSectionTests(program) {
  for (const task of ['sepsis', 'mortality', 'readmission', 'adverse-event', 'cost', 'alzheimers']) {
    test(`the report of ${task} stands on the page of its version`, async () => {
      await program.page({}, async (page) => {
        const { report } = await ofTask(program, page, task);
        await assertSections(page, report);
      });
    });
  }

  test('an amount has its own charts, its intervals and what each group of inputs adds', async () => {
    await program.page({}, async (page) => {
      const { report, model } = await ofTask(program, page, 'cost');
      for (const [name, drawn, expected] of [
        ['predicted against observed amounts', '.cell', report.scatter.cells.length],
        ['histogram of predicted minus observed', '.bar', report.residuals.counts.length],
        ['share of intervals that hold, by predicted amount', '.dot', report.deciles.length],
      ]) {
        const chart = page.getByRole('img', { name, exact: true });
        await chart.waitFor();
        assert.equal(await chart.locator(drawn).count(), expected, name);
      }
      const query = `task=cost&variant=${model.variant}&kind=folds`;
      const { runs } = await program.get(page, `/api/v1/runs?${query}`);
      const { ablation } = runs[0].results;
      await assertRows(page, 'What each group of inputs adds', ablation.length);
      const first = await rowsOf(page, 'What each group of inputs adds').first().innerText();
      const head = ablation[0].without.measures.find(({ name }) => name === 'r2');
      assert.match(first, new RegExp(head.other.toFixed(3)));
      assert.ok(runs[0].held_out_look > report.held_out_look, 'the folds were a later look');
      const { points } = runs[0].results.learning_curve;
      const curve = page.getByRole('img', { name: /^R² by patients learnt from/ });
      assert.equal(await curve.locator('.dot').count(), points.length);
    });
  });

  test('several classes have their curves and tell which is taken for which', async () => {
    await program.page({}, async (page) => {
      const { report } = await ofTask(program, page, 'alzheimers');
      await assertRows(page, 'Each class', report.classes.length);
      const confusion = rowsOf(page, 'Which class is taken for which');
      for (const [truth, counts] of report.confusion.entries()) {
        const words = (await confusion.nth(truth).innerText()).split('\t');
        counts.forEach((rows, told) => assert.match(words[told + 1], new RegExp(`^${rows} `)));
      }
      const curves = page.getByRole('img', { name: 'ROC curve of each class' });
      assert.equal(await curves.locator('.line').count(), report.classes.length);
    });
  });

  test('race is judged apart where the source tells it, and is no input', async () => {
    await program.page({}, async (page) => {
      const { report } = await ofTask(program, page, 'readmission');
      const races = report.subgroups.filter(({ column }) => column === 'race');
      assert.ok(races.length > 1, 'the sample tells several');
      await rowsOf(page, 'Subgroups').first().waitFor();
      for (const { level } of races) await page.getByRole('row', { name: `race ${level}` }).waitFor();
      assert.ok(!report.importance.some(({ feature }) => /race/.test(feature)));
    });
  });
}
