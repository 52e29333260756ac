// The running program in a browser: signed in once, with everything watched that must never happen
// on a page.
import { chromium } from 'playwright-core';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];

function need(name, example) {
  const value = process.env[name];
  if (value) return value;
  throw new Error(
    `${name} is not set. Run \`codman serve\` and give ${name}, for example ${example}`,
  );
}

export class Program {
  static async open() {
    const program = new Program();
    program.url = need('CODMAN_URL', 'http://127.0.0.1:8420').replace(/\/$/, '');
    program.signInLink = need(
      'CODMAN_SIGN_IN',
      'http://127.0.0.1:8420/#code=… (a fresh link: it works once)',
    );
    program.browser = await chromium.launch({
      executablePath: process.env.CODMAN_BROWSER ?? '/usr/bin/chromium',
      args: flags,
    });
    return program;
  }

  async close() {
    await this.browser.close();
  }

  // A page of its own context. `look`: width, dark, signedIn. `expected`: patterns of console
  // errors that the test provokes.
  async page(look, use, expected = []) {
    const { width = 1280, height = 900, dark = false, signedIn = true } = look;
    const context = await this.browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      permissions: ['clipboard-read', 'clipboard-write'],
      ...(signedIn ? { storageState: this.storage } : {}),
    });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    const faults = this.watch(page, expected);
    try {
      await use(page);
      assert.deepEqual(faults, [], 'faults seen by the browser while the page was used');
    } catch (error) {
      error.message += `\n  at ${page.url()}\n  the page says: ${await words(page)}`;
      if (faults.length > 0) error.message += `\n  the browser saw: ${faults.join('; ')}`;
      throw error;
    } finally {
      await context.close();
    }
  }

  watch(page, expected) {
    const faults = [];
    const note = (fault) => {
      if (!expected.some((pattern) => pattern.test(fault))) faults.push(fault);
    };
    page.on('console', (message) => {
      // The browser asks for this of its own accord; the program has no icon.
      if (message.location().url === `${this.url}/favicon.ico`) return;
      if (['error', 'warning'].includes(message.type()))
        note(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => note(`script: ${error.message}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${this.url}/`))
        note(`request outside the origin: ${request.url()}`);
    });
    return faults;
  }

  async signIn(page) {
    await page.goto(this.signInLink);
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    this.storage = await page.context().storageState();
  }

  async get(page, path) {
    const response = await page.request.get(this.url + path);
    assert.equal(
      response.status(),
      200,
      `GET ${path} answered ${response.status()}: ${await response.text()}`,
    );
    return response.json();
  }

  // The version pages of the first task and a version of the wished state, from the registry
  // itself.
  async versionPath(page, wanted = () => true) {
    const { models } = await this.get(page, '/api/v1/models');
    const model = models.find(wanted);
    assert.ok(
      model,
      `the program has no model as wanted; train one first (it has ${models.length})`,
    );
    return { model, path: `/models/${model.task}/${model.version}` };
  }
}

// The figure that lists show of a model or a run, as they write it.
export function headlineMetric(metrics) {
  if (typeof metrics.r2 === 'number') return `R² ${metrics.r2.toFixed(3)}`;
  return (metrics.auroc ?? metrics.macro_auroc).toFixed(3);
}

async function words(page) {
  const text = await page.evaluate(() => document.body?.innerText ?? '').catch(() => '');
  return text.replace(/\s+/g, ' ').slice(0, 300);
}

export async function assertAccessible(page, where) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const told = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n    ${nodes.map((n) => `${n.html.slice(0, 160)} — ${n.failureSummary}`).join('\n    ')}`,
  );
  assert.equal(
    violations.length,
    0,
    `${where} has accessibility violations:\n  ${told.join('\n  ')}`,
  );
}

export async function assertNoSidewaysScroll(page, where) {
  const { wide, width, widest } = await page.evaluate(() => {
    const limit = innerWidth;
    const beyond = [...document.querySelectorAll('body *')].filter(
      (e) =>
        e.getBoundingClientRect().left + e.scrollWidth > limit + 1 &&
        !e.closest('.table-frame, pre, .hidden'),
    );
    return {
      wide: document.documentElement.scrollWidth,
      width: limit,
      widest: beyond.at(-1)?.outerHTML.slice(0, 200) ?? '',
    };
  });
  assert.ok(
    wide <= width,
    `${where} is ${wide} px wide on a screen of ${width} px; beyond the edge: ${widest}`,
  );
}

// Fill a form from its last sample patient; with `url` that of the sepsis question.
export async function fillSample(page, url) {
  if (url) await page.goto(`${url}/predict/sepsis`);
  await page.getByRole('group', { name: 'Sample patients' }).getByRole('button').last().click();
}

export async function predict(page) {
  const [response] = await Promise.all([
    page.waitForResponse((r) => r.url().includes('/api/v1/predict/')),
    page.getByRole('button', { name: 'Predict', exact: true }).click(),
  ]);
  assert.equal(
    response.status(),
    200,
    `the prediction was answered ${response.status()}: ${await response.text()}`,
  );
  await page.locator('.result-number').waitFor();
  return response.json();
}
