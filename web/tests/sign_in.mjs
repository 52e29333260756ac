import assert from 'node:assert/strict';
import test from 'node:test';

const refused = [/401/];

export function signInTests(program) {
  test('without a session the page says how to sign in', async () => {
    await program.page(
      { signedIn: false },
      async (page) => {
        await page.goto(`${program.url}/models`);
        await page.getByRole('heading', { name: 'Sign in' }).waitFor();
        await page.getByText('codman serve').waitFor();
      },
      refused,
    );
  });

  test('the sign-in link opens a session and leaves the address bar', async () => {
    await program.page({ signedIn: false }, async (page) => {
      await program.signIn(page);
      assert.equal(new URL(page.url()).hash, '');
      const [cookie] = (await page.context().cookies()).filter(
        ({ name }) => name === 'codman_session',
      );
      assert.ok(cookie?.httpOnly, 'the session cookie must be HttpOnly');
      await page.reload();
      await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    });
  });

  test('a used link is refused with its reason', async () => {
    await program.page(
      { signedIn: false },
      async (page) => {
        await page.goto(program.signInLink);
        await page
          .getByRole('alert')
          .getByText(/used already|too old/)
          .waitFor();
        assert.equal(new URL(page.url()).hash, '');
      },
      refused,
    );
  });
}
