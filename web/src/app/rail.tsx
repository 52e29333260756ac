import { Link } from '../parts/link';
import { route } from './route';

const icons = {
  dashboard: 'M2 9h5V2H2zM9 14h5V7H9zM2 14h5v-3H2zM9 5h5V2H9z',
  predict: 'M1 8h3l2-5 3 10 2-5h4',
  predictions: 'M2 3.5h12M2 8h12M2 12.5h8',
  data: 'M2 4c0-2.7 12-2.7 12 0v8c0 2.7-12 2.7-12 0zM2 4c0 2.7 12 2.7 12 0M2 8c0 2.7 12 2.7 12 0',
  docs: 'M6 3 2 8l4 5M10 3l4 5-4 5',
  runs: 'M2 12 6 7l3 3 5-7M14 7V3h-4',
  models: 'M2 13.5V8M6 13.5V3M10 13.5V6M14 13.5V10',
};

const pages = [
  { href: '/', word: 'Dashboard', icon: icons.dashboard, of: ['dashboard'] },
  { href: '/predict', word: 'Predict', icon: icons.predict, of: ['predict'] },
  {
    href: '/predictions',
    word: 'Predictions',
    icon: icons.predictions,
    of: ['predictions', 'prediction'],
  },
  { href: '/models', word: 'Models', icon: icons.models, of: ['models', 'model', 'diff'] },
  { href: '/runs', word: 'Runs', icon: icons.runs, of: ['runs', 'run', 'comparison'] },
  { href: '/data', word: 'Data', icon: icons.data, of: ['data', 'table'] },
  { href: '/docs', word: 'API', icon: icons.docs, of: ['docs'] },
];

// Word and icon; icons alone on a narrow screen (the word stays for screen readers), a bar at the
// bottom on a phone.
export function Rail() {
  const page = route.value.page;
  return (
    <nav class="rail" aria-label="Pages">
      <span class="rail-name" aria-hidden="true">
        Codman
      </span>
      {pages.map(({ href, word, icon, of }) => (
        <Link key={href} href={href} class="rail-link" current={of.includes(page)}>
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <path d={icon} />
          </svg>
          <span class="rail-word">{word}</span>
        </Link>
      ))}
    </nav>
  );
}
