import { expect, it, vi } from 'vitest';

vi.stubGlobal('location', { pathname: '/', search: '' });
const { comparisonPath, diffPath, modelPath, parseRoute, predictPath } = await import('./route');

it('knows the pages by their address', () => {
  expect(parseRoute('/')).toEqual({ page: 'dashboard' });
  expect(parseRoute('/predict')).toEqual({ page: 'predict', task: '', variant: '', version: '' });
  expect(parseRoute('/predict/sepsis', '?variant=signals')).toEqual({
    page: 'predict',
    task: 'sepsis',
    variant: 'signals',
    version: '',
  });
  expect(parseRoute('/predict/sepsis', '?version=signals-2')).toEqual({
    page: 'predict',
    task: 'sepsis',
    variant: '',
    version: 'signals-2',
  });
  expect(parseRoute('/models/sepsis/process-2')).toEqual({
    page: 'model',
    task: 'sepsis',
    version: 'process-2',
  });
  expect(parseRoute('/models/sepsis').page).toBe('unknown');
  expect(parseRoute('/elsewhere').page).toBe('unknown');
});

const split = (href: string): [string, string] => {
  const at = href.indexOf('?');
  return [href.slice(0, at), href.slice(at)];
};

it('writes addresses that read back', () => {
  expect(parseRoute(modelPath('a b', 'v/1'))).toEqual({
    page: 'model',
    task: 'a b',
    version: 'v/1',
  });
  expect(parseRoute(...split(diffPath('a b', 'v-1', 'v&2')))).toEqual({
    page: 'diff',
    task: 'a b',
    a: 'v-1',
    b: 'v&2',
  });
  expect(parseRoute(...split(comparisonPath(3, 4)))).toEqual({
    page: 'comparison',
    a: '3',
    b: '4',
  });
  expect(parseRoute('/runs/7')).toEqual({ page: 'run', id: '7' });
  expect(predictPath('sepsis', 'x')).toBe('/predict/sepsis?variant=x');
});
