// Every clinical question in its form: sample patients, the answer as its kind wants it, a wrong
// value at its field.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fillSample } from './program.mjs';

const grouped = (n) => Math.round(n).toString().replace(/\B(?=(\d{3})+$)/g, ',');
const digits = (text) => text.replace(/[\s\u202f]/g, '');

async function answerOf(page) {
  const [response] = await Promise.all([
    page.waitForResponse((r) => /\/(predict\/[\w-]+|try)\?/.test(r.url())),
    page.getByRole('button', { name: 'Predict', exact: true }).click(),
  ]);
  assert.equal(response.status(), 200, await response.text());
  await page.locator('.result-number').waitFor();
  return response.json();
}

async function assertAnswer(page, answer) {
  const shown = digits(await page.locator('.result-number').innerText());
  if (answer.value !== undefined) {
    assert.equal(shown, `${grouped(answer.value)}${answer.unit}`);
    const { lower, upper } = answer.interval;
    await page.getByText(`between ${grouped(lower)} and ${grouped(upper)} ${answer.unit}`).waitFor();
    assert.equal(await page.locator('.fall-interval').count(), 1);
  } else if (answer.classes) {
    const rows = page.getByRole('region', { name: 'Probability of each class' }).locator('tbody tr');
    assert.equal(await rows.count(), answer.classes.length);
    assert.ok(shown.startsWith(answer.class));
    assert.match(await page.locator('tr.chosen').first().innerText(), new RegExp(answer.class));
  } else {
    const percent = Number(shown.replace('%', '').replace('<', ''));
    assert.ok(Math.abs(percent - answer.risk * 100) <= 0.0501, `${shown} for ${answer.risk}`);
    await page.locator('.result').getByText(answer.band, { exact: true }).waitFor();
  }
  const bars = answer.explanation.probability?.bars ?? answer.explanation.contributions;
  assert.equal(await page.locator('.fall-feature').count(), bars.length);
}

// A number that no bound lets through, typed into the first field that has bounds.
async function assertErrorAtField(page, form) {
  const bounded = form.groups
    .flatMap(({ features }) => features)
    .find(({ derived, levels, high }) => !derived && levels.length === 0 && high !== null);
  const field = page.getByLabel(bounded.label, { exact: true }).first();
  await field.fill(String(bounded.high * 10 + 10));
  await page.getByRole('button', { name: 'Predict', exact: true }).click();
  await page.locator('.field', { has: field }).getByText(/is not possible/).waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await page.getByRole('alert').getByRole('link', { name: /is not possible/ }).waitFor();
}

async function assertForm(program, page, path, schemaPath) {
  const form = await program.get(page, schemaPath);
  await page.goto(program.url + path);
  const samples = page.getByRole('group', { name: 'Sample patients' }).getByRole('button');
  await samples.first().waitFor();
  assert.equal(await samples.count(), form.samples.length);
  assert.ok(form.samples.length > 1);
  await fillSample(page);
  await assertAnswer(page, await answerOf(page));
  await assertErrorAtField(page, form);
}

export function questionTests(program) {
  test('every variant in service has a form that answers', async () => {
    await program.page({}, async (page) => {
      const { tasks } = await program.get(page, '/api/v1/tasks');
      const ready = tasks.flatMap(({ name, variants }) =>
        variants.filter((one) => one.ready).map((one) => [name, one.name]),
      );
      const asked = new Set(ready.map(([task]) => task));
      for (const task of ['sepsis', 'mortality', 'readmission', 'cost', 'adverse-event'])
        assert.ok(asked.has(task), task);
      for (const [task, variant] of ready) {
        const query = `${task}?variant=${variant}`;
        await assertForm(program, page, `/predict/${query}`, `/api/v1/tasks/${query}`);
      }
    });
  });

  test('a question without a model in service leads to those that can be tried', async () => {
    await program.page({}, async (page) => {
      const { model } = await program.versionPath(page, ({ task }) => task === 'alzheimers');
      await page.goto(`${program.url}/predict/alzheimers`);
      await page.getByText('No model for this question is in service').waitFor();
      await page.getByRole('link', { name: model.version }).click();
      await page.getByText('is tried here').waitFor();
      await assertForm(
        program,
        page,
        `/predict/alzheimers?version=${model.version}`,
        `/api/v1/models/alzheimers/${model.version}/form`,
      );
    });
  });
}
