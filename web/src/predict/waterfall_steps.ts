// The steps from the base risk to the final one. Base, changes, others and calibration add up to
// the risk. Pure.
import type { Explanation, Schema } from '../api/types';
import { measured } from '../words/figures';
import { unitWord } from '../words/units';
import { featuresOf } from './entries';

export interface Step {
  kind: 'base' | 'feature' | 'others' | 'calibration' | 'risk';
  label: string;
  value: string;
  unit: string;
  from: number;
  to: number;
  change: number;
  margin: number | null;
}

export function stepsOf(explanation: Explanation, schema: Schema | null): Step[] {
  if (!explanation.probability) return [];
  const { base, bars, rest, calibration, risk } = explanation.probability;
  const labels = new Map(schema ? featuresOf(schema).map((f) => [f.id, f.label]) : []);
  const margins = new Map(explanation.contributions.map((c) => [c.feature, c.contribution]));
  const steps: Step[] = [];
  let at = base;
  const move = (
    kind: Step['kind'],
    label: string,
    change: number,
    more: Partial<Step> = {},
  ): void => {
    steps.push({
      kind,
      label,
      value: '',
      unit: '',
      from: at,
      to: at + change,
      change,
      margin: null,
      ...more,
    });
    at += change;
  };
  steps.push({
    kind: 'base',
    label: 'Before any value is known',
    value: '',
    unit: '',
    from: 0,
    to: base,
    change: base,
    margin: explanation.base,
  });
  for (const bar of bars) {
    move('feature', labels.get(bar.feature) ?? bar.feature.replaceAll('_', ' '), bar.change, {
      value:
        bar.value === null
          ? 'not given'
          : typeof bar.value === 'string'
            ? bar.value
            : measured(bar.value),
      unit: typeof bar.value === 'number' ? unitWord(bar.unit) : '',
      margin: margins.get(bar.feature) ?? null,
    });
  }
  const others = labels.size > bars.length ? `${labels.size - bars.length} others` : 'others';
  move('others', others, rest, { margin: explanation.rest });
  move('calibration', 'Calibration', calibration);
  steps.push({
    kind: 'risk',
    label: 'Risk',
    value: '',
    unit: '',
    from: 0,
    to: risk,
    change: risk,
    margin: null,
  });
  return steps;
}
