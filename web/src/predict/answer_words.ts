// How an answer and what changes it are written: a risk in percent and points, an amount in its
// unit, the score of a class as it is. Pure.
import type { Prediction } from '../api/types';
import { count, fixed, isFigure, percent, points } from '../words/figures';

export interface AnswerWords {
  of: string; // what is walked along
  name: string; // the answer
  caption: string;
  total: (value: number) => string;
  change: (value: number) => string;
}

const signed = (value: number, text: string): string => (value > 0 ? `+${text}` : text);

export function answerWords(of: Prediction): AnswerWords {
  if (isFigure(of.value)) {
    const unit = of.unit ?? '';
    const write = (value: number): string =>
      value < 0 && Math.round(value) !== 0 ? `\u2212${count(-value)}` : count(Math.abs(value));
    return {
      of: unit,
      name: `${count(of.value)} ${unit}`,
      caption: `what each value adds or takes, in ${unit}; the fine line is the interval`,
      total: write,
      change: (value) => signed(value, write(value)),
    };
  }
  if (of.class) {
    return {
      of: 'score',
      name: `the score of ${of.class}`,
      caption: `what each value adds to or takes from the score of ${of.class}`,
      total: (value) => fixed(value, 2),
      change: (value) => signed(value, fixed(value, 2)),
    };
  }
  return {
    of: 'probability',
    name: `a risk of ${percent(of.risk)}`,
    caption: 'what each value adds to or takes from the risk, in points of a percent',
    total: percent,
    change: points,
  };
}
