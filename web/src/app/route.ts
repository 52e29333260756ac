// The page an address names. Addresses are real paths, so that they can be bookmarked and shared.
import { signal } from '@preact/signals';

export type Route =
  | { page: 'dashboard' }
  | { page: 'predict'; task: string; variant: string; version: string }
  | { page: 'models' }
  | { page: 'model'; task: string; version: string }
  | { page: 'diff'; task: string; a: string; b: string }
  | { page: 'runs' }
  | { page: 'run'; id: string }
  | { page: 'comparison'; a: string; b: string }
  | { page: 'predictions'; search: string }
  | { page: 'prediction'; id: string }
  | { page: 'data' }
  | { page: 'table'; name: string }
  | { page: 'docs' }
  | { page: 'unknown'; path: string };

function pairOf(search: string): { a: string; b: string } {
  const given = new URLSearchParams(search);
  return { a: given.get('a') ?? '', b: given.get('b') ?? '' };
}

export function parseRoute(path: string, search = ''): Route {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const [first, second, third] = parts;
  if (first === undefined) return { page: 'dashboard' };
  if (first === 'predict' && parts.length <= 2) {
    return {
      page: 'predict',
      task: second ?? '',
      variant: new URLSearchParams(search).get('variant') ?? '',
      version: new URLSearchParams(search).get('version') ?? '',
    };
  }
  if (first === 'models' && parts.length === 1) return { page: 'models' };
  if (first === 'models' && parts.length === 3 && second && third === 'diff') {
    return { page: 'diff', task: second, ...pairOf(search) };
  }
  if (first === 'runs' && parts.length === 1) return { page: 'runs' };
  if (first === 'runs' && parts.length === 2 && second === 'compare') {
    return { page: 'comparison', ...pairOf(search) };
  }
  if (first === 'runs' && parts.length === 2 && second) return { page: 'run', id: second };
  if (first === 'models' && parts.length === 3 && second && third) {
    return { page: 'model', task: second, version: third };
  }
  if (first === 'predictions' && parts.length === 1) return { page: 'predictions', search };
  if (first === 'predictions' && parts.length === 2 && second) {
    return { page: 'prediction', id: second };
  }
  if (first === 'data' && parts.length === 1) return { page: 'data' };
  if (first === 'data' && parts.length === 3 && second === 'tables' && third) {
    return { page: 'table', name: third };
  }
  if (first === 'docs' && parts.length === 1) return { page: 'docs' };
  return { page: 'unknown', path };
}

function here(): Route {
  try {
    return parseRoute(location.pathname, location.search);
  } catch {
    return { page: 'unknown', path: location.pathname };
  }
}

export const route = signal<Route>(here());

export function goTo(href: string): void {
  history.pushState(null, '', href);
  route.value = here();
  scrollTo(0, 0);
}

export function replaceWith(href: string): void {
  history.replaceState(null, '', href);
  route.value = here();
}

export function followHistory(): void {
  addEventListener('popstate', () => {
    route.value = here();
  });
}

export const predictPath = (task: string, variant = ''): string =>
  `/predict/${encodeURIComponent(task)}${variant ? `?variant=${encodeURIComponent(variant)}` : ''}`;

export const tryPath = (task: string, version: string): string =>
  `/predict/${encodeURIComponent(task)}?version=${encodeURIComponent(version)}`;

export const modelPath = (task: string, version: string): string =>
  `/models/${encodeURIComponent(task)}/${encodeURIComponent(version)}`;

export const diffPath = (task: string, a: string, b: string): string =>
  `/models/${encodeURIComponent(task)}/diff?${new URLSearchParams({ a, b }).toString()}`;

export const runPath = (id: number): string => `/runs/${id}`;

export const comparisonPath = (a: number, b: number): string => `/runs/compare?a=${a}&b=${b}`;

export const predictionPath = (id: string): string => `/predictions/${encodeURIComponent(id)}`;

export const tablePath = (name: string): string => `/data/tables/${encodeURIComponent(name)}`;
