import { fixed, isFigure, noFigure } from './figures';

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

// 1,234,567 → "1.2 MB": powers of a thousand, as disks are sold.
export function bytesWords(bytes: number | null | undefined): string {
  if (!isFigure(bytes)) return noFigure;
  let value = bytes;
  let at = 0;
  while (value >= 999.5 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${fixed(value, at === 0 || value >= 99.95 ? 0 : 1)} ${units[at]}`;
}
