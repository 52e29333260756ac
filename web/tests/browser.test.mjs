// The pages in Chromium against the running program: npm run test:browser, with CODMAN_URL and
// CODMAN_SIGN_IN.
import { after, describe } from 'node:test';
import { dashboardTests } from './dashboard.mjs';
import { dataTests } from './data.mjs';
import { docsTests } from './docs.mjs';
import { everyPageTests } from './every_page.mjs';
import { keyboardTests } from './keyboard.mjs';
import { modelSectionTests } from './model_sections.mjs';
import { modelStateTests } from './model_states.mjs';
import { modelsTests } from './models.mjs';
import { predictTests } from './predict.mjs';
import { predictionsTests } from './predictions.mjs';
import { Program } from './program.mjs';
import { questionTests } from './questions.mjs';
import { runsTests } from './runs.mjs';
import { signInTests } from './sign_in.mjs';

const program = await Program.open();

// In this order: the sign-in link works once, all later pages use the session it opened.
describe('pages', { concurrency: false }, () => {
  signInTests(program);
  dashboardTests(program);
  predictTests(program);
  questionTests(program);
  keyboardTests(program);
  predictionsTests(program);
  modelSectionTests(program);
  modelsTests(program);
  runsTests(program);
  dataTests(program);
  docsTests(program);
  everyPageTests(program);
  modelStateTests(program);
});

after(() => program.close());
