import { expect, it, vi } from 'vitest';

vi.stubGlobal('location', { pathname: '/', search: '' });
const { modelPath, parseRoute, predictPath } = await import('./route');

it('knows the pages by their address', () => {
  expect(parseRoute('/')).toEqual({ page: 'dashboard' });
  expect(parseRoute('/predict')).toEqual({ page: 'predict', task: '', variant: '' });
  expect(parseRoute('/predict/sepsis', '?variant=signals')).toEqual({
    page: 'predict',
    task: 'sepsis',
    variant: 'signals',
  });
  expect(parseRoute('/models/sepsis/process-2')).toEqual({
    page: 'model',
    task: 'sepsis',
    version: 'process-2',
  });
  expect(parseRoute('/models/sepsis').page).toBe('unknown');
  expect(parseRoute('/elsewhere').page).toBe('unknown');
});

it('writes addresses that read back', () => {
  expect(parseRoute(modelPath('a b', 'v/1'))).toEqual({
    page: 'model',
    task: 'a b',
    version: 'v/1',
  });
  expect(predictPath('sepsis', 'x')).toBe('/predict/sepsis?variant=x');
});
