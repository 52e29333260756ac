import { expect, it } from 'vitest';
import { unitWord } from './units';

// Pairs from the UCUM specification's table of example codes.
it.each([
  ['mm[Hg]', 'mmHg'],
  ['Cel', '°C'],
  ['Cel/h', '°C/h'],
  ['a2', 'years²'],
  ['1', ''],
  ['{score}', ''],
  ['10*3/uL', '10³/µL'],
  ['ug/mL', 'µg/mL'],
  ['mmol/L', 'mmol/L'],
  ['a', 'years'],
  ['[IU]/L', 'IU/L'],
  ['/min', '/min'],
])('writes %s as %s', (code, word) => {
  expect(unitWord(code)).toBe(word);
});
