import assert from 'node:assert/strict';
import test from 'node:test';

// Presses Tab until the focused element fits; the words passed by are told where it never comes.
async function tabTo(page, fits, what) {
  const passed = [];
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate(() => {
      const at = document.activeElement;
      const label = at?.labels?.[0]?.innerText ?? '';
      return {
        tag: at?.tagName ?? '',
        words: (label || at?.getAttribute('aria-label') || at?.innerText || '').trim(),
        ring: at ? getComputedStyle(at).outlineStyle : 'none',
      };
    });
    passed.push(`${now.tag} ${now.words.slice(0, 24)}`);
    if (fits(now)) return now;
  }
  throw new Error(`the keyboard never reaches ${what}; it passes ${passed.join(' | ')}`);
}

export function keyboardTests(program) {
  test('Predict is done with the keyboard alone', async () => {
    await program.page({}, async (page) => {
      await page.goto(`${program.url}/`);
      await page.locator('.figure-value').first().waitFor();
      await tabTo(page, ({ tag, words }) => tag === 'A' && words === 'Predict', 'the page Predict');
      await page.keyboard.press('Enter');
      await page.locator('.field input').first().waitFor();
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1');

      const field = await tabTo(page, ({ words }) => words.startsWith('Heart rate'), 'a field');
      assert.notEqual(field.ring, 'none', 'the focused field must be seen');
      await page.keyboard.type('112');
      const answered = page.waitForResponse((response) => response.url().includes('/predict/'));
      await tabTo(page, ({ tag, words }) => tag === 'BUTTON' && words === 'Predict', 'the button');
      await page.keyboard.press('Enter');
      assert.equal((await answered).status(), 200);
      await page.locator('.result-number').waitFor();
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'result-heading');

      await tabTo(page, ({ tag, words }) => tag === 'SUMMARY' && words.startsWith('Table'), 'the reasons’ table');
      await page.keyboard.press('Enter');
      await page.getByRole('region', { name: 'Reasons' }).waitFor();
      await tabTo(page, ({ words }) => words.startsWith('Show'), 'the history of the session');
    });
  });
}
