// Linear scales and round tick marks.
export interface Scale {
  (value: number): number;
  readonly low: number;
  readonly high: number;
}

export function linear(low: number, high: number, from: number, to: number): Scale {
  const span = high - low || 1;
  const at = (value: number): number => from + ((value - low) / span) * (to - from);
  return Object.assign(at, { low, high });
}

// Ticks at multiples of 1, 2 or 5 times a power of ten, at most `most` of them.
export function ticks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((times) => times * power >= rough * 0.999999) ?? 10);
  const found: number[] = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; ++n) {
    found.push(Number((n * step).toPrecision(12)));
  }
  return found;
}

export function extent(values: number[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}
