import assert from 'node:assert/strict';
import test from 'node:test';
import { fillSample, predict } from './program.mjs';

const number = (text) => Number(text.replace(/[\s\u202f%+]/g, '').replace('−', '-'));

async function copiedSteps(page) {
  const figure = page.locator('.waterfall');
  await figure.getByText('Table').click();
  await figure.getByRole('button', { name: 'Copy as CSV' }).click();
  await figure.getByText('Copied').waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  const [, ...rows] = text
    .trim()
    .split('\r\n')
    .map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/));
  return rows.map(([label, , , change, after]) => ({
    label,
    change: Number(change),
    after: Number(after),
  }));
}

export function predictTests(program) {
  test('Predict answers a sample patient with risk, band, threshold and reasons', async () => {
    await program.page({}, async (page) => {
      await fillSample(page, program.url);
      const answer = await predict(page);
      const shown = number(await page.locator('.result-number').innerText());
      assert.ok(
        Math.abs(shown - answer.risk * 100) <= 0.05 + 1e-9,
        `shown ${shown} %, answered ${answer.risk}`,
      );
      await page.locator('.result').getByText(answer.band, { exact: true }).waitFor();
      await page
        .getByText(answer.alert ? /^Alert: at or above/ : /^No alert: below/)
        .first()
        .waitFor();
      for (const warning of answer.warnings) await page.getByText(warning).waitFor();
      await page
        .getByRole('region', { name: 'Predictions of this session' })
        .getByRole('row')
        .nth(1)
        .waitFor();
      const { predictions } = await program.get(page, '/api/v1/predictions?limit=1');
      assert.equal(predictions[0].id, answer.id, 'the program keeps the prediction that was shown');
    });
  });

  test('the waterfall adds up, in numbers and as drawn', async () => {
    await program.page({}, async (page) => {
      await fillSample(page, program.url);
      const answer = await predict(page);
      const steps = await copiedSteps(page);
      const moves = steps.slice(0, -1);
      const sum = moves.reduce((total, { change }) => total + change, 0);
      assert.ok(
        Math.abs(sum - answer.risk) < 1e-9,
        `the steps add up to ${sum}, the risk is ${answer.risk}`,
      );
      assert.equal(steps.at(-1).change, answer.risk);
      const bars = await page
        .locator('.fall-bar')
        .evaluateAll((all) =>
          all.map((bar) => bar.getBBox()).map(({ x, width }) => ({ x, width })),
        );
      assert.equal(bars.length, steps.length);
      const zero = bars[0].x;
      const scale = bars.at(-1).width / answer.risk;
      let at = 0;
      moves.forEach(({ label, change }, index) => {
        const left = zero + Math.min(at, at + change) * scale;
        assert.ok(
          Math.abs(bars[index].x - left) < 1,
          `the bar of ${label} begins at ${bars[index].x} px, not ${left}`,
        );
        const width = Math.max(1.5, Math.abs(change) * scale);
        assert.ok(
          Math.abs(bars[index].width - width) < 1,
          `the bar of ${label} is ${bars[index].width} px, not ${width}`,
        );
        at += change;
      });
    });
  });

  test('an impossible value is told at its field and nothing is sent', async () => {
    await program.page({}, async (page) => {
      await fillSample(page, program.url);
      let sent = 0;
      page.on(
        'request',
        (request) =>
          (sent += request.url().includes('/predict/') && request.method() === 'POST' ? 1 : 0),
      );
      const field = page.getByLabel('Heart rate', { exact: true });
      await field.fill('900');
      await page.getByRole('button', { name: 'Predict', exact: true }).click();
      await page
        .locator('.field', { has: field })
        .getByText(/900 is not possible.*from 10 to 350/)
        .waitFor();
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
      await page
        .getByRole('alert')
        .getByRole('link', { name: /Heart rate/ })
        .click();
      assert.ok(
        await field.evaluate((input) => input === document.activeElement),
        'the summary leads to the field',
      );
      assert.equal(sent, 0);
    });
  });

  test('an error of the program is shown at its field', async () => {
    await program.page(
      {},
      async (page) => {
        await fillSample(page, program.url);
        await page.getByRole('button', { name: 'Paste JSON' }).click();
        await page
          .getByRole('dialog')
          .getByRole('textbox')
          .fill('{"features": {"lactate": {"value": 30, "unit": "furlong"}}}');
        await page.getByRole('button', { name: 'Fill the form' }).click();
        const [response] = await Promise.all([
          page.waitForResponse((r) => r.url().includes('/api/v1/predict/')),
          page.getByRole('button', { name: 'Predict', exact: true }).click(),
        ]);
        assert.equal(response.status(), 422);
        const [error] = (await response.json()).errors;
        const field = page.locator('.field', { has: page.getByLabel('Lactate', { exact: true }) });
        await field.getByText(error.message).waitFor();
      },
      [/422/],
    );
  });

  test('pasted JSON with an unknown name is refused before it fills the form', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/predict`);
      await page.getByRole('button', { name: 'Paste JSON' }).click();
      await page.getByRole('dialog').getByRole('textbox').fill('{"pulse": 80}');
      await page.getByRole('button', { name: 'Fill the form' }).click();
      await page
        .getByRole('dialog')
        .getByText("'pulse' is not a feature of this question")
        .waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    });
  });

  test('the whole way through Predict can be gone with the keyboard', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await tabTo(page, 'a', 'Predict');
      await page.keyboard.press('Enter');
      await page.locator('.fill-samples button').first().waitFor();
      const sample = await page.locator('.fill-samples button').first().innerText();
      await tabTo(page, 'button', sample);
      await page.keyboard.press('Enter');
      await tabTo(page, 'button', 'Predict');
      await page.keyboard.press('Enter');
      await page.locator('.result-number').waitFor();
      const focus = await page.evaluate(() => document.activeElement?.id);
      assert.equal(focus, 'result-heading', 'the result takes the focus');
    });
  });
}

async function tabTo(page, tag, words) {
  const passed = [];
  for (let press = 0; press < 120; ++press) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const at = document.activeElement;
      return { tag: at?.localName ?? '', words: (at?.textContent ?? '').trim() };
    });
    if (here.tag === tag && here.words === words) return;
    passed.push(`${here.tag} ${here.words.slice(0, 20)}`);
  }
  assert.fail(`Tab never reached ${tag} '${words}'; it passed ${[...new Set(passed)].join(', ')}`);
}
