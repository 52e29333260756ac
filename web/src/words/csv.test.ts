import { expect, it } from 'vitest';
import { toCsv } from './csv';

// RFC 4180, section 2, rules 5 to 7.
it('quotes what holds commas, quotes or line breaks', () => {
  const table = {
    columns: ['a', 'b'],
    rows: [
      ['x,y', 'say "no"'],
      [1.5, null],
    ],
  };
  expect(toCsv(table)).toBe('a,b\r\n"x,y","say ""no"""\r\n1.5,\r\n');
});
