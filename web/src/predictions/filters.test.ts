import { expect, it } from 'vitest';
import { apiPath, pagePath, parseFilters } from './filters';

it('reads what the address says and nothing else', () => {
  expect(parseFilters('?task=sepsis&band=high&heart_rate=112&id=%20ab%20')).toEqual({
    task: 'sepsis',
    band: 'high',
    id: 'ab',
  });
});

it('writes the address it reads', () => {
  const filters = { task: 'sepsis', alert: 'true', from: '2026-11-01' };
  expect(pagePath(filters)).toBe('/predictions?task=sepsis&alert=true&from=2026-11-01');
  expect(parseFilters(pagePath(filters).split('?')[1] ?? '')).toEqual(filters);
  expect(pagePath({})).toBe('/predictions');
});

it('asks for whole local days: until is the end of its day', () => {
  const query = new URLSearchParams(
    apiPath({ from: '2026-11-01', until: '2026-11-01' }, 50, 'a'.repeat(32)).split('?')[1],
  );
  const from = new Date(query.get('from') ?? '').getTime();
  const until = new Date(query.get('until') ?? '').getTime();
  expect(until - from).toBe(24 * 3600 * 1000);
  expect(query.get('limit')).toBe('50');
  expect(query.get('before')).toBe('a'.repeat(32));
});
