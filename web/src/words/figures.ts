// How numbers are written: true minus, narrow space before %, digits by size, a dash where there is
// no number.
const narrow = '\u202f';
const minus = '\u2212';
export const noFigure = '–';

type Maybe = number | null | undefined;

export function isFigure(value: Maybe): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function fixed(value: Maybe, digits: number): string {
  if (!isFigure(value)) return noFigure;
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? minus + text : text;
}

export function count(value: Maybe): string {
  if (!isFigure(value)) return noFigure;
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

// A measured value as a person would write it: at most four significant digits.
export function measured(value: Maybe): string {
  if (!isFigure(value)) return noFigure;
  return String(Number(value.toPrecision(4))).replace('-', minus);
}

// An amount on an axis: "20k" instead of "20,000".
export function thousands(value: number): string {
  return Math.abs(value) >= 1000 ? `${measured(value / 1000)}k` : measured(value);
}

export function percent(share: Maybe): string {
  if (!isFigure(share)) return noFigure;
  const value = share * 100;
  if (value > 0 && value < 0.01) return `<${narrow}0.01${narrow}%`;
  const digits = Math.abs(value) < 0.995 ? 2 : 1;
  return `${fixed(value, digits)}${narrow}%`;
}

// A change of a probability, in points of a percent, always signed.
export function points(change: Maybe): string {
  if (!isFigure(change)) return noFigure;
  const value = change * 100;
  const text = fixed(value, Math.abs(value) < 0.995 ? 2 : 1);
  return value >= 0 ? `+${text}` : text;
}

// "3rd"
export function ordinal(place: number): string {
  const teen = Math.floor(place / 10) % 10 === 1;
  const ending = teen ? undefined : ['st', 'nd', 'rd'][(place % 10) - 1];
  return `${place}${ending ?? 'th'}`;
}

export function interval(low: Maybe, high: Maybe, write: (value: number) => string): string {
  return isFigure(low) && isFigure(high) ? `${write(low)} to ${write(high)}` : '';
}

export function range(low: Maybe, high: Maybe): string {
  if (isFigure(low) && isFigure(high)) {
    return low === high ? measured(low) : `${measured(low)}–${measured(high)}`;
  }
  if (isFigure(low)) return `≥ ${measured(low)}`;
  return isFigure(high) ? `≤ ${measured(high)}` : '';
}
