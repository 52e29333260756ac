import { expect, it } from 'vitest';
import type { Explanation, Prediction } from '../api/types';
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

const risky = { task: 'sepsis', risk: 0.05, explanation } as Prediction;

it('walks from the base to the risk without a gap', () => {
  const steps = stepsOf(risky, null);
  expect(steps.map((step) => step.kind)).toEqual([
    'base',
    'feature',
    'feature',
    'others',
    'calibration',
    'answer',
  ]);
  for (let at = 1; at < steps.length - 1; ++at) expect(steps[at]!.from).toBe(steps[at - 1]!.to);
  expect(steps.at(-2)!.to).toBeCloseTo(0.05, 12);
  expect(steps.at(-1)!.to).toBe(0.05);
});

it('tells the margin where there is one and what was not given', () => {
  const [, lactate, age] = stepsOf(risky, null);
  expect(lactate).toMatchObject({ label: 'lactate', value: '4', unit: 'mmol/L', margin: 1.3 });
  expect(age).toMatchObject({ value: 'not given', unit: '', margin: null });
});

// By hand: 13,000 + 4,000 − 500 + 100 = 16,600.
it('walks to an amount in its unit, without a calibration', () => {
  const cost = {
    task: 'cost',
    value: 16600,
    unit: 'USD',
    explanation: {
      method: 'exact',
      base: 13000,
      rest: 100,
      contributions: [
        { feature: 'smoker', value: 'yes', unit: '', contribution: 4000 },
        { feature: 'age', value: 30, unit: 'a', contribution: -500 },
      ],
    },
  } as unknown as Prediction;
  const steps = stepsOf(cost, null);
  expect(steps.map(({ kind }) => kind)).toEqual(['base', 'feature', 'feature', 'others', 'answer']);
  expect(steps.at(-2)!.to).toBe(16600);
  expect(steps.at(-1)).toMatchObject({ label: 'Amount', to: 16600 });
});

// By hand: −0.7 + 0.2 + 0.1 = −0.4.
it('walks to the score of the class that leads', () => {
  const stage = {
    class: 'MCI',
    explanation: {
      method: 'exact',
      base: -0.7,
      rest: 0.1,
      contributions: [{ feature: 'mmse', value: 27, unit: '', contribution: 0.2 }],
    },
  } as unknown as Prediction;
  const last = stepsOf(stage, null).at(-1)!;
  expect(last.label).toBe('Score of MCI');
  expect(last.to).toBeCloseTo(-0.4, 12);
});
