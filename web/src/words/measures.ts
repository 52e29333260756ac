import { count, fixed, isFigure } from './figures';

// What a measure of a report is called on the pages; the report's own name stays its technical term.
const words: Record<string, string> = {
  auroc: 'AUROC',
  auprc: 'AUPRC',
  brier: 'Brier score',
  macro_auroc: 'macro AUROC',
  hand_till_auroc: 'AUROC by pairs of classes',
  rmse: 'RMSE',
  mae: 'MAE',
  r2: 'R²',
  sensitivity: 'events found',
  ppv: 'alarms that are right',
  mean_risk_ratio: 'predicted ÷ observed',
  coverage: 'intervals that hold',
  bias: 'mean error',
};

export function measureWords(name: string): string {
  return words[name] ?? name.replaceAll('_', ' ');
}

// The metrics of a run by their words, with as many digits as say something.
export function metricFacts(metrics: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [
      measureWords(name),
      isFigure(value) ? (Math.abs(value) >= 100 ? count(value) : fixed(value, 4)) : value,
    ]),
  );
}
