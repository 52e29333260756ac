import { expect, it } from 'vitest';
import { bytesWords } from './sizes';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1_234_567, '1.2 MB'],
  [123_456_789, '123 MB'],
  [999_950, '1.0 MB'],
  [null, '–'],
])('writes %s bytes as %s', (bytes, words) => {
  expect(bytesWords(bytes)).toBe(words);
});
