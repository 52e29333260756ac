import { render } from 'preact';
import { startSession } from './api/session';
import { App } from './app/app';
import { followHistory } from './app/route';
import './style/base.css';
import './style/frame.css';
import './style/parts.css';
import './style/charts.css';
import './style/predict.css';
import './style/models.css';
import './style/data.css';

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no #app');
followHistory();
// A new sign-in link opened in the same window only changes the fragment.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#code=')) void startSession();
});
void startSession();
render(<App />, root);
