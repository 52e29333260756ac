import { expect, it } from 'vitest';
import type { Explanation } from '../api/types';
import { stepsOf } from './waterfall_steps';

// By hand: 0.02 + 0.05 − 0.01 + 0.005 − 0.015 = 0.05.
const explanation: Explanation = {
  method: 'exact',
  base: -3.9,
  rest: 0.1,
  contributions: [{ feature: 'lactate', value: 4, unit: 'mmol/L', contribution: 1.3 }],
  probability: {
    base: 0.02,
    bars: [
      { feature: 'lactate', value: 4, unit: 'mmol/L', change: 0.05 },
      { feature: 'age', value: null, unit: 'a', change: -0.01 },
    ],
    rest: 0.005,
    calibration: -0.015,
    risk: 0.05,
  },
};

it('walks from the base to the risk without a gap', () => {
  const steps = stepsOf(explanation, null);
  expect(steps.map((step) => step.kind)).toEqual([
    'base',
    'feature',
    'feature',
    'others',
    'calibration',
    'risk',
  ]);
  for (let at = 1; at < steps.length - 1; ++at) expect(steps[at]!.from).toBe(steps[at - 1]!.to);
  expect(steps.at(-2)!.to).toBeCloseTo(0.05, 12);
  expect(steps.at(-1)!.to).toBe(0.05);
});

it('tells the margin where there is one and what was not given', () => {
  const [, lactate, age] = stepsOf(explanation, null);
  expect(lactate).toMatchObject({ label: 'lactate', value: '4', unit: 'mmol/L', margin: 1.3 });
  expect(age).toMatchObject({ value: 'not given', unit: '', margin: null });
});
