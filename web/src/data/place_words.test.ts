import { expect, it } from 'vitest';
import { placeWords, thingWords } from './place_words';

const sha256 = '3f9a0c1d'.repeat(8);

it('says file, member and row of a position', () => {
  expect(placeWords(`file:${sha256}/a/b.psv#17`)).toBe('a/b.psv, row 17 (file 3f9a0c1d)');
  expect(placeWords('kafka:vitals/0/12')).toBe('kafka:vitals/0/12');
});

it('shortens files only', () => {
  expect(thingWords(`file ${sha256}`)).toBe('file 3f9a0c1d');
  expect(thingWords('gold.icu_stays')).toBe('gold.icu_stays');
});
