// The steps from the base to the answer: of a risk in probability, of an amount in its unit, of
// several classes in the score of the one that leads. Base, changes, others and calibration add up
// to the answer. Pure.
import type { Explanation, Prediction, Schema } from '../api/types';
import { measured } from '../words/figures';
import { unitWord } from '../words/units';
import { featuresOf } from './entries';

export interface Step {
  kind: 'base' | 'feature' | 'others' | 'calibration' | 'answer';
  label: string;
  value: string;
  unit: string;
  from: number;
  to: number;
  change: number;
  margin: number | null;
}

interface Walk {
  base: number;
  bars: { feature: string; value: number | string | null; unit: string; change: number }[];
  rest: number;
  calibration: number | null;
  answer: number;
  name: string; // of the answer
}

function walkOf(of: Prediction, { probability, base, contributions, rest }: Explanation): Walk {
  if (probability) return { ...probability, answer: probability.risk, name: 'Risk' };
  const bars = contributions.map(({ contribution, ...one }) => ({ ...one, change: contribution }));
  const sum = bars.reduce((total, { change }) => total + change, base + rest);
  const name = of.class ? `Score of ${of.class}` : 'Amount';
  return { base, bars, rest, calibration: null, answer: of.value ?? sum, name };
}

function shownValue(value: number | string | null): string {
  if (value === null) return 'not given';
  return typeof value === 'string' ? value : measured(value);
}

export function stepsOf(prediction: Prediction, schema: Schema | null): Step[] {
  const { explanation } = prediction;
  if (!explanation) return [];
  const walk = walkOf(prediction, explanation);
  const labels = new Map(schema ? featuresOf(schema).map((f) => [f.id, f.label]) : []);
  const margins = new Map(explanation.contributions.map((c) => [c.feature, c.contribution]));
  const plain = { value: '', unit: '', margin: null };
  let at = walk.base;
  const move = (kind: Step['kind'], label: string, change: number): Step => {
    const from = at;
    at += change;
    return { ...plain, kind, label, from, to: at, change };
  };
  const end = (kind: Step['kind'], label: string, to: number): Step => ({
    ...plain,
    kind,
    label,
    from: 0,
    to,
    change: to,
  });
  const { length } = walk.bars;
  const others = labels.size > length ? `${labels.size - length} others` : 'others';
  return [
    { ...end('base', 'Before any value is known', walk.base), margin: explanation.base },
    ...walk.bars.map((bar) => ({
      ...move('feature', labels.get(bar.feature) ?? bar.feature.replaceAll('_', ' '), bar.change),
      value: shownValue(bar.value),
      unit: typeof bar.value === 'number' ? unitWord(bar.unit) : '',
      margin: margins.get(bar.feature) ?? null,
    })),
    ...(labels.size !== length || walk.rest !== 0
      ? [{ ...move('others', others, walk.rest), margin: explanation.rest }]
      : []),
    ...(walk.calibration === null ? [] : [move('calibration', 'Calibration', walk.calibration)]),
    end('answer', walk.name, walk.answer),
  ];
}
