import { expect, it } from 'vitest';
import { linePath } from './line';
import { linear, ticks } from './scale';

it('places ticks at round values inside the range', () => {
  expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(-0.006, 0.022, 5)).toEqual([0, 0.01, 0.02]);
  expect(ticks(3, 3, 5)).toEqual([3]);
});

it('cuts a line where it leaves the frame', () => {
  const frame = { x: linear(0, 1, 0, 100), y: linear(0, 1, 100, 0), right: 100, bottom: 100 };
  // From (0, 1) to (1, -1) the line leaves the frame at x = 0.5.
  expect(
    linePath(
      [
        { x: 0, y: 1 },
        { x: 1, y: -1 },
      ],
      frame,
    ),
  ).toBe('M0.0,0.0L50.0,100.0');
  expect(
    linePath(
      [
        { x: 0, y: -1 },
        { x: 1, y: 1 },
      ],
      frame,
    ),
  ).toBe('M50.0,100.0L100.0,0.0');
});
