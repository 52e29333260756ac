// What holds on every page: accessible in light and dark, no sideways scrolling on a phone,
// readable without results.
import assert from 'node:assert/strict';
import test from 'node:test';
import { assertAccessible, assertNoSidewaysScroll, fillSample, predict } from './program.mjs';

async function pagesOf(program, page) {
  const { path, model } = await program.versionPath(
    page,
    ({ task, state }) => task === 'sepsis' && state === 'champion',
  );
  const { path: shadow } = await program.versionPath(page, ({ state }) => state === 'challenger');
  const { path: amount } = await program.versionPath(page, ({ task }) => task === 'cost');
  const { path: classes, model: waiting } = await program.versionPath(
    page,
    ({ task }) => task === 'alzheimers',
  );
  const { runs } = await program.get(page, '/api/v1/runs');
  const searched = runs.find(({ results }) => results?.search);
  const folds = runs.find(({ kind }) => kind === 'folds');
  const failed = { ...searched, id: 1, status: 'failed', results: null, error: 'x '.repeat(200) };
  const open = (address) => () => page.goto(program.url + address);
  const { models } = await program.get(page, `/api/v1/models?task=${model.task}`);
  const pair = `a=${models[1].version}&b=${models[0].version}`;
  return [
    ['Dashboard', () => page.goto(`${program.url}/`), '.figure-value'],
    ['Predict, empty', () => page.goto(`${program.url}/predict/sepsis`), '.field input'],
    ['Predict, answered', async () => predictSample(program, page), '.waterfall svg'],
    ['Predict, wrong', () => wrongValue(page), '.field-error'],
    ['Paste dialog', () => openPaste(program, page), 'dialog textarea'],
    ['Predict, amount', () => predictSample(program, page, '/predict/cost'), '.fall-bar'],
    ['Predict, no model', open('/predict/alzheimers'), '.plain a'],
    ['Predict, trial', open(`/predict/alzheimers?version=${waiting.version}`), '.field input'],
    ['Predict, 120 values', open('/predict/adverse-event'), '.field input'],
    ['Models', () => page.goto(`${program.url}/models`), 'tbody tr'],
    ['version', () => page.goto(program.url + path), '.charts svg'],
    ['reason dialog', () => page.locator('.actions > button').click(), 'dialog textarea'],
    ['challenger', open(shadow), '.figures .figure-value'],
    ['version of amounts', open(amount), '.cell'],
    ['version of classes', open(classes), '.line-third'],
    ['two versions', () => page.goto(`${program.url}/models/${model.task}/diff?${pair}`), 'tbody tr'],
    ['Runs', () => page.goto(`${program.url}/runs`), 'tbody tr'],
    ['run', () => page.goto(`${program.url}/runs/1`), '.facts'],
    ['run with a search', open(`/runs/${searched.id}`), 'tbody tr'],
    ['run of folds', open(`/runs/${folds.id}`), 'tbody tr'],
    ['run that failed', () => answerWith(page, '/api/v1/runs/1', failed, `${program.url}/runs/1`), '.bad'],
    ['loading', () => neverAnswer(page, `${program.url}/models`), '.skeleton-row'],
    ['two runs', () => page.goto(`${program.url}/runs/compare?a=1&b=2`), 'tbody tr'],
    ['Predictions', () => page.goto(`${program.url}/predictions`), '.filters'],
    ['Prediction', () => openPrediction(page), '.replay'],
    ['Data', () => page.goto(`${program.url}/data`), '.lineage svg'],
    ['re-drive dialog', () => page.getByRole('button', { name: 'Re-drive' }).click(), 'dialog textarea'],
    ['table', () => page.goto(`${program.url}/data/tables/gold.icu_stays`), '.lineage-tree'],
    ['API', () => openOperation(program, page), '.try-it'],
    ['no such page', () => page.goto(`${program.url}/models/x`), 'h1'],
  ];
}

async function openPrediction(page) {
  await page.getByRole('region', { name: 'Predictions' }).getByRole('link').first().click();
}

async function openOperation(program, page) {
  await page.goto(`${program.url}/docs`);
  const predict = page.locator('.operation', { hasText: '/api/v1/predict/sepsis' });
  await predict.locator('summary').first().click();
}

async function predictSample(program, page, address = '/predict/sepsis') {
  await page.goto(program.url + address);
  await fillSample(page);
  await predict(page);
}

// The page with another answer to one address: a state that the home does not hold.
async function answerWith(page, path, json, address) {
  await page.route(`**${path}`, (route) => route.fulfill({ json }));
  await page.goto(address);
  await page.waitForLoadState('networkidle');
  await page.unroute(`**${path}`);
}

// A skeleton stands while the program is slow; then the answer comes.
async function neverAnswer(page, address) {
  await page.route('**/api/v1/models', async (route) => {
    await new Promise((done) => setTimeout(done, 1500));
    await route.continue().catch(() => {});
  });
  await page.goto(address);
  await page.locator('.skeleton-row').first().waitFor();
  await page.unroute('**/api/v1/models', { behavior: 'ignoreErrors' });
}

async function openPaste(program, page) {
  await page.goto(`${program.url}/predict/sepsis`);
  await page.getByRole('button', { name: 'Paste JSON' }).click();
}

async function wrongValue(page) {
  await page.getByLabel('Heart rate', { exact: true }).fill('900');
  await page.getByRole('button', { name: 'Predict', exact: true }).click();
}

// Marks what can be worked with, the open dialog alone where there is one; of radio buttons the
// chosen one. What is neither drawn nor wanted by the keyboard is left out.
function markControls() {
  const root = document.querySelector('dialog[open]') ?? document;
  const controls = root.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex="0"]',
  );
  let count = 0;
  for (const one of controls) {
    const drawn = one.checkVisibility() && !one.disabled && one.tabIndex >= 0;
    const waits = one.type === 'radio' && !one.checked;
    if (drawn && !waits) one.dataset.control = String(count++);
  }
  document.activeElement?.blur();
  return count;
}

async function assertReachable(page, name) {
  const count = await page.evaluate(markControls);
  const missed = new Set(Array.from({ length: count }, (_, at) => String(at)));
  for (let presses = 0; missed.size > 0 && presses < count * 2 + 20; ++presses) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const now = document.activeElement;
      const { outlineStyle, boxShadow } = getComputedStyle(now);
      const ring = outlineStyle !== 'none' || boxShadow !== 'none';
      return { control: now.dataset.control, ring, words: now.outerHTML.slice(0, 120) };
    });
    if (at.control === undefined) continue;
    assert.ok(at.ring, `${name}: the focus is not seen on ${at.words}`);
    missed.delete(at.control);
  }
  const words = await page.evaluate(
    (all) => all.map((at) => document.querySelector(`[data-control="${at}"]`)?.outerHTML.slice(0, 120)),
    [...missed],
  );
  assert.deepEqual(words, [], `${name}: Tab never reaches these`);
}

export function everyPageTests(program) {
  for (const dark of [false, true]) {
    test(`axe finds nothing on any page (${dark ? 'dark' : 'light'})`, async () => {
      await program.page({ dark }, async (page) => {
        for (const [name, open, ready] of await pagesOf(program, page)) {
          await open();
          await page.locator(ready).first().waitFor();
          await page
            .locator('details')
            .evaluateAll((all) => all.forEach((details) => (details.open = true)));
          await page.waitForLoadState('networkidle');
          await assertAccessible(page, name);
        }
      });
    });
  }

  test('the keyboard reaches everything on every page, and shows where it is', async () => {
    await program.page({}, async (page) => {
      for (const [name, open, ready] of await pagesOf(program, page)) {
        await open();
        await page.locator(ready).first().waitFor();
        await page.waitForLoadState('networkidle');
        await assertReachable(page, name);
      }
    });
  });

  test('every page fits a screen of 390 px', async () => {
    await program.page({ width: 390, height: 844 }, async (page) => {
      for (const [name, open, ready] of await pagesOf(program, page)) {
        await open();
        await page.locator(ready).first().waitFor();
        await assertNoSidewaysScroll(page, name);
      }
    });
  });

  test('each page has one first heading and its name as title', async () => {
    await program.page({}, async (page) => {
      for (const [name, open, ready] of await pagesOf(program, page)) {
        await open();
        await page.locator(ready).first().waitFor();
        const headings = await page.locator('h1').allInnerTexts();
        assert.equal(headings.length, 1, name);
        assert.equal(await page.title(), `${headings[0]} · Codman`);
      }
    });
  });

  test('an ended session leads to the sign-in page', async () => {
    await program.page(
      {},
      async (page) => {
        await page.goto(`${program.url}/`);
        await page.waitForLoadState('networkidle');
        await page.context().clearCookies();
        await page.getByRole('link', { name: 'Models' }).click();
        await page.getByRole('heading', { name: 'Sign in' }).waitFor();
        await page.getByText('The session has ended.').waitFor();
      },
      [/401/],
    );
  });
}
