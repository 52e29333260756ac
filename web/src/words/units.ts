// UCUM codes as clinicians write them.
const whole: Record<string, string> = {
  '1': '',
  Cel: '°C',
  '[degF]': '°F',
  '[pH]': '',
  a: 'years',
  a2: 'years²',
};

export function unitWord(code: string): string {
  const known = whole[code];
  if (known !== undefined) return known;
  return code
    .replace(/\{[^}]*\}/g, '')
    .replace(/^Cel(?=\/)/, '°C')
    .replace('mm[Hg]', 'mmHg')
    .replace('cm[H2O]', 'cmH₂O')
    .replace(/\[([iI]U)\]/, 'IU')
    .replace(/10\*(\d)/, (_, power: string) => `10${'⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(power)]}`)
    .replace(/^u(?=[a-zA-Z])|(?<=\/)u(?=[a-zA-Z])/g, 'µ');
}
