import { describe, expect, it } from 'vitest';
import { count, fixed, interval, measured, ordinal, percent, points, range } from './figures';

describe('figures', () => {
  it('writes a true minus and never a negative zero', () => {
    expect(fixed(-1.25, 1)).toBe('−1.3');
    expect(fixed(-0.001, 2)).toBe('0.00');
  });
  it('writes a dash where there is no number', () => {
    expect([fixed(null, 2), percent(undefined), count(NaN), measured(null)]).toEqual([
      '–',
      '–',
      '–',
      '–',
    ]);
  });
  it('groups thousands', () => {
    expect(count(1234567)).toBe('1,234,567');
  });
  it('gives small percentages more digits', () => {
    expect(percent(0.1274)).toBe('12.7\u202f%');
    expect(percent(0.0021)).toBe('0.21\u202f%');
    expect(percent(0.00001)).toBe('<\u202f0.01\u202f%');
    expect(percent(0)).toBe('0.00\u202f%');
  });
  it('signs every change in points', () => {
    expect(points(0.049)).toBe('+4.9');
    expect(points(-0.0085)).toBe('−0.85');
  });
  it('writes ranges with one or two ends', () => {
    expect(range(60, 100)).toBe('60–100');
    expect(range(null, 5)).toBe('≤ 5');
    expect(range(0.21, 0.21)).toBe('0.21');
    expect(range(null, null)).toBe('');
  });
  it('leaves an interval out when an end is missing', () => {
    expect(interval(0.1, null, String)).toBe('');
    expect(interval(0.1, 0.2, String)).toBe('0.1 to 0.2');
  });
});

it('counts places as English does', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111].map(ordinal)).toEqual(
    '1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 103rd 111th'.split(' '),
  );
});
